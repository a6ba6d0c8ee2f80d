"""core.runs.events and core.runs.history: the lines of a run, and the story that they tell."""

from __future__ import annotations

import json
import math
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
    found = events.from_json({**progress(2, ()).to_json(), "losses": [1, 0.5], "seconds": 2})
    assert isinstance(found, events.Progress)
    assert found.losses == (1, 0.5) and found.seconds == 2


def test_a_reader_passes_over_damaged_lines_and_names_the_first() -> None:
    """A damaged line between two good ones costs that line alone, and is said once."""
    run = create_run(TrainingConfig())
    good = json.dumps(progress(1, (1.0,)).to_json())
    bad = json.dumps({**progress(2, (1.0,)).to_json(), "losses": None})
    run.events.write_text(f"{good}\n{bad}\n[]\n{good}\n")
    reader = EventReader(run)
    found = reader.read()
    assert [event.kind for event in found] == ["progress", "note", "progress"]
    note = found[1]
    assert isinstance(note, events.Note) and note.level == "warning"
    assert note.text.startswith("line 2 of events.jsonl cannot be read: losses of a 'progress' event is None; it must")
    with run.events.open("a") as file:
        file.write(f"{bad}\n{good}\n")
    assert [event.kind for event in reader.read()] == ["progress"]


_HUGE = 10**400
_ODD: list[tuple[events.Event, dict[str, Any]]] = [
    (progress(3, (1.0,)), {"step": -1}),
    (progress(3, (1.0,)), {"step": _HUGE}),
    (progress(3, (1.0,)), {"step": 2**53 + 1}),
    (progress(3, (1.0,)), {"epoch": 0}),
    (progress(3, (1.0,)), {"epoch": 10**9}),
    (progress(3, (1.0,)), {"losses": [_HUGE]}),
    (progress(3, (1.0,)), {"losses": [1e300]}),
    (progress(3, (1.0,)), {"losses": [True]}),
    (progress(3, (1.0,)), {"losses": []}),
    (progress(3, (1.0,)), {"losses": [1.0] * 4}),
    (progress(3, (1.0,)), {"seconds": math.inf}),
    (progress(3, (1.0,)), {"seconds": math.nan}),
    (progress(3, (1.0,)), {"seconds": -1}),
    (progress(3, (1.0,)), {"seconds": _HUGE}),
    (progress(3, (1.0,)), {"images_per_second": math.nan}),
    (progress(3, (1.0,)), {"learning_rate": math.inf}),
    (progress(3, (1.0,)), {"gradient_norm": -1.0}),
    (progress(3, (1.0,)), {"gradient_norm": 1e39}),
    (progress(3, (1.0,)), {"gradient_norm": "1"}),
    (progress(3, (1.0,)), {"time": math.nan}),
    (epoch_ended(1, 0.9), {"validation_accuracy": 1.5}),
    (epoch_ended(1, 0.9), {"validation_accuracy": math.nan}),
    (epoch_ended(1, 0.9), {"train_loss": _HUGE}),
    (epoch_ended(1, 0.9), {"train_loss": 1e39}),
    (epoch_ended(1, 0.9), {"epoch_seconds": 1e308}),
    (started(), {"epochs": 0}),
    (started(), {"epochs": 10**7}),
    (started(), {"epochs": 7, "folds": 5}),
    (started(), {"folds": -1}),
    (started(), {"folds": 10**6}),
    (started(), {"threads": False}),
    (started(), {"data": None}),
    (events.DeviceState("cpu", 0.5, 1, 2, 3.0), {"load": math.inf}),
    (events.DeviceState("cpu", 0.5, 1, 2, 3.0), {"memory_used": -1}),
    (events.DeviceState("cpu", 0.5, 1, 2, 3.0), {"temperature": 1e9}),
]


@pytest.mark.parametrize(("event", "changes"), _ODD, ids=lambda each: getattr(each, "kind", None) or f"{each!r:.40}")
def test_odd_numbers_are_damage(event: events.Event, changes: dict[str, Any]) -> None:
    """What shows an event may format, divide and count with any of its numbers."""
    line = json.dumps({**event.to_json(), **changes})
    with pytest.raises(ValueError, match=f"{event.kind}' event"):
        events.from_json(json.loads(line))


def test_a_training_that_diverged_is_no_damage() -> None:
    """Its losses and gradients are NaN or infinite, and are shown so."""
    for loss in (math.nan, math.inf, 1e38):
        line = json.dumps({**progress(1, (loss,)).to_json(), "gradient_norm": loss})
        found = events.from_json(json.loads(line))
        assert isinstance(found, events.Progress) and repr(found.losses) == repr((loss,))
        assert repr(found.gradient_norm) == repr(loss)


def test_a_report_of_an_earlier_version_has_no_gradient_norm() -> None:
    """It lacks the field, which is then None."""
    line = progress(1, (1.0,)).to_json()
    del line["gradient_norm"]
    found = events.from_json(json.loads(json.dumps(line)))
    assert isinstance(found, events.Progress) and found.gradient_norm is None


def test_no_text_of_an_event_steers_a_terminal_or_fails_to_be_written() -> None:
    """Whether it is read or made: surrogates, control characters and very long texts are replaced or cut."""
    made = events.Failed("no \ud800 and \x1b[2J\nbut lines")
    assert made.error == "no � and �[2J\nbut lines"
    assert events.from_json(json.loads('{"event":"failed","error":"\\ud800","time":1}')) == events.Failed("�", time=1.0)
    assert len(events.Note("x" * 10**6).text) == 10_000


def test_fields_and_events_of_a_later_version_are_left_aside() -> None:
    """A run that a later version trains can be watched."""
    later = {**events.Saved("model.npz", 3).to_json(), "bytes": {"all": [1]}}
    assert events.from_json(later) == events.Saved("model.npz", 3, time=later["time"])


def test_losses_keep_their_steps_though_a_line_is_lost() -> None:
    """What a damaged line told is NaN, and a step that no run reaches is passed over."""
    history = History()
    for event in (started(), progress(2, (2.0, 1.0)), progress(5, (0.5,)), progress(2**50, (0.1,))):
        history.feed(event)
    assert repr(history.losses.tolist()) == "[2.0, 1.0, nan, nan, 0.5]"
    assert history.progress is not None and history.progress.step == 5


def test_history_adds_up() -> None:
    """Losses line up with their steps; fraction, time left and the best epoch follow."""
    history = History()
    for event in (started(), progress(4, (4.0, 3.0, 2.0, 1.0), 2.0), progress(5, (0.5,), 2.5)):
        history.feed(event)
    assert history.losses.tolist() == [4.0, 3.0, 2.0, 1.0, 0.5]
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
    assert history.losses.tolist() == [*range(10), 7.0, 8.0]
    assert history.report_steps.tolist() == [10, 12]
    assert len(history.learning_rates) == len(history.gradient_norms) == 2
    assert len(history.epochs) == 1
    assert history.seconds_left == pytest.approx(4.0)
