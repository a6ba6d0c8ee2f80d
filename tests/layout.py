"""Whether everything on a screen can be seen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from textual.app import App
from textual.geometry import Region
from textual.pilot import Pilot
from textual.widget import Widget
from waiting import looks


def clipped(app: App[Any]) -> list[Widget]:
    """The widgets of the current screen that are not all within their parents and the terminal.

    What is inside something that is made for scrolling is not asked about.
    """
    whole = Region(0, 0, *app.size)
    found = []
    for widget in app.screen.walk_children(Widget):
        if not widget.display or not widget.region.area or _scrolls(widget):
            continue
        room = whole
        for parent in widget.ancestors:
            if isinstance(parent, Widget) and parent is not app.screen:
                room = room.intersection(parent.region)
        if not room.contains_region(widget.region):
            found.append(widget)
    return found


def _scrolls(widget: Widget) -> bool:
    return any(
        isinstance(parent, Widget) and (parent.styles.overflow_y != "hidden" and parent.max_scroll_y > 0)
        for parent in widget.ancestors
        if parent is not widget.screen
    )


def text(app: App[Any]) -> str:
    """The characters on the screen, line by line."""
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


def shows(app: App[Any], words: str) -> Callable[[], bool]:
    """The condition that these words stand on the screen, in one line."""
    return lambda: words in text(app)


def scrollbars(app: App[Any]) -> bool:
    """Whether the screen itself has any."""
    return any(app.screen.scrollbars_enabled)


async def settled(pilot: Pilot[Any]) -> None:
    """Wait until the screen has been the same for a quarter of a second: on a busy machine a look may be too early."""
    before, same = "", 0
    for _ in range(200):
        await pilot.pause(0.05)
        now = text(pilot.app)
        same = same + 1 if now == before else 0
        before = now
        if same >= 5:
            return


def after(*keys: str) -> Callable[[Pilot[Any]], Awaitable[None]]:
    """For a snapshot: press `keys` once the app has settled, and wait until it has again."""

    async def press(pilot: Pilot[Any]) -> None:
        await settled(pilot)
        for key in keys:
            await pilot.press(key)
        await settled(pilot)

    return press


async def until(pilot: Pilot[Any], condition: Callable[[], object]) -> None:
    """Wait for something that a child or a thread brings about."""
    for _ in looks():
        if pilot.app._exception is not None:
            raise pilot.app._exception  # what is waited for will not come
        if condition():
            return
        await pilot.pause(0.05)
    raise AssertionError(f"waited in vain; there is\n{text(pilot.app)}")
