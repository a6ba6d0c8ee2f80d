"""Images of a data set with their labels, as large and as many as fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
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


class Samples(Widget):
    """A page of images; `more` turns the page."""

    DEFAULT_CSS = """
    Samples { width: 1fr; height: 1fr; }
    """

    samples: reactive[Sequence[Sample]] = reactive(())
    first: reactive[int] = reactive(0)
    """The first image shown."""

    def watch_samples(self) -> None:
        """Start with the first image."""
        self.first = 0

    @property
    def grid(self) -> Grid:
        """The layout for the current size."""
        return Grid.within(self.size, len(self.samples))

    def more(self) -> None:
        """Show the next images, and the first ones again after the last."""
        following = self.first + self.grid.count
        self.first = following if following < len(self.samples) else 0

    def render_line(self, y: int) -> Strip:
        """One line of cells: each image's part, with its label to the left of its first line."""
        grid = self.grid
        row, line = divmod(y, grid.side // 2)
        first = self.first + row * grid.columns
        plain, colours = self.rich_style, shades(self)
        segments: list[Segment] = []
        if row < grid.rows:
            for sample in self.samples[first : first + grid.columns]:
                label = f"{sample.label} " if line == 0 else " " * _GUTTER
                segments.append(Segment(label, plain + Style(bold=True)))
                pixels = shrunk(sample.pixels, grid.side)[2 * line : 2 * line + 2]
                segments += half_blocks(pixels, colours, plain)[0]
        return Strip(segments).adjust_cell_length(self.size.width, plain)
