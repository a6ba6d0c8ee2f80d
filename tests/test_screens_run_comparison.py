"""Several runs side by side: their curves, the table of what differs, and the verdict."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from layout import clipped, text, until
from run_story import finished, new_run, story, write
from textual.app import App
from textual.pilot import Pilot

import tui.app
from core.config.configuration import TrainingConfig
from core.runs import naming
from core.runs.events import EpochEnded, Event
from core.runs.run import Run
from core.runs.writer import RunWriter
from tui.screens.run_comparison import Differences, RunComparisonScreen
from tui.state.owners import Owners
from tui.widgets.run.curve import LOOKS
from tui.widgets.run.overlaid_curves import OverlaidCurves

SIZES = [(80, 24), (160, 50)]


class OverlayApp(App[None]):
    """Opens the screen."""

    CSS_PATH = Path(tui.app.__file__).with_name("app.tcss")

    def __init__(self, runs: list[Run]) -> None:
        super().__init__()
        self.runs = runs
        self.owners = Owners.of(self)

    def on_mount(self) -> None:
        looks = {run: look for look, run in enumerate(self.runs)}
        self.push_screen(RunComparisonScreen(self.owners.runs, looks))


def runs(count: int) -> list[Run]:
    """Finished ones, each with one epoch more and ten more images right than the one before, and curves of its own."""
    found = []
    for place in range(count):
        run = new_run(f"2026-01-{10 + place}-100000-mnist-fast", TrainingConfig(seed=place))
        end = dataclasses.replace(finished(6 + place), test_accuracy=0.98 + place / 1000)
        write(run, map(partial(_worse, by=place / 100), story(6 + place)), [end])
        naming.rename(run, f"run {place}")
        found.append(run)
    return found


def _worse(event: Event, by: float) -> Event:
    """The same report with a lower accuracy after each epoch, and another loss."""
    if not isinstance(event, EpochEnded):
        return event
    accuracy, loss = event.validation_accuracy - by, event.validation_loss * (1 + 20 * by)
    return dataclasses.replace(event, validation_accuracy=accuracy, validation_loss=loss)


async def read(pilot: Pilot[Any]) -> None:
    """Wait until the runs are shown."""
    await until(pilot, lambda: "state" in text(pilot.app))
    await pilot.pause()


@pytest.mark.parametrize("size", SIZES)
async def test_what_differs_and_which_is_better(size: tuple[int, int]) -> None:
    """In words, in a table with the marks of the curves, and in curves that have these marks."""
    app = OverlayApp(runs(3))
    async with app.run_test(size=size) as pilot:
        await read(pilot)
        for words in (
            "run 2 reads 10 more of 10,000 test images right than run 1; the difference is not "
            "statistically significant.",
            "● run 0",
            "○ run 1",
            "■ run 2",
            "98.10% of 10,000",
            "Training loss",
        ):
            assert words in " ".join(text(app).split()), words
        plots = app.screen.query_one(OverlaidCurves)
        for plot in (plots.first, plots.second):
            drawn = set("".join("".join(row) for row in plot._frame.characters))
            assert {"●", "○", "■"} <= drawn
        assert clipped(app) == []


async def test_each_quantity_is_shown_for_all_runs() -> None:
    """One after the other, and the first again."""
    app = OverlayApp(runs(2))
    async with app.run_test(size=(80, 24)) as pilot:
        await read(pilot)
        for title in ("Validation loss", "Learning rate", "Gradient norm", "Training loss"):
            await pilot.press("c")
            assert title in text(app)


async def test_the_cursor_reads_each_run() -> None:
    """By its title, in both plots."""
    app = OverlayApp(runs(2))
    async with app.run_test(size=(160, 50)) as pilot:
        await read(pilot)
        await pilot.press("right")
        assert text(app).count("run 0 ") >= 3 and text(app).count("run 1 ") >= 3  # the table and both plots


async def test_a_run_that_is_going_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Until it has ended; one of the others stays as it is."""
    monkeypatch.setattr("tui.screens.run_comparison._LOOK_AGAIN", 0.05)
    (ended,) = runs(1)
    going = new_run("2026-02-01-100000-mnist-fast")
    naming.rename(going, "going")
    events = list(story(6))
    app = OverlayApp([ended, going])
    with RunWriter(going) as writer:
        for event in events[:6]:
            writer.append(event)
        async with app.run_test(size=(80, 24)) as pilot:
            await read(pilot)
            assert "running" in text(app) and "live" in text(app) and "Fewer than two" in text(app)
            for event in [*events[6:], finished(6)]:
                writer.append(event)
            await until(pilot, lambda: "99.23% of 10,000" in text(app))


async def test_a_run_that_has_not_begun_has_a_column_and_no_curve() -> None:
    """Nor do two of them have any."""
    app = OverlayApp([new_run("2026-02-01-100000-mnist-fast"), new_run("2026-02-02-100000-mnist-fast")])
    async with app.run_test(size=(80, 24)) as pilot:
        await read(pilot)
        assert "after the first batches" in text(app) and text(app).count("stopped") == 2


async def test_eight_runs_are_told_apart_on_a_small_terminal() -> None:
    """The table scrolls to the last of them."""
    app = OverlayApp(runs(8))
    async with app.run_test(size=(80, 24)) as pilot:
        await read(pilot)
        drawn = set("".join("".join(row) for row in app.screen.query_one(OverlaidCurves).second._frame.characters))
        assert {look.mark for look in LOOKS} <= drawn
        assert "run 7" not in text(app).splitlines()[-8]
        app.screen.query_one(Differences).focus()
        await pilot.press(*["right"] * 120)
        await until(pilot, lambda: "run 7" in "".join(text(app).splitlines()[10:]))


@pytest.mark.parametrize("size", SIZES)
def test_the_comparison_looks_right(size: tuple[int, int], snap_compare: Callable[..., bool]) -> None:
    """With three runs."""
    assert snap_compare(OverlayApp(runs(3)), terminal_size=size, run_before=read)
