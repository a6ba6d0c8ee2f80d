"""The plot: what a person can read off it, how keys and mouse work it, and what it sends."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.geometry import Region
from textual.pilot import Pilot
from textual.widgets import Static

from tui.widgets.run.curve import LOOKS, Curve
from tui.widgets.run.plot import Plot
from tui.widgets.run.run_quantities import ACCURACY, LOSS
from tui.widgets.run.scale import Scale

_EPOCHS, _STEPS = 2, 100
_SCALE = Scale(_EPOCHS, _STEPS)
_MARK = LOOKS[0].mark


class PlotApp(App[None]):
    """One plot of 38×10 cells, as small as it gets on the training screen, in a scrolled page."""

    AUTO_FOCUS = None
    CSS = "Plot { width: 38; height: 10; } #below { height: 20; }"

    def compose(self) -> ComposeResult:
        with VerticalScroll(can_focus=False):
            yield Plot(ACCURACY, id="plot")
            yield Static("below", id="below")

    @property
    def plot(self) -> Plot:
        """The plot."""
        return self.query_one(Plot)

    def rows(self) -> list[str]:
        """The plot's rows of characters."""
        return [self.plot.render_line(y).text for y in range(10)]

    @property
    def words(self) -> str:
        """The plot's last line."""
        return self.rows()[-1].rstrip()

    def draw(self, *curves: Curve, newest: float = _EPOCHS, is_growing: bool = False) -> None:
        """Show these curves."""
        self.plot.draw(curves, _SCALE, newest, is_growing=is_growing)


def _losses(newest: float = _EPOCHS) -> Curve:
    """The losses of all steps so far."""
    steps = np.arange(1, round(newest * _STEPS) + 1) / _STEPS
    return Curve.of(steps, 2 * np.exp(-2 * steps), "training", is_marked=False, points="steps")


async def _focused(app: PlotApp, pilot: Pilot[None], newest: float = _EPOCHS, *, is_growing: bool = False) -> None:
    """Show losses in the plot, and focus it."""
    app.plot.show_quantity(LOSS)
    app.draw(_losses(newest), newest=newest, is_growing=is_growing)
    await pilot.press("tab")
    assert app.focused is app.plot


def _window(app: PlotApp) -> tuple[float, float]:
    drawing = app.plot._drawing
    assert drawing is not None
    return drawing.content.window


async def test_the_first_and_the_last_point_are_drawn_where_they_belong() -> None:
    """The last one is the newest; a frame or an edge must not hide it."""
    app = PlotApp()
    async with app.run_test(size=(80, 24)):
        app.draw(Curve.of([1, 2], [0.97, 1.0]))
        rows = app.rows()
        assert "100%" in rows[0]
        assert rows[0].endswith(_MARK)
        first = next(row for row in rows[1:7] if _MARK in row)
        assert first.index(_MARK) == rows[8].index("1")
        assert rows[8].startswith("epoch")
        assert rows[8].rstrip().endswith("2")


async def test_one_point_is_enough_to_see_something() -> None:
    """After the first epoch there is a mark, not an empty plot."""
    app = PlotApp()
    async with app.run_test(size=(80, 24)):
        assert any("after the first epoch" in row for row in app.rows())
        app.draw(Curve.of([1], [0.981]))
        assert sum(row.count(_MARK) for row in app.rows()) == 1


async def test_a_long_noisy_curve_is_drawn_as_the_mean_of_each_column() -> None:
    """Of 50,000 points between 0.90 and 0.98 the line runs at 0.94, one or two dots high."""
    app = PlotApp()
    async with app.run_test(size=(80, 24)):
        noise = np.tile([0.90, 0.98], 25_000)
        app.draw(Curve.of(np.linspace(0, 2, 50_000), noise, is_marked=False))
        drawn = [y for y, row in enumerate(app.rows()) if any("⠀" <= each <= "⣿" for each in row)]
        assert len(drawn) == 1
        assert app.words.startswith("mean of ")

        wild = np.full(50_000, 0.94)
        wild[17] = 0.1  # one batch of many
        app.draw(Curve.of(np.linspace(0, 2, 50_000), wild, is_marked=False))
        assert any("94" in row for row in app.rows())


async def test_what_is_no_number_is_left_out() -> None:
    """A diverged batch breaks neither the axis nor the line."""
    app = PlotApp()
    async with app.run_test(size=(80, 24)):
        app.draw(Curve.of([0.5, 1, 2], [0.97, float("nan"), 0.99]))
        assert sum(row.count(_MARK) for row in app.rows()) == 2


