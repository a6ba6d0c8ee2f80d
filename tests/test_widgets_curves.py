"""The two plots of a run: one window and one cursor, and what the first of them can show."""

from __future__ import annotations

import dataclasses
import math
import threading
from collections.abc import Iterator
from itertools import pairwise

import fold_story
import pytest
import run_story
from textual.app import App, ComposeResult

from core.runs import events
from core.runs.history import History
from tui.widgets.run.curves import Curves
from tui.widgets.run.plot import Plot
from tui.widgets.run.run_quantities import ACCURACY, FOLD_ACCURACY, GRADIENT_NORM, LEARNING_RATE, LOSS

_EPOCHS, _UNTIL = 6, 150


class CurvesApp(App[None]):
    """The curves alone."""

    CSS = "Curves { width: 120; height: 14; } Plot { width: 1fr; }"

    def compose(self) -> ComposeResult:
        yield Curves(id="curves")

    def plot(self, name: str) -> Plot:
        """`loss` or `accuracy`."""
        return self.query_one(f"#{name}", Plot)

    def words(self, name: str) -> str:
        """The last line of a plot."""
        plot = self.plot(name)
        return plot.render_line(plot.size.height - 1).text.rstrip()

    @property
    def curves(self) -> Curves:
        """The curves."""
        return self.query_one(Curves)


def _history(story: Iterator[events.Event] | None = None, *, measured: bool = True) -> History:
    """A run whose learning rate rises and whose gradient shrinks, as they were reported every ten steps."""
    history = History()
    for event in run_story.story(_EPOCHS, _UNTIL) if story is None else story:
        told = event
        if isinstance(event, events.Progress):
            norm = 4 / math.sqrt(event.step) if measured else None
            told = dataclasses.replace(event, learning_rate=event.step / 10_000, gradient_norm=norm)
        history.feed(told)
    return history


def _points(plot: Plot) -> tuple[list[float], list[float]]:
    (curve,) = plot._curves
    return curve.x.tolist(), curve.y.tolist()


async def test_both_plots_show_the_same_part_with_the_same_cursor() -> None:
    """Whichever of them is zoomed, and both read the same place."""
    app = CurvesApp()
    async with app.run_test(size=(120, 20)) as pilot:
        app.curves.show(_history(), is_growing=True)
        app.plot("loss").focus()
        await pilot.press("left", "left", "plus", "comma")
        await pilot.pause()
        first, second = app.plot("loss"), app.plot("accuracy")
        assert first.view == second.view
        assert first.view.span == pytest.approx(2.5)
        assert first._drawing is not None and second._drawing is not None
        assert first._drawing.content.window == second._drawing.content.window
        second.focus()
        await pilot.press("0", "right")
        await pilot.pause()
        assert first.view == second.view
        places = [app.words(name).split("  ")[0] for name in ("loss", "accuracy")]
        assert places[0] == places[1]
        assert "training" in app.words("loss") and "validation" in app.words("loss")
        assert app.words("accuracy").endswith("%")


async def test_the_first_plot_shows_loss_learning_rate_and_gradient_norm_in_turn() -> None:
    """With the values as they were reported, titled, and zoomed as before."""
    app = CurvesApp()
    async with app.run_test(size=(120, 20)) as pilot:
        app.curves.show(_history(), is_growing=True)
        plot = app.plot("loss")
        plot.focus()
        await pilot.press("plus")
        assert str(plot.border_title).startswith("Loss")
        reported = list(range(10, _UNTIL + 1, 10))
        for quantity, value in (
            (LEARNING_RATE, lambda step: step / 10_000),
            (GRADIENT_NORM, lambda step: 4 / math.sqrt(step)),
        ):
            await pilot.press("c")
            assert plot.quantity == quantity
            assert plot.border_title == quantity.title
            x, y = _points(plot)
            assert x == pytest.approx([step / run_story.STEPS for step in reported])
            assert y == pytest.approx([value(step) for step in reported])
            assert plot.view.span == 2.5
        await pilot.press("c")
        assert plot.quantity == LOSS
        assert str(plot.border_title).startswith("Loss")


async def test_a_run_of_an_earlier_version_has_no_gradient_norm() -> None:
    """It did not report one, which is said in place of a curve."""
    app = CurvesApp()
    async with app.run_test(size=(120, 20)) as pilot:
        app.curves.show(_history(measured=False), is_growing=False)
        app.plot("loss").focus()
        await pilot.press("c", "c")
        plot = app.plot("loss")
        assert any("no gradient was measured" in plot.render_line(y).text for y in range(plot.size.height))


async def test_a_run_that_has_ended_is_neither_live_nor_frozen() -> None:
    """Nothing will move; while it goes on, both plots say which of the two they are."""
    app = CurvesApp()
    async with app.run_test(size=(120, 20)):
        app.curves.show(_history(), is_growing=True)
        assert app.words("loss").startswith("live") and app.words("accuracy") == "live"
        app.curves.show(_history(), is_growing=False)
        assert "live" not in app.words("loss") and app.words("accuracy") == ""


async def test_the_stages_of_a_cross_validation_have_curves_of_their_own() -> None:
    """Each quantity starts again with each fold, and a window of one fold names it."""
    app = CurvesApp()
    async with app.run_test(size=(120, 20)) as pilot:
        history = _history(fold_story.story())
        started = history.started
        assert started is not None and started.folds
        app.curves.show(history, is_growing=True)
        plot = app.plot("loss")
        assert app.plot("accuracy").quantity == FOLD_ACCURACY
        plot.focus()
        stages = started.folds + 1
        for quantity in (LOSS, LEARNING_RATE, GRADIENT_NORM):
            assert plot.quantity == quantity
            trained = [curve for curve in plot._curves if curve.look == 0]
            assert len(trained) == stages
            for before, after in pairwise(trained):
                assert not len(after.x) or before.x[-1] < after.x[0]
            await pilot.press("c")
        await pilot.press("left")
        assert app.words("loss").startswith(("fold", "all images"))
        app.curves.clear()
        app.curves.show(_history(), is_growing=True)
        assert app.plot("accuracy").quantity == ACCURACY


def test_curves_are_made_while_another_thread_reads_the_run() -> None:
    """Which adds to the same history."""
    history = History()
    history.feed(run_story.started(10_000))
    failures: list[BaseException] = []
    done = threading.Event()

    def grow() -> None:
        try:
            for step in range(run_story.BATCH, 20_000, run_story.BATCH):
                history.feed(run_story.progress(step))
        except BaseException as error:
            failures.append(error)
        done.set()

    threading.Thread(target=grow).start()
    begun = history.started
    assert begun is not None
    while not done.is_set():
        for quantity in (LOSS, LEARNING_RATE, GRADIENT_NORM):
            quantity.curves(history, begun)
    assert not failures
