"""core.runs.events and core.runs.history: the lines of a run, and the story that they tell."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.config.configuration import TrainingConfig
from core.runs import events
from core.runs.follow import EventReader
from core.runs.history import History
from core.runs.run import create_run


def started(**changes: Any) -> events.Started:
    """A run of two epochs of ten steps."""
    fields: dict[str, Any] = {
        "data": "mnist", "recipe": "fast", "architecture": "small", "parameters": 1, "epochs": 2,
        "steps_per_epoch": 10, "batch_size": 4, "train_count": 40, "validation_count": 5, "test_count": 6,
        "device": "cpu", "device_name": "a processor", "threads": 2, "precision": "float32", "seed": 0,
    }  # fmt: skip
    return events.Started(**{**fields, **changes})


def progress(step: int, losses: tuple[float, ...], seconds: float = 1.0) -> events.Progress:
    """Steps up to `step`."""
    return events.Progress(epoch=1, step=step, losses=losses, learning_rate=0.1, images_per_second=9.0, seconds=seconds)


def epoch_ended(epoch: int, accuracy: float) -> events.EpochEnded:
    """An epoch of ten steps."""
    return events.EpochEnded(
        epoch=epoch, step=epoch * 10, train_loss=0.5, validation_loss=0.4, validation_accuracy=accuracy,
        learning_rate=0.1, epoch_seconds=2.0, seconds=2.0 * epoch,
    )  # fmt: skip


def test_every_event_survives_the_way_through_json() -> None:
    """What is read back equals what was written."""
    for event in (
        started(),
        progress(3, (1.0, 0.5)),
        epoch_ended(1, 0.9),
        events.Note("text", level="warning"),
        events.DeviceState(device="cpu", load=0.5, memory_used=1, memory_total=2, temperature=None),
        events.Saved(checkpoint="model.npz", step=3),
        events.Stopped(epoch=1, step=3, seconds=1.0, checkpoint="model.npz"),
        events.Failed(error="why"),
    ):
        assert events.from_json(json.loads(json.dumps(event.to_json()))) == event


def test_an_unknown_event_is_passed_over_and_a_broken_one_is_said() -> None:
    """A later version's event is None; a known one that lacks a field is an error that names it."""
    assert events.from_json({"event": "later"}) is None
    with pytest.raises(ValueError, match="saved"):
        events.from_json({"event": "saved"})


@pytest.mark.parametrize(
    "changes",
    [
        {"step": "3"},
        {"step": 1.5},
        {"step": None},
        {"step": True},
        {"epoch": [1]},
        {"losses": None},
        {"losses": 5},
        {"losses": "ab"},
        {"losses": [1.0, None]},
        {"learning_rate": "0.1"},
        {"time": "now"},
        {"event": []},
        {"event": None},
    ],
    ids=str,
)
def test_an_event_of_wrong_types_is_an_error(changes: dict[str, Any]) -> None:
    """A field of another type is found here, not by whoever computes with it."""
    with pytest.raises(ValueError):
        events.from_json({**json.loads(json.dumps(progress(3, (1.0,)).to_json())), **changes})


@pytest.mark.parametrize("line", ["[]", "5", "null", '"text"'])
def test_other_json_is_not_an_event(line: str) -> None:
    """Any other JSON is an error of the same kind."""
    with pytest.raises(ValueError, match="not an event"):
        events.from_json(json.loads(line))


def test_whole_numbers_are_numbers() -> None:
    """JSON does not tell 1 from 1.0, so that a field of floats takes both."""
    found = events.from_json({**progress(1, ()).to_json(), "losses": [1, 0.5], "seconds": 2})
    assert isinstance(found, events.Progress)
    assert found.losses == (1, 0.5) and found.seconds == 2


def test_a_reader_passes_over_lines_of_wrong_types() -> None:
    """A damaged line between two good ones costs that line alone."""
    run = create_run(TrainingConfig())
    good = json.dumps(progress(1, (1.0,)).to_json())
    bad = json.dumps({**progress(2, (1.0,)).to_json(), "losses": None, "step": "x"})
    run.events.write_text(f"{good}\n{bad}\n[]\n{good}\n")
    assert [event.kind for event in EventReader(run).read()] == ["progress", "progress"]


def test_history_adds_up() -> None:
    """Losses line up with their steps; fraction, time left and the best epoch follow."""
    history = History()
    for event in (started(), progress(4, (4.0, 3.0, 2.0, 1.0), 2.0), progress(5, (0.5,), 2.5)):
        history.feed(event)
    assert history.losses == [4.0, 3.0, 2.0, 1.0, 0.5]
    assert history.fraction == 0.25
    assert history.seconds_left == pytest.approx(7.5)
    history.feed(epoch_ended(1, 0.9))
    history.feed(epoch_ended(2, 0.8))
    assert history.best is not None and history.best.epoch == 1


def test_history_of_a_resumed_run_forgets_what_is_done_again() -> None:
    """A run killed at step 15 and resumed from step 10 has each step's loss once."""
    history = History()
    for event in (
        started(),
        progress(10, tuple(range(10))),
        epoch_ended(1, 0.9),
        progress(15, (1.0,) * 5),
        started(step=10, seconds=2.0),
        progress(12, (7.0, 8.0), 3.0),
    ):
        history.feed(event)
    assert history.losses == [*range(10), 7.0, 8.0]
    assert len(history.epochs) == 1
    assert history.seconds_left == pytest.approx(4.0)
