"""A screen that is laid out in the terminal's present size only, and only if it fits."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from textual import events
from textual.geometry import Offset, Size
from textual.screen import Screen
from textual.widget import Widget

from core.doctor.terminal_size import LEAST_COLUMNS, LEAST_ROWS

Result = TypeVar("Result")
LEAST = Size(LEAST_COLUMNS, LEAST_ROWS)
"""The smallest size, in columns and rows, at which every screen fits."""


def fits(size: Size) -> bool:
    """Whether a terminal of this size is large enough."""
    return size.width >= LEAST.width and size.height >= LEAST.height


class FullSizeScreen(Screen[Result]):
    """A screen that passes over sizes that the terminal no longer has, or that it does not fit into.

    Textual lays out the screens below a dialog with it, and tells each screen of its new size. If the terminal changes
    twice in between, two screens would lay each other out in the two sizes by turns for ever. And some of Textual's
    widgets fail where they have no room at all.
    """

    NEEDS_ROOM: ClassVar[bool] = True
    """Whether it keeps its layout while the terminal is too small."""

    async def _on_resize(self, event: events.Resize) -> None:
        """Keep an old size from Textual's handler."""
        if event.size != self.app.size:
            event.prevent_default()

    def get_widget_and_offset_at(self, x: int, y: int) -> tuple[Widget | None, Offset | None]:
        """As Textual's, but no widget that is being removed: it is painted until the next layout, and has no parent.

        Textual fails where one is pressed, or the mouse dragged over it (Textualize/textual#6643).
        """
        widget, offset = super().get_widget_and_offset_at(x, y)
        return (None, None) if widget is not None and not widget.is_attached else (widget, offset)

    def _refresh_layout(self, size: Size | None = None, scroll: bool = False) -> None:
        """Leave the layout alone while a screen says that the terminal is too small."""
        if fits(self.app.size) or not self.NEEDS_ROOM:
            super()._refresh_layout(size, scroll)
