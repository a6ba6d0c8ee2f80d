"""core.runs.remarks: what is said of a run follows its events and the machine's load."""

from __future__ import annotations

import dataclasses
import math

import pytest
from run_story import progress, started, story

from core.runs.events import EpochEnded
from core.runs.history import History
from core.runs.remarks import remarks


def fed(epochs: int, *more: object) -> History:
    """A run that has done so many epochs, the fourth of which was the best."""
    history = History()
    for event in [*story(12, epochs * 40), *more]:
        history.feed(event)  # type: ignore[arg-type]  # the tests give events
    return history


@pytest.mark.parametrize(("epochs", "words"), [(2, []), (4, []), (6, []), (7, ["3 epochs"]), (9, ["5 epochs"])])
def test_a_validation_that_does_not_improve_is_said(epochs: int, words: list[str]) -> None:
    """From the third epoch after the best one on."""
    found = remarks(fed(epochs))
    assert len(found) == len(words) and all(word in each for word, each in zip(words, found, strict=True))


@pytest.mark.parametrize("loss", [math.nan, math.inf, -math.inf])
def test_a_loss_that_is_no_number_is_said_with_its_step(loss: float) -> None:
    """The first such step, also when more follow; a run that is resumed before it begins anew."""
    bad = dataclasses.replace(progress(50), losses=(*[0.5] * 6, loss, *[math.nan] * 3))
    history = fed(1, bad, progress(60))
    assert history.diverged_at == 47 and "step 47" in remarks(history)[0]
    history.feed(dataclasses.replace(started(12), step=40))
    assert history.diverged_at is None and remarks(history) == []
    history.feed(dataclasses.replace(progress(50), losses=(math.nan,) * 10))
    assert history.diverged_at == 41


def test_lines_that_are_missing_are_no_divergence() -> None:
    """Their losses are not known, which is something else."""
    history = fed(1, progress(200))
    assert any(map(math.isnan, history.losses)) and history.diverged_at is None


@pytest.mark.parametrize(
    ("load", "cores", "device", "is_said"),
    [
        (12.0, 2, "cpu", True),
        (3.9, 2, "cpu", False),
        (12.0, 16, "cpu", False),
        (12.0, 2, "cuda:0", False),
        (None, 2, "cpu", False),
    ],
)
def test_a_busy_machine_is_said(load: float | None, cores: int, device: str, is_said: bool) -> None:
    """Where the run needs the processor."""
    found = remarks(fed(1, dataclasses.replace(started(12), step=40, device=device)), load, cores)
    assert [f"load {load:.0f}" in each for each in found] == [True] * is_said if load is not None else found == []


def test_a_cross_validation_begins_anew_with_each_stage() -> None:
    """Its later epochs are those of other networks."""
    history = fed(9, dataclasses.replace(started(12), folds=3, step=360))
    assert isinstance(history.epochs[-1], EpochEnded) and remarks(history) == []
