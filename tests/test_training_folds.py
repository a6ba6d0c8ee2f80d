"""Cross-validation and fine-tuning: what a run says of them, and that stopping changes nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from quick.sitecustomize import on_few

from core import paths
from core.config.configuration import TrainingConfig
from core.config.device_plan import Plan
from core.config.recipes import RECIPES
from core.data import mnist
from core.errors import CheckpointError, ConfigurationError, DataError
from core.evaluation.evaluation import evaluate
from core.networks import checkpoint
from core.networks.checkpoint_file import header
from core.runs import events
from core.runs.events import Event
from core.runs.history import History
from core.runs.run import Run, create_run
from core.training import cross_validation, probe
from core.training import train as training

pytestmark = pytest.mark.usefixtures("two_threads")
_SHIPPED = str(paths.shipped_checkpoint())


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """One plan, the small network, small batches, a report after every step, and few images of what is no digit."""
    monkeypatch.setattr(probe, "choose", lambda name, recipe: ([Plan("cpu", 1, "float32")], []))
    monkeypatch.setattr("core.training.trainer._REPORT_SECONDS", 0.0)
    monkeypatch.setattr("core.training.pretrained._NO_DIGITS", 200)
    fast, fine_tune = RECIPES["fast"], RECIPES["fine-tune"]
    fast = on_few(fast, architecture=fast.architecture, batch_size=16, averaging=0.0)
    monkeypatch.setitem(RECIPES, "fast", fast)
    monkeypatch.setitem(RECIPES, "fine-tune", on_few(fine_tune, batch_size=16))


@pytest.fixture
def own(tmp_path: Path, mnist_part: tuple[NDArray[np.uint8], NDArray[np.uint8]]) -> Path:
    """150 real digits, of which 15 are copies of others."""
    images, labels = mnist_part
    path = tmp_path / "own.npz"
    np.savez(
        path, images=np.concatenate([images[:135], images[:15]]), labels=np.concatenate([labels[:135], labels[:15]])
    )
    return path


def _run(config: TrainingConfig, run: Run | None = None, resume: bool = False, steps: int | None = None) -> list[Event]:
    """All events; with `steps` a stop is asked for once so many steps of this process are done."""
    found: list[Event] = []

    def stop() -> bool:
        return (
            steps is not None and sum(len(each.losses) for each in found if isinstance(each, events.Progress)) >= steps
        )

    for event in training.train(config, run, resume=resume, stop=stop):
        found.append(event)  # noqa: PERF402 - `stop` looks at what was found so far
    return found


def test_every_image_is_read_once_by_a_network_that_had_not_seen_it(own: Path) -> None:
    """The last event has the accuracy over all folds, as its matrix and the folds say too."""
    found = _run(TrainingConfig(data=str(own), folds=3, epochs=2))
    end = found[-1]
    assert isinstance(end, events.Finished)
    assert end.test_count == 150
    confusion = np.array(end.confusion)
    assert confusion.shape == (10, 10) and confusion.sum() == 150
    assert end.accuracy == end.test_accuracy == pytest.approx(np.trace(confusion) / 150)
    folds = [event for event in found if isinstance(event, events.FoldEnded)]
    assert [event.fold for event in folds] == [1, 2, 3]
    assert sum(event.count for event in folds) == 150
    assert sum(event.accuracy * event.count for event in folds) / 150 == pytest.approx(end.accuracy)
    assert end.fold_accuracies == tuple(event.accuracy for event in folds)
    assert end.mean == pytest.approx(np.mean(end.fold_accuracies))
    assert end.spread == pytest.approx(np.std(end.fold_accuracies, ddof=1))
    assert all(event.accuracy_before is None for event in folds) and end.accuracy_before is None


def test_epochs_are_numbered_through_the_folds(own: Path) -> None:
    """Two on all images, without a validation, then two of each fold, which is validated on what it left out."""
    found = _run(TrainingConfig(data=str(own), folds=2, epochs=2))
    started = next(event for event in found if isinstance(event, events.Started))
    assert (started.epochs, started.folds, started.train_count) == (6, 2, 150)
    assert [started.fold_of(epoch) for epoch in range(1, 7)] == [0, 0, 1, 1, 2, 2]
    assert [event.epoch for event in found if isinstance(event, events.EpochEnded)] == [3, 4, 5, 6]
    history = History()
    for event in found:
        history.feed(event)
    assert len(history.losses) == history.total_steps == 6 * started.steps_per_epoch
    assert len(history.folds) == 2


def test_the_kept_model_has_learned_from_all_images(own: Path) -> None:
    """It is the one of the same training without folds but for what that holds out, and the folds leave it as it is."""
    run = create_run(TrainingConfig(data=str(own), folds=2, epochs=2, seed=3))
    kept: dict[str, torch.Tensor] = {}
    for event in training.train(run.config(), run):
        if isinstance(event, events.Saved) and not kept and header(run.model).epoch == 2:
            kept = {name: value.clone() for name, value in checkpoint.load(run.model)[0].state_dict().items()}
    network, described = checkpoint.load(run.model)
    assert kept and all(torch.equal(value, kept[name]) for name, value in network.state_dict().items())
    assert described.trained["images"] == 150
    assert described.figures["test_accuracy"] > 0


@pytest.mark.parametrize("stop_at", [8, 18, 32])
def test_a_stopped_cross_validation_goes_on_to_the_same_figures(
    own: Path, stop_at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped among all images, in the first fold and in the second: the same weights, folds and figures."""
    monkeypatch.setattr("core.config.training_length._SMALL_STEPS", 7)
    config = TrainingConfig(data=str(own), folds=2, epochs=2, seed=1)
    whole, parts = create_run(config), create_run(config)
    expected = _run(config, whole)[-1]
    stopped = _run(config, parts, steps=stop_at)[-1]
    assert isinstance(stopped, events.Stopped) and stopped.step == stop_at
    torch.manual_seed(99)
    end = _run(config, parts, resume=True)[-1]
    assert isinstance(end, events.Finished) and isinstance(expected, events.Finished)
    assert (end.accuracy, end.confusion, end.fold_accuracies) == (
        expected.accuracy,
        expected.confusion,
        expected.fold_accuracies,
    )
    networks = [checkpoint.load(run.model)[0].state_dict() for run in (whole, parts)]
    assert all(torch.equal(networks[0][name], networks[1][name]) for name in networks[0])


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Epochs of four batches, and an MNIST of 500 images to replay and 500 to be tested on."""
    monkeypatch.setattr("core.config.training_length._SMALL_STEPS", 4)
    train, test = mnist.load()
    part = np.arange(500)
    monkeypatch.setattr(mnist, "load", lambda: (train.take(part), test.take(part)))


@pytest.mark.usefixtures("short")
def test_fine_tuning_says_what_was_before_and_what_became_of_mnist(own: Path) -> None:
    """Both figures are those that an evaluation of the two files gives."""
    run = create_run(TrainingConfig(data=str(own), recipe="fine-tune", fine_tune=_SHIPPED, epochs=1, folds=2))
    found = _run(run.config(), run)
    end = found[-1]
    assert isinstance(end, events.Finished)
    measured = next(event for event in found if isinstance(event, events.Measured))
    assert (measured.mnist_before, measured.mnist_after) == (end.mnist_before, end.mnist_after)
    _, test = mnist.load()
    for path, accuracy in ((paths.shipped_checkpoint(), end.mnist_before), (run.model, end.mnist_after)):
        network, _ = checkpoint.load(path)
        assert evaluate(network, test.images, test.labels, torch.device("cpu")).accuracy == accuracy
    images, labels = np.load(own)["images"], np.load(own)["labels"]
    network, _ = checkpoint.load(paths.shipped_checkpoint())
    assert end.accuracy_before == evaluate(network, images, labels, torch.device("cpu")).accuracy
    assert header(run.model).recipe == "fine-tune"
    assert header(run.model).architecture == header(paths.shipped_checkpoint()).architecture


@pytest.mark.usefixtures("short")
def test_a_stopped_fine_tuning_goes_on_to_the_same_weights(own: Path) -> None:
    """Bit for bit, replayed images and all."""
    config = TrainingConfig(data=str(own), recipe="fine-tune", fine_tune=_SHIPPED, epochs=1)
    whole, parts = create_run(config), create_run(config)
    _run(config, whole)
    assert isinstance(_run(config, parts, steps=2)[-1], events.Stopped)
    assert isinstance(_run(config, parts, resume=True)[-1], events.Finished)
    networks = [checkpoint.load(run.model)[0].state_dict() for run in (whole, parts)]
    assert all(torch.equal(networks[0][name], networks[1][name]) for name in networks[0])


def test_a_watched_run_writes_its_checkpoint_often(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody watching, one an epoch; watched, one after every step that took long enough."""
    monkeypatch.setattr("core.training.trainer._WATCHED_SECONDS", 0.0)
    config = TrainingConfig(data=str(own), epochs=1)

    def saves(watched: bool) -> int:
        run = create_run(config)
        count, before = 0, None
        for _ in training.train(config, run):
            if watched:
                run.watch()
            now = run.model.stat().st_mtime_ns if run.model.exists() else None
            count, before = count + (now != before), now
        return count

    assert saves(False) <= 2
    assert saves(True) > 5


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"folds": 1}, "folds is 1; it must be 2 to 20"),
        ({"folds": 21}, "folds is 21"),
        ({"folds": "3"}, "folds is '3'"),
        ({"recipe": "fine-tune"}, "needs a checkpoint to start from"),
        ({"fine_tune": "x.npz"}, "needs a checkpoint to start from"),
        ({"recipe": "fine-tune", "fine_tune": "x.npz"}, "data is mnist"),
        ({"recipe": "fine-tune", "fine_tune": 3, "data": "own"}, "must be the path of a checkpoint"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(fields: dict[str, object], words: str) -> None:
    """With the field, what was given and what it must be."""
    with pytest.raises(ConfigurationError, match=words):
        TrainingConfig(**fields)  # type: ignore[arg-type]  # that is the point


def test_too_few_images_for_the_folds_are_refused(tmp_path: Path) -> None:
    """Six images do not make seven parts."""
    images = np.zeros((6, 28, 28), np.uint8)
    for index in range(6):
        images[index, 4 : 20 + index % 3, 8 + 2 * (index % 3) : 14 + 2 * (index % 3)] = 255
    path = tmp_path / "few.npz"
    np.savez(path, images=images, labels=np.array([1, 1, 1, 2, 2, 2], np.uint8))
    with pytest.raises(DataError, match="ask for fewer folds"):
        _run(TrainingConfig(data=str(path), folds=7))


def test_a_missing_checkpoint_to_fine_tune_is_named(own: Path, tmp_path: Path) -> None:
    """Before anything is trained."""
    config = TrainingConfig(data=str(own), recipe="fine-tune", fine_tune=str(tmp_path / "gone.npz"))
    with pytest.raises(CheckpointError, match="gone"):
        _run(config)


def test_a_label_that_was_spoiled_is_doubted(
    mnist_part: tuple[NDArray[np.uint8], NDArray[np.uint8]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Out-of-fold probabilities of 60 digits, of which three carry a wrong label, are low for just these three."""
    monkeypatch.setattr(cross_validation, "_LEAST_STEPS", 6)
    images, labels = mnist_part[0][:60], mnist_part[1][:60].copy()
    labels[[5, 25, 45]] = (labels[[5, 25, 45]] + 5) % 10
    told: list[tuple[int, int]] = []
    read = cross_validation.out_of_fold(images, labels, 3, report=lambda done, total: told.append((done, total)))
    assert read.shape == (60, 10) and np.allclose(read.sum(axis=1), 1, atol=1e-4)
    doubted = np.argsort(read[np.arange(60), labels])[:3]
    assert set(doubted.tolist()) == {5, 25, 45}
    assert told[-1] == (18, 18)
