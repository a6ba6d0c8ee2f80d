"""Whether everything on a screen can be seen."""

from __future__ import annotations

from textual.app import App
from textual.geometry import Region
from textual.widget import Widget


def clipped(app: App[object]) -> list[Widget]:
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


def text(app: App[object]) -> str:
    """The characters on the screen, line by line."""
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


def scrollbars(app: App[object]) -> bool:
    """Whether the screen itself has any."""
    return any(app.screen.scrollbars_enabled)
