"""core.training.train: what it reaches, how it stops, and that a resumed run is the run."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable, Generator
from pathlib import Path

import numpy as np
import pytest
import torch
from quick.sitecustomize import on_few
from waiting import LONGEST

from core.config.calibration import Calibration
from core.config.configuration import TrainingConfig
from core.config.device_plan import Plan
from core.config.recipes import RECIPES, Recipe
from core.data import mnist
from core.errors import CheckpointError, DataError, DeviceError
from core.networks import checkpoint
from core.networks.checkpoint_file import header
from core.reading.recogniser import Recogniser
from core.runs import events
from core.runs.events import Event
from core.runs.run import Run, create_run
from core.runs.writer import RunWriter
from core.synthesis.negatives import negatives
from core.training import probe
from core.training import train as training

pytestmark = pytest.mark.usefixtures("two_threads", "small_network")

_FAST = RECIPES["fast"]


@pytest.fixture(autouse=True)
def one_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same plan each time: what the probe finds depends on how busy the machine is."""
    # One thread: two are many times slower where something else runs beside the tests.
    monkeypatch.setattr(probe, "choose", lambda name, recipe: ([Plan("cpu", 1, "float32")], []))


def _run(
    config: TrainingConfig, run: Run | None = None, resume: bool = False, stop_after: int | None = None
) -> list[Event]:
    """All events of a run that is asked to stop once it has reported `stop_after` times."""
    found: list[Event] = []

    def stop() -> bool:
        return stop_after is not None and sum(isinstance(event, events.Progress) for event in found) >= stop_after

    for event in training.train(config, run, resume=resume, stop=stop):
        found.append(event)  # noqa: PERF402 - `stop` looks at what was found so far
    return found


def _same(one: Run, other: Run) -> bool:
    networks = [checkpoint.load(run.model)[0].state_dict() for run in (one, other)]
    return all(torch.equal(networks[0][name], networks[1][name]) for name in networks[0])


def test_a_short_training_reads_digits(small_set: Path) -> None:
    """Six epochs on a thousand real digits read at least 80% of those held out, and say so truthfully."""
    run = create_run(TrainingConfig(data=str(small_set), epochs=6))
    found = _run(run.config(), run)
    end = found[-1]
    assert isinstance(end, events.Finished)
    assert end.test_accuracy >= 0.8
    assert end.test_count == 151
    described = header(run.model)
    assert described.figures["test_accuracy"] == end.test_accuracy
    started = next(event for event in found if isinstance(event, events.Started))
    assert "15%" in started.test_note
    assert started.train_count + started.validation_count + started.test_count == 1000


def test_each_steps_loss_is_told_once(small_set: Path) -> None:
    """The losses of all progress events are as many as the steps, and they fall."""
    found = _run(TrainingConfig(data=str(small_set), epochs=6))
    started = next(event for event in found if isinstance(event, events.Started))
    losses = [loss for event in found if isinstance(event, events.Progress) for loss in event.losses]
    assert len(losses) == started.epochs * started.steps_per_epoch
    norms = [event.gradient_norm for event in found if isinstance(event, events.Progress)]
    assert all(norm is not None and 0 < norm < 1000 for norm in norms)
    assert np.mean(losses[-10:]) < np.mean(losses[:10])
    ends = [event for event in found if isinstance(event, events.EpochEnded)]
    assert [event.epoch for event in ends] == [1, 2, 3, 4, 5, 6]
    per_epoch = np.array(losses).reshape(6, -1).mean(axis=1)
    np.testing.assert_allclose([event.train_loss for event in ends], per_epoch, rtol=1e-4)


