"""Images of a data set with their labels, as large and as many as fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from core.data.details import Sample
from tui.widgets.shared.thumbnail import half_blocks, shades

_GUTTER = 2  # columns left of an image, for its label
_ENOUGH = 8  # showing this many images comes before showing larger ones


@dataclass(frozen=True)
class Grid:
    """A layout of images."""

    side: int
    """An image's pixels on a side; a cell shows one across and two down."""
    columns: int
    rows: int

    @property
    def count(self) -> int:
        """Images on a page."""
        return self.columns * self.rows

    @classmethod
    def within(cls, size: Size, wanted: int) -> Grid:
        """The layout with the largest images that still shows enough of the `wanted` ones in `size` cells."""
        grids = [
            cls(side, max(1, size.width // (side + _GUTTER)), max(1, size.height // (side // 2)))
            for side in (28, 14, 12)
        ]
        return next((grid for grid in grids if grid.count >= min(wanted, _ENOUGH)), grids[-1])


def shrunk(pixels: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """A (28, 28) image at `side` pixels: 28 is unchanged, 14 the mean of 2 × 2 pixels, 12 the same without its rim."""
    if side == 28:
        return pixels
    half: NDArray[np.uint8] = pixels.reshape(14, 2, 14, 2).mean(axis=(1, 3)).round().astype(np.uint8)
    rim = (14 - side) // 2
    return half[rim : 14 - rim, rim : 14 - rim]


class Samples(Widget, can_focus=True):
    """A page of images with a cursor, which shows while the keys are here; `more` turns the page."""

    ALLOW_SELECT = False
    BINDING_GROUP_TITLE = "Images"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(-1)", "Image before", show=False),
        Binding("right", "move(1)", "Next image", show=False),
        Binding("up", "row(-1)", "Image above", show=False),
        Binding("down", "row(1)", "Image below", show=False),
        Binding("enter,v", "open", "Why", key_display="⏎"),
    ]
    DEFAULT_CSS = """
    Samples { width: 1fr; height: 1fr; }
    """

    @dataclass(eq=False)
    class Opened(Message):
        """What a network makes of an image is to be shown."""

        sample: Sample

    samples: reactive[Sequence[Sample]] = reactive(())
    first: reactive[int] = reactive(0)
    """The first image shown."""
    cursor: reactive[int] = reactive(0)
    """The image that the keys open."""

    def watch_samples(self) -> None:
        """Start with the first image; without any there is nothing for the keys to do here."""
        self.first = self.cursor = 0
        self.can_focus = bool(self.samples)

    @property
    def grid(self) -> Grid:
        """The layout for the current size."""
        return Grid.within(self.size, len(self.samples))

    def more(self) -> None:
        """Show the next images, and the first ones again after the last."""
        following = self.first + self.grid.count
        self.first = self.cursor = following if following < len(self.samples) else 0

    def action_move(self, by: int) -> None:
        """Move the cursor by this many images, to another page if need be."""
        if 0 <= self.cursor + by < len(self.samples):
            self.cursor += by
            self.first = self.cursor // self.grid.count * self.grid.count

    def action_row(self, by: int) -> None:
        """Move the cursor by this many rows."""
        self.action_move(by * self.grid.columns)

    def action_open(self) -> None:
        """Show what a network makes of the image at the cursor."""
        if self.samples:
            self.post_message(self.Opened(self.samples[self.cursor]))

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the image that was clicked; a second click opens it."""
        grid = self.grid
        column, row = event.x // (grid.side + _GUTTER), event.y // (grid.side // 2)
        index = self.first + row * grid.columns + column
        if column < grid.columns and row < grid.rows and index < len(self.samples):
            if index == self.cursor:
                self.action_open()
            self.cursor = index

    def on_focus(self) -> None:
        """Show the cursor, which a new size may have left on another page."""
        self.cursor = min(max(self.cursor, self.first), self.first + self.grid.count - 1, len(self.samples) - 1)
        self.refresh()

    def on_blur(self) -> None:
        """Hide the cursor."""
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of cells: each image's part, with its label to the left of its first line."""
        grid = self.grid
        row, line = divmod(y, grid.side // 2)
        first = self.first + row * grid.columns
        plain, colours = self.rich_style, shades(self)
        segments: list[Segment] = []
        if row < grid.rows:
            for index, sample in enumerate(self.samples[first : first + grid.columns], first):
                is_marked = self.has_focus and index == self.cursor
                label = f"{sample.label}{'▸' if is_marked else ' '}" if line == 0 else " " * _GUTTER
                segments.append(Segment(label, plain + Style(bold=True, reverse=is_marked and line == 0)))
                pixels = shrunk(sample.pixels, grid.side)[2 * line : 2 * line + 2]
                segments += half_blocks(pixels, colours, plain)[0]
        return Strip(segments).adjust_cell_length(self.size.width, plain)