def _watched(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Region, ...]]:
    """The regions of each repaint from now on."""
    asked: list[tuple[Region, ...]] = []

    def refresh(self: Plot, *regions: Region, **_: Any) -> Plot:
        asked.append(regions)
        return self

    monkeypatch.setattr(Plot, "refresh", refresh)
    return asked


async def test_only_changed_cells_are_repainted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same data send nothing; one more point sends a few cells and no whole plot."""
    app = PlotApp()
    async with app.run_test(size=(80, 24)):
        points = np.linspace(0, 1, 300)
        app.draw(Curve.of(points, 0.9 + points / 20, is_marked=False))
        asked = _watched(monkeypatch)
        app.draw(Curve.of(points, 0.9 + points / 20, is_marked=False))
        assert asked == []
        more = np.linspace(0, 1.05, 315)
        app.draw(Curve.of(more, np.minimum(0.95, 0.9 + more / 20), is_marked=False))
        assert len(asked) == 1
        assert 0 < sum(region.area for region in asked[0]) < 20


async def test_moving_the_cursor_repaints_few_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two in each row, and what is read."""
    app = PlotApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await _focused(app, pilot)
        await pilot.press("right")
        asked = _watched(monkeypatch)
        await pilot.press("left")
        assert len(asked) == 1
        *columns, words = sorted(asked[0], key=lambda region: region.y)
        assert all(region.width == 2 for region in columns)
        assert words.y == 9


async def test_the_cursor_reads_values_and_leaves() -> None:
    """It begins at the newest step, moves by columns, and says the step and its loss as they were."""
    app = PlotApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await _focused(app, pilot)
        assert app.words == "mean of 4 steps a dot, log"
        await pilot.press("right")
        assert app.words.startswith("epoch 2.00")
        await pilot.press(*["left"] * 8)
        epoch, loss = app.plot.view.cursor or 0.0, float(app.words.split()[-1])
        assert 0.5 < epoch < 1.8
        assert f"epoch {epoch:.2f}" in app.words
        assert loss == pytest.approx(2 * np.exp(-2 * epoch), rel=0.1)
        column = next(iter({row.index("│", 9) for row in app.rows()[:3]}))
        assert app.rows()[7][column] == "┼"
        await pilot.press("escape")
        assert app.words == "mean of 4 steps a dot, log"


async def test_zoom_keeps_what_is_read_in_its_place_and_everything_comes_back() -> None:
    """In and out around the cursor; 0 shows everything; not closer than a few steps."""
    app = PlotApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await _focused(app, pilot)
        await pilot.press(*["left"] * 10)
        cursor = app.plot.view.cursor
        assert cursor is not None
        await pilot.press("plus")
        low, high = _window(app)
        assert high - low == pytest.approx(1.0)
        assert (cursor - low) / (high - low) == pytest.approx(cursor / 2)
        assert app.plot.view.cursor == cursor
        assert app.words.startswith(f"epoch {cursor:.2f}")
        await pilot.press("minus")
        assert _window(app) == (0.0, 2.0)
        await pilot.press(*["plus"] * 30)
        low, high = _window(app)
        assert 3 / _STEPS < high - low < 10 / _STEPS
        await pilot.press("0")
        assert _window(app) == (0.0, 2.0)


async def test_smoothing_ends_where_each_step_has_a_dot() -> None:
    """Zoomed in far enough, no mean is drawn and none is said."""
    app = PlotApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await _focused(app, pilot)
        await pilot.press("plus", "plus", "plus")
        assert app.words == "log" or app.words == "linear"


async def test_a_live_window_moves_along_and_a_frozen_one_stays() -> None:
    """Which of the two it is, is said; panning freezes, and f changes it."""
    app = PlotApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await _focused(app, pilot, newest=1.0, is_growing=True)
        assert app.words.startswith("live")
        await pilot.press("plus")
        assert _window(app) == (0.5, 1.0)
        app.draw(_losses(1.3), newest=1.3, is_growing=True)
        assert _window(app) == pytest.approx((0.8, 1.3))
        await pilot.press("f")
        assert app.words.startswith("frozen")
        app.draw(_losses(1.7), newest=1.7, is_growing=True)
        assert _window(app) == pytest.approx((0.8, 1.3))
        await pilot.press("comma")
        assert _window(app) == pytest.approx((0.675, 1.175))
        await pilot.press("shift+right", "full_stop")
        assert _window(app) == pytest.approx((0.925, 1.425))
        await pilot.press("f")
        assert app.words.startswith("live")
        assert _window(app) == pytest.approx((1.2, 1.7))