@pytest.mark.parametrize("recipe", ["fast", "thorough", "robust"])
def test_a_stopped_and_resumed_run_ends_with_the_same_weights(
    small_set: Path, tiny_set: Path, recipe: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped in the middle of an epoch and again at the next report: bit for bit the run that never stopped."""
    monkeypatch.setattr("core.config.training_length._SMALL_STEPS", 6)
    data = small_set
    if recipe in ("fast", "robust"):
        request.getfixturevalue("made_images")  # as a large set, and so with the optimiser of one
    if recipe != "fast":  # whose batch is larger than the other set
        data = tiny_set
        monkeypatch.setitem(RECIPES, "thorough", on_few(RECIPES["thorough"], batch_size=16))
    epochs = {"fast": 3, "thorough": 2, "robust": 1}[recipe]
    config = TrainingConfig(data=str(data), recipe=recipe, epochs=epochs, seed=5)
    whole = create_run(config)
    _run(config, whole)

    parts = create_run(config)
    stopped = _run(config, parts, stop_after=2)[-1]
    assert isinstance(stopped, events.Stopped)
    assert 0 < stopped.step < header(whole.model).step
    torch.manual_seed(99)  # whatever another process would start with
    middle = _run(config, parts, resume=True, stop_after=2)[-1]
    if isinstance(middle, events.Stopped):
        assert middle.step > stopped.step
        end = _run(config, parts, resume=True)[-1]
    else:
        end = middle
    assert isinstance(end, events.Finished)
    assert _same(whole, parts)


@pytest.fixture
def made_images(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few enough to be made at once, for a set that counts as a large one, and smaller batches of them."""
    robust = RECIPES["robust"]
    robust = dataclasses.replace(robust, batch_size=24, redrawn=6, written=5, no_digits=3)
    monkeypatch.setitem(RECIPES, "robust", robust)
    monkeypatch.setattr("core.training.auxiliary._MADE", 120)
    monkeypatch.setattr("core.training.calibration_fit._WRITTEN", 100)
    monkeypatch.setattr("core.config.recipes.SMALL", 100)


@pytest.mark.usefixtures("made_images")
def test_the_robust_recipe_tells_what_is_no_digit(small_set: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has an output for it, which even a short training puts to use, and a calibration that is kept with it."""
    config = TrainingConfig(data=str(small_set), recipe="robust", epochs=1, seed=0)
    run = create_run(config)
    _run(config, run)
    recogniser = Recogniser(run.model)
    assert recogniser.header.architecture == "deep-11"
    assert recogniser.calibration != Calibration()
    train, test = mnist.load()
    letters = recogniser.scores(negatives(train.take(np.arange(500)), 200, 1)).no_digit
    digits = recogniser.scores(test.images[:200]).no_digit
    assert np.median(letters) > 5 * np.median(digits)
    assert (digits >= recogniser.calibration.threshold).mean() < 0.2


@pytest.fixture(autouse=True)
def report_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every step is reported, so that a stop can fall between any two."""
    monkeypatch.setattr("core.training.trainer._REPORT_SECONDS", 0.0)


def test_the_seed_fixes_a_run_and_another_seed_is_another(tiny_set: Path) -> None:
    """Two runs of one seed end with the same weights, a third does not."""
    one, same, other = (create_run(TrainingConfig(data=str(tiny_set), epochs=1, seed=seed)) for seed in (1, 1, 2))
    for run in (one, same, other):
        _run(run.config(), run)
    assert _same(one, same)
    assert not _same(one, other)


def test_a_device_that_fails_is_left_with_a_word(tiny_set: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With auto, running out of memory goes on with the next plan and says so; the run still finishes."""
    plans = [Plan("cpu", 1, "float32"), Plan("cpu", 2, "float32")]
    monkeypatch.setattr(probe, "choose", lambda name, recipe: (plans, ["mps failed the probe: why"]))
    _fail_on(monkeypatch, threads=1)
    found = _run(TrainingConfig(data=str(tiny_set), epochs=1))
    notes = [event.text for event in found if isinstance(event, events.Note) and event.level == "warning"]
    assert notes[0] == "mps failed the probe: why"
    assert "out of memory" in notes[1] and "going on with cpu, 2 threads" in notes[1]
    assert isinstance(found[-1], events.Finished)


def test_a_device_asked_for_by_name_is_not_left(tiny_set: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same failure on a named device ends the run with an error that says what to do."""
    plans = [Plan("cpu", 1, "float32"), Plan("cpu", 2, "float32")]
    monkeypatch.setattr(probe, "choose", lambda name, recipe: (plans, []))
    _fail_on(monkeypatch, threads=1)
    with pytest.raises(DeviceError, match=r"out of memory.*another one"):
        _run(TrainingConfig(data=str(tiny_set), epochs=1, device="cpu"))


def _fail_on(monkeypatch: pytest.MonkeyPatch, threads: int) -> None:
    from core.training.step import TrainingStep

    real = TrainingStep.__call__

    def step(self: TrainingStep, images: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        if torch.get_num_threads() == threads and self.done == 2:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB")
        return real(self, images, labels)

    monkeypatch.setattr(TrainingStep, "__call__", step)


def test_resuming_on_changed_data_is_refused(tiny_set: Path) -> None:
    """The message names the set; the state stays as it was."""
    config = TrainingConfig(data=str(tiny_set), epochs=2)
    run = create_run(config)
    _run(config, run, stop_after=1)
    with np.load(tiny_set) as archive:
        images, labels = archive["images"].copy(), archive["labels"]
    images[5] = 255 - images[6]
    images[5, :14] = 0
    np.savez(tiny_set, images=images, labels=labels)
    with pytest.raises(DataError, match="changed since"):
        _run(config, run, resume=True)


def test_resuming_on_other_test_images_is_refused(tiny_set: Path) -> None:
    """A changed image that only the test reads would change the figure, so it counts as changed too."""
    config = TrainingConfig(data=str(tiny_set), epochs=2)
    run = create_run(config)
    _run(config, run, stop_after=1)
    state = checkpoint.load_state(run.state)
    from core.data.datasets import load

    test = load(str(tiny_set)).test
    with np.load(tiny_set) as archive:
        images, labels = archive["images"].copy(), archive["labels"]
    place = next(index for index in range(len(images)) if np.array_equal(images[index], test.images[0]))
    images[place] = np.roll(images[place], 1, axis=0) // 2
    np.savez(tiny_set, images=images, labels=labels)
    with pytest.raises(DataError, match="changed since"):
        _run(config, run, resume=True)
    assert checkpoint.load_state(run.state)["step"] == state["step"]


def test_a_stop_is_heard_while_data_is_read(small_set: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The loader is left, the run ends as stopped at step 0, and nothing is trained."""
    from core.data.datasets import Dataset

    begun, left = threading.Event(), threading.Event()

    def endless(data: str, report: Callable[[int, int], None], rule: object) -> Dataset:
        begun.set()
        try:
            while True:
                report(1, 1000)
                time.sleep(0.01)
        finally:
            left.set()

    monkeypatch.setattr(training, "load", endless)
    found = list(training.train(TrainingConfig(data=str(small_set)), stop=begun.is_set))
    assert isinstance(found[-1], events.Stopped)
    assert found[-1].step == 0
    assert left.wait(LONGEST)


def test_a_run_goes_on_with_another_device_when_told(tiny_set: Path) -> None:
    """With a device given, resuming plans anew and finishes from the step it had reached."""
    config = TrainingConfig(data=str(tiny_set), epochs=2)
    run = create_run(config)
    stopped = _run(config, run, stop_after=2)[-1]
    assert isinstance(stopped, events.Stopped)
    found = list(training.train(config, run, resume=True, device="cpu"))
    started = next(event for event in found if isinstance(event, events.Started))
    assert started.step == stopped.step
    assert isinstance(found[-1], events.Finished)


def test_resuming_where_the_recipe_has_another_network_now_is_refused(
    tiny_set: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after an update of the program; the state stays as it is."""
    config = TrainingConfig(data=str(tiny_set), epochs=2)
    run = create_run(config)
    _run(config, run, stop_after=1)
    before = run.state.read_bytes()
    other = on_few(RECIPES["fast"], architecture="small")
    monkeypatch.setitem(RECIPES, "fast", other)
    with pytest.raises(CheckpointError, match=r"does not fit the network.*\(small\).*start a new run"):
        _run(config, run, resume=True)
    assert run.state.read_bytes() == before


def test_resuming_before_the_first_save_begins_again(tiny_set: Path) -> None:
    """It says so, and ends with the weights of a run that was never ended."""
    ended, whole = (create_run(TrainingConfig(data=str(tiny_set), epochs=1, seed=3)) for _ in range(2))
    begun = training.train(ended.config(), ended)
    assert any(isinstance(event, events.Progress) for event in begun)
    assert isinstance(begun, Generator)
    begun.close()
    assert not ended.state.exists() and ended.is_resumable()
    found = _run(ended.config(), ended, resume=True)
    assert any(isinstance(event, events.Note) and "begins again" in event.text for event in found)
    _run(whole.config(), whole)
    assert _same(ended, whole)


def test_a_small_set_is_shown_more_often(tiny_set: Path) -> None:
    """Without a number of epochs, 200 images get the recipe's least number of steps."""
    generator = training.train(TrainingConfig(data=str(tiny_set)))
    assert isinstance(generator, Generator)
    started = next(event for event in generator if isinstance(event, events.Started))
    generator.close()
    assert started.epochs * started.steps_per_epoch >= RECIPES["fast"].small_data.steps
    assert started.epochs > RECIPES["fast"].epochs


def test_the_probe_measures_what_it_chooses(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fastest plan comes first, from rates that were measured on the recipe's own step."""
    monkeypatch.undo()
    recipe = dataclasses.replace(RECIPES["fast"], batch_size=16)
    plans, notes = probe.choose("auto", recipe)
    rates = [plan.images_per_second for plan in plans]
    assert rates == sorted(rates, reverse=True)
    assert rates[0] > 0
    assert notes == []
    assert plans[-1].device == "cpu" or torch.cuda.is_available()


def test_reading_a_large_set_is_told(tiny_set: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the images are decoded, events say how many of how many; then training begins."""
    from core.data.datasets import Dataset, load
    from core.data.division import DivisionRule

    told = threading.Event()

    def slowly(data: str, report: Callable[[int, int], None], rule: DivisionRule) -> Dataset:
        report(50, 200)
        assert told.wait(LONGEST)
        return load(data, rule=rule)

    monkeypatch.setattr(training, "load", slowly)
    generator = training.train(TrainingConfig(data=str(tiny_set)))
    assert isinstance(generator, Generator)
    first = next(event for event in generator if not isinstance(event, events.Starting))
    told.set()
    assert isinstance(first, events.Loading)
    assert (first.done, first.total) == (50, 200)
    assert isinstance(next(event for event in generator if not isinstance(event, events.Starting)), events.Started)
    generator.close()


def test_each_part_before_training_is_told(tiny_set: Path) -> None:
    """In order, and all of them before training has started."""
    found = _run(TrainingConfig(data=str(tiny_set), epochs=1))
    began = [isinstance(event, events.Started) for event in found].index(True)
    parts = [event.doing for event in found[:began] if isinstance(event, events.Starting)]
    assert parts == [
        "loading PyTorch", "reading the images", "choosing how to compute", "preparing the network and its images",
    ]  # fmt: skip
    assert not any(isinstance(event, events.Starting) for event in found[began:])


@pytest.mark.parametrize("heard", range(1, 5))
def test_a_stop_is_heard_before_each_part(tiny_set: Path, heard: int) -> None:
    """However early it comes: nothing is trained, and the run ends as stopped and can be resumed to its end."""
    config = TrainingConfig(data=str(tiny_set), epochs=1)
    run = create_run(config)
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked >= heard

    with RunWriter(run) as writer:
        found = list(training.train(config, run, stop=stop))
        for event in found:
            writer.append(event)
    assert isinstance(found[-1], events.Stopped)
    assert found[-1].step == 0
    assert not any(isinstance(event, events.Started | events.Progress) for event in found)
    assert run.status() == "stopped" and run.is_resumable()
    assert isinstance(_run(config, run, resume=True)[-1], events.Finished)


def test_a_resumed_run_that_is_stopped_while_it_starts_keeps_what_it_had(tiny_set: Path) -> None:
    """It says the step that it will go on from, and its state is untouched."""
    config = TrainingConfig(data=str(tiny_set), epochs=2)
    run = create_run(config)
    with RunWriter(run) as writer:
        for event in _run(config, run, stop_after=1):
            writer.append(event)
    state = run.state.read_bytes()
    end = list(training.train(config, run, resume=True, stop=lambda: True))[-1]
    assert isinstance(end, events.Stopped)
    assert end.step == checkpoint.load_state(run.state)["step"] > 0
    assert end.checkpoint == str(run.model)
    assert run.state.read_bytes() == state


def test_the_writer_and_the_trainer_agree(tiny_set: Path) -> None:
    """A run's file holds every event that was yielded."""
    run = create_run(TrainingConfig(data=str(tiny_set), epochs=1))
    told = []
    with RunWriter(run) as writer:
        for event in training.train(run.config(), run):
            writer.append(event)
            told.append(event)
    from core.runs.follow import EventReader

    assert EventReader(run).read() == told
    assert run.status() == "finished"


@pytest.mark.parametrize(("images", "is_full"), [(500, False), (550, False), (625, True)])
def test_the_network_that_is_timed_is_the_one_that_is_trained(
    images: int, is_full: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Around the size from which a recipe has its full form, the images held out decide which form it is."""
    large = 500  # a twentieth of what it is, to be read in a twentieth of the time
    for module in ("recipes", "training_length"):
        monkeypatch.setattr(f"core.config.{module}.SMALL", large)
    monkeypatch.setitem(RECIPES, "fast", _FAST)
    timed: list[Recipe] = []

    def choose(name: str, recipe: Recipe) -> tuple[list[Plan], list[str]]:
        timed.append(recipe)
        return [Plan("cpu", 1, "float32")], []

    monkeypatch.setattr(probe, "choose", choose)
    train, test = mnist.load()
    archive = tmp_path / "set.npz"
    np.savez(
        archive,
        images=train.images[:images],
        labels=train.labels[:images],
        test_images=test.images[:100],
        test_labels=test.labels[:100],
    )

    happened = training.train(TrainingConfig(str(archive), epochs=1))
    started = next(event for event in happened if isinstance(event, events.Started))

    assert started.train_count + started.validation_count == images
    assert (started.train_count >= large) == is_full
    assert [each.architecture for each in timed] == [started.architecture]
    assert started.architecture == (_FAST.architecture if is_full else _FAST.small_data.architecture)
    assert timed[0].batch_size == started.batch_size
