"""The pad in a small app: drawing with the mouse, drawing with keys, and what is painted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Button

from core.drawing.ink import Ink
from tui.widgets.drawing.pad import Pad

SIDE = 40


class PadApp(App[None]):
    """A pad of 40 × 40 pixels at (3, 1), its canvas from (4, 2), and something else to focus."""

    CSS = """
    Pad { width: 42; height: 22; margin: 1 0 0 3; }
    Button { dock: bottom; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.changes = 0

    def compose(self) -> ComposeResult:
        yield Pad()
        yield Button("other")

    def on_pad_changed(self) -> None:
        self.changes += 1

    @property
    def pad(self) -> Pad:
        """The pad."""
        return self.query_one(Pad)

    def text(self) -> list[str]:
        """The canvas as the terminal shows it, without colour."""
        strips = self.screen._compositor.render_strips()
        return [strip.text[4 : 4 + SIDE] for strip in strips[2 : 2 + SIDE // 2]]


async def mouse(pilot: Pilot[Any], kind: type[events.MouseEvent], x: int, y: int, button: int = 1) -> None:
    """One report of the terminal: the mouse is over cell (x, y) of the canvas."""
    place = (x + 4, y + 2)
    pilot.app.post_message(kind(None, *place, 0, 0, button, False, False, False, *place))
    await pilot.pause()


async def drag(pilot: Pilot[Any], *cells: tuple[int, int], button: int = 1) -> None:
    """Press over the first cell, drag over the others and release over the last."""
    await mouse(pilot, events.MouseDown, *cells[0], button)
    for cell in cells[1:]:
        await mouse(pilot, events.MouseMove, *cell, button)
    await mouse(pilot, events.MouseUp, *cells[-1], button)


def drawn(radius: float, *points: tuple[float, float]) -> np.ndarray[Any, Any]:
    """The same stroke, drawn on a canvas of its own."""
    ink = Ink(SIDE, SIDE, radius)
    ink.press(*points[0])
    for point in points[1:]:
        ink.drag(*point)
    return ink.bitmap


async def test_the_mouse_draws_every_pixel_between_two_reports() -> None:
    """Two distant reports give one straight line through the middles of their cells."""
    app = PadApp()
    async with app.run_test(size=(60, 30)) as pilot:
        await drag(pilot, (5, 5), (30, 12))
        assert np.array_equal(app.pad.ink.bitmap, drawn(app.pad.radius, (5.5, 11), (30.5, 25)))
        assert app.changes >= 1


async def test_the_mouse_may_leave_the_pad_and_come_back() -> None:
    """A stroke goes on outside, where nothing is drawn, and ends wherever the button is released."""
    app = PadApp()
    async with app.run_test(size=(60, 30)) as pilot:
        await drag(pilot, (30, 5), (50, 5), (50, 15), (30, 15), (50, 20))
        expected = drawn(app.pad.radius, (30.5, 11), (50.5, 11), (50.5, 31), (30.5, 31), (50.5, 41))
        assert np.array_equal(app.pad.ink.bitmap, expected)
        assert len(app.pad.ink.strokes) == 1 and app.mouse_captured is None
        await mouse(pilot, events.MouseMove, 10, 10)
        assert np.array_equal(app.pad.ink.bitmap, expected)


async def test_a_release_that_was_never_reported_ends_the_stroke() -> None:
    """The button was let go outside the terminal: a move without it draws nothing."""
    app = PadApp()
    async with app.run_test(size=(60, 30)) as pilot:
        await mouse(pilot, events.MouseDown, 5, 5)
        await mouse(pilot, events.MouseMove, 20, 5, button=0)
        await mouse(pilot, events.MouseMove, 20, 15, button=0)
        assert np.array_equal(app.pad.ink.bitmap, drawn(app.pad.radius, (5.5, 11)))
        assert app.mouse_captured is None


async def test_the_right_button_erases() -> None:
    """It takes ink away without the eraser being chosen, and the left one then draws again."""
    app = PadApp()
    async with app.run_test(size=(60, 30)) as pilot:
        await drag(pilot, (5, 10), (35, 10))
        await drag(pilot, (20, 2), (20, 18), button=3)
        assert app.pad.ink.bitmap[20:22, 20].max() == 0 and app.pad.ink.bitmap[20, 8] == 255
        assert not app.pad.erasing
        await drag(pilot, (20, 10), (20, 11))
        assert app.pad.ink.bitmap[21, 20] == 255


async def test_keys_alone_draw() -> None:
    """Space lowers the pen, arrows pull it pixel by pixel, space lifts it, arrows then only move it."""
    app = PadApp()
    async with app.run_test(size=(60, 30)) as pilot:
        await pilot.press("pageup", "home", "home", "space", *["right"] * 10, *["down"] * 4, "space", "down")
        expected = drawn(app.pad.radius, (10.5, 15.5), (20.5, 15.5), (20.5, 19.5))
        assert np.array_equal(app.pad.ink.bitmap, expected)
        assert not app.pad.pen_down


async def test_the_cursor_stays_on_the_canvas() -> None:
    """At the edge it goes no further, and the first step back is seen."""
    app = PadApp()
    async with app.run_test(size=(60, 30)) as pilot:
        await pilot.press(*["home"] * 12, *["pageup"] * 12)
        assert app.text()[0][0] == "╀"
        await pilot.press("down")
        assert app.text()[0][0] == "╁"
        await pilot.press("right", "down")
        assert app.text()[1][1] == "╀"


async def test_the_cursor_shows_the_half_and_the_pen_without_colour() -> None:
    """Its glyph says which of the cell's two pixels it is on and whether the pen is down; it is in reverse."""
    app = PadApp()
    async with app.run_test(size=(60, 30)) as pilot:
        assert app.text()[10][20] == "╀"
        strip = app.screen._compositor.render_strips()[12].crop(24, 25)
        assert [segment.style.reverse for segment in strip if segment.style] == [True]
        await pilot.press("down")
        assert app.text()[10][20] == "╁"
        await pilot.press("space")
        assert app.text()[10][20] == "╈"
        await pilot.press("up")
        assert app.text()[10][20] == "╇"


async def test_the_cursor_hides_while_the_mouse_draws_and_without_focus() -> None:
    """The mouse needs none; the next key brings it back where it was."""
    app = PadApp()
    async with app.run_test(size=(60, 30)) as pilot:
        await drag(pilot, (2, 2), (3, 2))
        assert not set("╀╁") & set("".join(app.text()))
        await pilot.press("right")
        assert "╀" in "".join(app.text())
        await pilot.press("tab")
        assert not set("╀╁") & set("".join(app.text()))


async def test_undo_redo_and_clear() -> None:
    """u and r go stroke by stroke, c wipes all and u brings it back."""
    app = PadApp()
    async with app.run_test(size=(60, 30)) as pilot:
        await drag(pilot, (5, 5), (30, 5))
        one = app.pad.ink.bitmap.copy()
        await drag(pilot, (5, 15), (30, 15))
        two = app.pad.ink.bitmap.copy()
        await pilot.press("u")
        assert np.array_equal(app.pad.ink.bitmap, one)
        await pilot.press("r")
        assert np.array_equal(app.pad.ink.bitmap, two)
        await pilot.press("c")
        assert app.pad.ink.is_empty
        await pilot.press("u", "u", "u", "u")
        assert app.pad.ink.is_empty and not app.pad.ink.can_undo


async def test_undo_lifts_the_pen() -> None:
    """Moving on after an undo draws nothing until space is pressed again."""
    app = PadApp()
    async with app.run_test(size=(60, 30)) as pilot:
        await pilot.press("space", "right", "u", "right")
        assert app.pad.ink.is_empty and not app.pad.pen_down


async def test_the_eraser_key_takes_over_at_once() -> None:
    """With the pen down, e goes on erasing from where the pen is, and e again draws."""
    app = PadApp()
    async with app.run_test(size=(60, 30)) as pilot:
        await pilot.press("space", *["right"] * 10, "e", *["left"] * 10)
        assert app.pad.erasing and app.pad.ink.bitmap[20, 20:30].max() == 0
        await pilot.press("e", "right")
        assert not app.pad.erasing and app.pad.ink.bitmap[20, 21] == 255


@pytest.mark.parametrize(("wider", "narrower"), [("right_square_bracket", "left_square_bracket"), ("+", "-")])
async def test_the_brush_has_bounds(wider: str, narrower: str) -> None:
    """Keys make it wider and narrower, never so that it is useless."""
    app = PadApp()
    async with app.run_test(size=(60, 30)) as pilot:
        before = app.pad.radius
        await pilot.press(wider)
        assert app.pad.radius > before
        await pilot.press(*[wider] * 8)
        assert app.pad.radius == SIDE * 0.15
        await pilot.press(*[narrower] * 16)
        assert app.pad.radius == 0.5
        await pilot.press("space")
        assert app.pad.ink.bitmap.max() > 0


async def test_an_empty_pad_says_draw_something() -> None:
    """The words go with the first ink and come back when the pad is empty again."""
    app = PadApp()
    async with app.run_test(size=(60, 30)) as pilot:
        assert "Draw something" in "\n".join(app.text())
        await pilot.press("space")
        assert "Draw something" not in "\n".join(app.text())
        await pilot.press("c")
        assert "Draw something" in "\n".join(app.text())


async def test_a_resized_terminal_keeps_the_drawing() -> None:
    """The canvas gets the new size and the drawing, brush and cursor grow with it."""
    app = PadApp()
    async with app.run_test(size=(90, 50)) as pilot:
        await drag(pilot, (5, 5), (30, 12))
        app.pad.styles.width, app.pad.styles.height = 82, 42
        await pilot.pause()
        assert app.pad.ink.bitmap.shape == (80, 80)
        expected = Ink(80, 80, app.pad.radius)
        expected.press(11, 22)
        expected.drag(61, 50)
        assert np.array_equal(app.pad.ink.bitmap, expected.bitmap)
        await pilot.press("u")
        assert app.pad.ink.is_empty


@pytest.mark.parametrize("no_color", [False, True])
async def test_every_pixel_is_on_the_screen(monkeypatch: pytest.MonkeyPatch, no_color: bool) -> None:
    """Half blocks show upper and lower pixels apart; without colours in two levels by the glyph alone."""
    if no_color:
        monkeypatch.setenv("NO_COLOR", "1")
    app = PadApp()
    async with app.run_test(size=(60, 30)) as pilot:
        await pilot.press(*["left_square_bracket"] * 10, "space", *["right"] * 5, "space", *["left"] * 9)
        row = app.text()[10]
        assert row[20:26] == ("▀" * 6)
        assert set(row[28:]) == {" "} and app.text()[5].strip() == ""


async def test_a_move_sends_little(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pen's step repaints the cells that changed, hundreds of bytes and not the pad's many thousand."""
    sent: list[str] = []

    def display(app: App[None], screen: Screen[Any], renderable: Any) -> None:
        sent.append(renderable.render_segments(app.console))

    app = PadApp()
    async with app.run_test(size=(60, 30)) as pilot:
        await pilot.press("space", "right")
        monkeypatch.setattr(App, "_display", display)  # a headless app writes nothing
        await pilot.press("right")
        assert 0 < len("".join(sent)) < 1000
        sent.clear()
        await mouse(pilot, events.MouseDown, 5, 5)
        await mouse(pilot, events.MouseMove, 6, 5)
        assert 0 < len("".join(sent)) < 2000
        monkeypatch.undo()
