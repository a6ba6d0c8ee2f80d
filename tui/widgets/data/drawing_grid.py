"""A page of an own set's drawings with a cursor. It is given what it shows, and reads no files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Offset, Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from core.data.own_sets import Drawing
from tui.widgets.shared.samples import shrunk
from tui.widgets.shared.thumbnail import half_blocks, shades

Grey = NDArray[np.uint8]
_PLENTY = 24  # showing this many drawings comes before showing larger ones


@dataclass(frozen=True)
class Tiles:
    """A layout of drawings: each is an image below a line with its digit."""

    side: int
    """An image's pixels on a side; a cell shows one across and two down."""
    columns: int
    rows: int

    @property
    def count(self) -> int:
        """Drawings on a page."""
        return self.columns * self.rows

    @property
    def width(self) -> int:
        """Columns of a tile, including the gap to its right."""
        return self.side + 1

    @property
    def height(self) -> int:
        """Rows of a tile, including the line above the image."""
        return self.side // 2 + 1

    def at(self, offset: Offset) -> int | None:
        """The page's index of the drawing at a cell; None if there is no tile."""
        column, row = offset.x // self.width, offset.y // self.height
        return row * self.columns + column if column < self.columns and row < self.rows else None

    @classmethod
    def within(cls, size: Size, wanted: int) -> Tiles:
        """The layout with the largest images that still shows plenty, or all `wanted` ones, in `size` cells."""
        found = [
            cls(side, max(1, (size.width + 1) // (side + 1)), max(1, size.height // (side // 2 + 1)))
            for side in (28, 14, 12)
        ]
        return next((tiles for tiles in found if tiles.count >= min(wanted, _PLENTY)), found[-1])


class DrawingGrid(Widget, can_focus=True):
    """Pages of drawings; arrow keys and the mouse move the cursor and turn the pages."""

    BINDING_GROUP_TITLE = "Drawings"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(-1)", "Previous drawing", show=False),
        Binding("right", "move(1)", "Next drawing", show=False),
        Binding("up", "move_row(-1)", "Row above", show=False),
        Binding("down", "move_row(1)", "Row below", show=False),
        Binding("pageup", "turn(-1)", "Previous page", show=False),
        Binding("pagedown", "turn(1)", "Next page", show=False),
        Binding("home", "go(0)", "First drawing", show=False),
        Binding("end", "go(-1)", "Last drawing", show=False),
        Binding("left_square_bracket", "digit(-1)", "Previous digit", show=False),
        Binding("right_square_bracket", "digit(1)", "Next digit", show=False),
        Binding("enter,v", "open", "Why", key_display="⏎"),
    ]
    DEFAULT_CSS = """
    DrawingGrid { width: 1fr; height: 1fr; }
    """

    class Moved(Message):
        """The cursor moved to another drawing, or another page is shown."""

    class Opened(Message):
        """What a network makes of the drawing under the cursor is to be shown."""

    def __init__(self, *, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self._drawings: Sequence[Drawing] = ()
        self._images: Mapping[Path, Grey | None] = {}
        self._marked: frozenset[Path] = frozenset()
        self.cursor = 0
        """The index of the drawing that keys act on; 0 if there is none."""

    def show(self, drawings: Sequence[Drawing], cursor: int, marked: frozenset[Path] = frozenset()) -> None:
        """Show these drawings; those in `marked` get a sign that the user decided about them in a check-up."""
        self._drawings, self._marked = drawings, marked
        self._move_to(cursor)

    def show_images(self, images: Mapping[Path, Grey | None]) -> None:
        """Show these (28, 28) images, ink bright; None for a file that cannot be read. Others are still to come."""
        self._images = images
        self.refresh()

    @property
    def chosen(self) -> Drawing | None:
        """The drawing under the cursor."""
        return self._drawings[self.cursor] if self._drawings else None

    @property
    def tiles(self) -> Tiles:
        """The layout for the current size."""
        return Tiles.within(self.size, len(self._drawings))

    @property
    def page(self) -> Sequence[Drawing]:
        """The drawings on the page with the cursor."""
        first = self._first
        return self._drawings[first : first + self.tiles.count]

    @property
    def pages(self) -> tuple[int, int]:
        """The page's number, from 1, and the number of pages."""
        count = self.tiles.count
        return self.cursor // count + 1, max(1, -(-len(self._drawings) // count))

    @property
    def _first(self) -> int:
        count = self.tiles.count
        return self.cursor // count * count

    def on_resize(self) -> None:
        """Report a move: the new size may show another page."""
        self.post_message(self.Moved())

    def on_focus(self) -> None:
        """Highlight the cursor."""
        self.refresh()

    def on_blur(self) -> None:
        """Remove the cursor's highlight."""
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the drawing that was clicked; a second click opens it."""
        index = self.tiles.at(event.offset)
        if index is not None and index < len(self.page):
            if self._first + index == self.cursor:
                self.action_open()
            self._move_to(self._first + index)

    def on_mouse_scroll_down(self) -> None:
        """Show the next page."""
        self.action_turn(1)

    def on_mouse_scroll_up(self) -> None:
        """Show the previous page."""
        self.action_turn(-1)

    def action_move(self, by: int) -> None:
        """Move the cursor by this many drawings."""
        self._move_to(self.cursor + by)

    def action_move_row(self, by: int) -> None:
        """Move the cursor by this many rows."""
        target = self.cursor + by * self.tiles.columns
        if 0 <= target < len(self._drawings):
            self._move_to(target)

    def action_turn(self, by: int) -> None:
        """Turn this many pages."""
        self._move_to(self.cursor + by * self.tiles.count)

    def action_go(self, index: int) -> None:
        """Go to the drawing with this index, or to the last one for −1."""
        self._move_to(index % max(1, len(self._drawings)))

    def action_open(self) -> None:
        """Show what a network makes of the drawing under the cursor."""
        if self._drawings:
            self.post_message(self.Opened())

    def action_digit(self, by: int) -> None:
        """Go to the next digit's first drawing, or back to this digit's first one and then to the previous digit's."""
        starts = [index for index, each in enumerate(self._drawings) if self._begins(index, each)]
        others = [index for index in starts if (index > self.cursor if by > 0 else index < self.cursor)]
        if others:
            self._move_to(others[0] if by > 0 else others[-1])

    def _begins(self, index: int, drawing: Drawing) -> bool:
        return not index or self._drawings[index - 1].label != drawing.label

    def _move_to(self, index: int) -> None:
        self.cursor = min(max(index, 0), max(0, len(self._drawings) - 1))
        self.refresh()
        self.post_message(self.Moved())

    def render_line(self, y: int) -> Strip:
        """One line of cells: each tile's label, or a part of its image."""
        tiles, plain = self.tiles, self.rich_style
        row, line = divmod(y, tiles.height)
        segments: list[Segment] = []
        if row < tiles.rows:
            begin = row * tiles.columns
            for index, drawing in enumerate(self.page[begin : begin + tiles.columns], self._first + begin):
                segments += self._label(index, drawing, plain) if not line else self._image(drawing, line - 1, plain)
                segments.append(Segment(" ", plain))
        return Strip(segments).adjust_cell_length(self.size.width, plain)

    def _label(self, index: int, drawing: Drawing, plain: Style) -> list[Segment]:
        side = self.tiles.side
        is_current = index == self.cursor
        mark = " *" if drawing.path in self._marked else ""
        text = f"{'▸' if is_current else ' '}{drawing.label}{mark}".ljust(side)
        return [Segment(text, plain + Style(bold=True, reverse=is_current and self.has_focus))]

    def _image(self, drawing: Drawing, line: int, plain: Style) -> list[Segment]:
        side = self.tiles.side
        image = self._images.get(drawing.path)
        if image is None:
            words = "cannot be read"[:side] if drawing.path in self._images else "…"
            return [Segment((words if line == side // 4 else "").center(side), plain)]
        return list(half_blocks(shrunk(image, side)[2 * line : 2 * line + 2], shades(self), plain)[0])