async def test_an_axis_with_everything_in_sight_can_be_frozen() -> None:
    """It does not make room for what follows until it is live again."""
    app = PlotApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await _focused(app, pilot, newest=0.9, is_growing=True)
        await pilot.press("f")
        app.draw(_losses(1.7), newest=1.7, is_growing=True)
        assert _window(app) == (0.0, 1.0)
        await pilot.press("f")
        assert _window(app) == (0.0, 2.0)


async def test_the_cursor_takes_the_window_along() -> None:
    """At the window's edge the next step comes into sight; at the axis's end it stays."""
    app = PlotApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await _focused(app, pilot)
        await pilot.press("plus", "plus", "left", *["left"] * 40)
        low, high = _window(app)
        assert high < 1.9
        assert app.plot.view.cursor is not None
        assert low <= app.plot.view.cursor <= high
        await pilot.press(*["left"] * 200)
        assert _window(app)[0] == 0.0
        assert 0 <= app.plot.view.cursor < 0.05


async def test_an_axis_is_logarithmic_or_linear() -> None:
    """As asked, and it is said; accuracies have no choice, and so no key for it."""
    app = PlotApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await _focused(app, pilot)
        before = app.rows()[:7]
        await pilot.press("a")
        assert app.words.endswith("linear")
        assert app.rows()[:7] != before
        await pilot.press("a")
        assert app.rows()[:7] == before
        app.plot.show_quantity(ACCURACY)
        assert app.plot.check_action("rescale", ()) is False
        assert app.plot.check_action("freeze", ()) is False


async def test_the_wheel_zooms_a_plot_in_focus_and_scrolls_the_page_otherwise() -> None:
    """What is under the mouse stays under it."""
    app = PlotApp()
    async with app.run_test(size=(80, 15)) as pilot:
        app.plot.show_quantity(LOSS)
        app.draw(_losses())
        page = app.query_one(VerticalScroll)
        await pilot._post_mouse_events([events.MouseScrollDown], app.plot, offset=(20, 4))
        await pilot.pause()
        assert page.scroll_target_y > 0
        assert _window(app) == (0.0, 2.0)
        page.scroll_home(animate=False)
        app.plot.focus()
        await pilot.pause()
        drawing = app.plot._drawing
        assert drawing is not None
        under = drawing.value(20 - drawing.begin)
        await pilot._post_mouse_events([events.MouseScrollUp], app.plot, offset=(20, 4))
        low, high = _window(app)
        assert high - low == pytest.approx(1.0)
        assert (under - low) / (high - low) == pytest.approx(under / 2)
        assert page.scroll_target_y == 0
        await pilot._post_mouse_events([events.MouseScrollDown], app.plot, offset=(20, 4))
        assert _window(app) == (0.0, 2.0)


async def test_the_mouse_reads_and_drags() -> None:
    """Hovering reads and leaving ends it; a click focuses and reads; a drag moves the window."""
    app = PlotApp()
    async with app.run_test(size=(80, 30)) as pilot:
        app.plot.show_quantity(LOSS)
        app.draw(_losses())
        await pilot.hover(app.plot, offset=(23, 4))
        await pilot.pause()
        assert app.words.startswith("epoch 1.0")
        await pilot.hover("#below")
        await pilot.pause()
        assert app.words.startswith("mean of")
        await pilot.click(app.plot, offset=(23, 4))
        assert app.focused is app.plot
        assert app.words.startswith("epoch 1.0")
        await pilot.press("plus")
        low, high = _window(app)
        await pilot.mouse_down(app.plot, offset=(20, 4))
        await pilot.hover(app.plot, offset=(26, 4))
        await pilot.mouse_up(app.plot, offset=(26, 4))
        moved, _ = _window(app)
        drawing = app.plot._drawing
        assert drawing is not None
        assert moved - low == pytest.approx(-6 * (high - low) / drawing.columns)
        await pilot.hover(app.plot, offset=(30, 4))
        assert _window(app)[0] == moved


async def test_a_new_run_is_seen_from_its_beginning() -> None:
    """No window of the run before is left."""
    app = PlotApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await _focused(app, pilot)
        await pilot.press("plus", "left")
        app.plot.clear()
        assert any("after the first batches" in row for row in app.rows())
        app.draw(_losses())
        assert _window(app) == (0.0, 2.0)
        assert app.plot.view.cursor is None


@pytest.mark.parametrize("key", ["left", "right", "plus", "minus", "comma", "full_stop", "0", "f", "a", "escape"])
async def test_an_empty_plot_takes_all_keys(key: str) -> None:
    """There is nothing to read, and nothing to complain about."""
    app = PlotApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("tab", key)
        assert any("after the first epoch" in row for row in app.rows())
