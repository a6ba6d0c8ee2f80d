"""tui.screens.full_size: screens that are laid out together settle, however often the size has changed meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.containers import Vertical
from textual.geometry import Size
from textual.screen import Screen
from textual.widgets import Static

import tui.app
from tui.screens.confirm import Confirm
from tui.screens.full_size import FullSizeScreen

SIZES = ((80, 24), (100, 30))


class Stacked(App[None]):
    """A dialog on a screen of a given class."""

    CSS_PATH = Path(tui.app.__file__).with_name("app.tcss")

    def __init__(self, below: type[Screen[None]]) -> None:
        super().__init__()
        self._below = below

    def get_default_screen(self) -> Screen[None]:
        return self._below()


@pytest.mark.parametrize("late", SIZES)
async def test_two_sizes_at_once_come_to_rest(late: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of the two screens still has a message with the size that the other one has had already."""
    laid_out: list[Size] = []
    app = Stacked(FullSizeScreen)
    async with app.run_test(size=SIZES[0]) as pilot:
        await app.push_screen(Confirm("Go on?", "", "Yes"))
        await pilot.pause()
        known = Screen._screen_resized

        def noted(screen: Screen[None], size: Size) -> None:
            laid_out.append(size)
            known(screen, size)

        monkeypatch.setattr(Screen, "_screen_resized", noted)
        await pilot.resize_terminal(*late)
        for screen, size in zip(app.screen_stack, SIZES, strict=True):
            screen.post_message(events.Resize(Size(*size), Size(*size)))
        await pilot.pause(0.3)
        before = len(laid_out)
        await pilot.pause(0.3)
        assert len(laid_out) == before
        assert laid_out and laid_out[-1] == Size(*late)
        assert [screen.size for screen in app.screen_stack] == [Size(*late)] * 2


class Leaving(FullSizeScreen[None]):
    """Text in a box."""

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static("some text to select", id="text")


@pytest.mark.parametrize("gone", ["#text", "Vertical"])
@pytest.mark.parametrize("dragged", [False, True])
async def test_a_widget_that_is_being_removed_takes_no_press(gone: str, dragged: bool) -> None:
    """Nor is text selected in it: it, or what it is in, has left the screen, and is painted until the next layout."""
    app = Stacked(Leaving)
    async with app.run_test(size=SIZES[0]) as pilot:
        if dragged:
            await pilot.mouse_down("#text", offset=(2, 0))
        leaving = app.screen.query_one(gone)
        box = leaving._parent
        assert box is not None
        leaving._detach()
        assert app.screen.get_widget_at(4, 0)[0].id == "text"
        move = events.MouseMove if dragged else events.MouseDown
        pressed = move(None, 4, 0, 0, 0, 1, False, False, False, screen_x=4, screen_y=0)
        await app.on_event(pressed)
        assert app.screen.get_widget_and_offset_at(4, 0) == (None, None)
        leaving._attach(box)  # or the test could not end


async def test_text_is_selected_with_the_mouse() -> None:
    """As long as it is there, and from the screen itself too."""
    app = Stacked(Leaving)
    async with app.run_test(size=SIZES[0]) as pilot:
        assert app.screen.get_widget_and_offset_at(4, 20)[0] is not None
        await pilot.mouse_down("#text", offset=(0, 0))
        await pilot.hover("#text", offset=(4, 0))
        await pilot.mouse_up("#text", offset=(4, 0))
        assert app.screen.get_selected_text() == "some "
