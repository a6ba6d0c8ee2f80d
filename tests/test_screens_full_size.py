"""tui.screens.full_size: screens that are laid out together settle, however often the size has changed meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual import events
from textual.app import App
from textual.geometry import Size
from textual.screen import Screen

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
