"""A grey bitmap in half blocks: two pixels per cell, one above the other, which makes the pixels square."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

Grey = NDArray[np.uint8]
Shades = tuple[RichColor, ...]
"""The colours of the grey levels, from no ink to full ink; empty for a terminal without colours."""

LEVELS = 8
"""Number of grey levels. More are hard to tell apart, and equal neighbours are cheap to send."""
_DARKEST_DRAWN = 96
"""Without colours, pixels from this level on are drawn; it is low because thin strokes are grey throughout."""
_GLYPHS = " ▄▀█"


def shades(widget: Widget) -> Shades:
    """The colours of the levels, from the widget's background to its colour.

    Empty if the terminal or theme has no colours, or if the line to the terminal is too slow for them.
    """
    app = widget.app
    if (
        getattr(app, "is_coarse", False)
        or app.no_color
        or app.console.no_color
        or app.console.color_system is None
        or app.native_ansi_color
    ):
        return ()
    _, _, paper, ink = widget.colors
    return _between(paper, ink)


@lru_cache(64)
def _between(paper: Color, ink: Color) -> Shades:
    return tuple(paper.blend(paper + ink, level / (LEVELS - 1)).rich_color for level in range(LEVELS))


def half_blocks(bitmap: Grey, colours: Shades = (), style: Style | None = None) -> list[Strip]:
    """A (H, W) uint8 bitmap as ⌈H / 2⌉ strips of W cells in `colours` or, if they are empty, in two levels.

    `style` is the cells' style without colours.
    """
    if len(bitmap) % 2:
        bitmap = np.pad(bitmap, ((0, 1), (0, 0)))
    width = bitmap.shape[1]
    return [
        Strip(cells(bitmap[row], bitmap[row + 1], colours, style or Style.null()), width)
        for row in range(0, len(bitmap), 2)
    ]


def cells(top: Grey, bottom: Grey, colours: Shades, style: Style) -> list[Segment]:
    """One row of cells from its upper and lower pixels, (W,) uint8 each; equal neighbours share a segment."""
    if not colours:
        drawn = (top >= _DARKEST_DRAWN) * 2 + (bottom >= _DARKEST_DRAWN)
        return [Segment("".join([_GLYPHS[code] for code in drawn.tolist()]), style)]
    return painted(shade_levels(top, len(colours)), shade_levels(bottom, len(colours)), colours)


def painted(top: NDArray[np.int64], bottom: NDArray[np.int64], colours: Shades) -> list[Segment]:
    """One row of cells from the indices (W,) in `colours` of its pixels; equal neighbours share a segment."""
    many = len(colours)
    codes = top * many + bottom
    return [_run(colours, *divmod(int(codes[begin]), many), end - begin) for begin, end in equal(codes)]


def equal(codes: NDArray[np.integer[Any]]) -> Iterator[tuple[int, int]]:
    """Begin and end of each stretch of equal codes (W,), from the first one on; none if there are no codes."""
    if not len(codes):
        return iter(())
    return pairwise([0, *(np.flatnonzero(np.diff(codes)) + 1).tolist(), len(codes)])


def shade_levels(pixels: Grey, many: int) -> NDArray[np.int64]:
    """The pixels' levels, 0 to many − 1, rounded up so that the faintest ink still shows."""
    return -(pixels.astype(np.int64) * (1 - many) // 255)


@lru_cache(1024)
def _run(colours: Shades, top: int, bottom: int, length: int) -> Segment:
    if top == bottom:
        return Segment(" " * length, Style(bgcolor=colours[top]))
    return Segment("▀" * length, Style(color=colours[top], bgcolor=colours[bottom]))


class Thumbnail(Widget):
    """Shows one bitmap, enlarged by `scale`; nothing if it is None."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    Thumbnail {
        width: auto;
        height: auto;
        background: $background;
        color: $foreground;
    }
    """

    bitmap: reactive[Grey | None] = reactive(None, repaint=False, always_update=True)
    """(H, W) uint8, ink bright on 0."""
    scale: reactive[int] = reactive(1, layout=True)
    """Terminal pixels per pixel of the bitmap."""

    def __init__(self, bitmap: Grey | None = None, *, scale: int = 1) -> None:
        super().__init__()
        self._strips: list[Strip] | None = None
        self._colours: Shades = ()
        self.set_reactive(Thumbnail.bitmap, bitmap)
        self.set_reactive(Thumbnail.scale, scale)

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """One column per pixel."""
        return 0 if self.bitmap is None else self.bitmap.shape[1] * self.scale

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """One row per two pixels."""
        return 0 if self.bitmap is None else -(-self.bitmap.shape[0] * self.scale // 2)

    def watch_bitmap(self, old: Grey | None, new: Grey | None) -> None:
        """Repaint only what differs, if the new bitmap has the old one's size."""
        self._strips = None
        if old is None or new is None or old.shape != new.shape:
            self.refresh(layout=True)
        elif changed := self._changes(old, new):
            self.refresh(*changed)

    def _changes(self, old: Grey, new: Grey) -> list[Region]:
        """One region for each row of cells that looks different, from its first to its last such cell."""
        differ = shade_levels(old, LEVELS) != shade_levels(new, LEVELS)
        differ |= (old >= _DARKEST_DRAWN) != (new >= _DARKEST_DRAWN)
        large = differ.repeat(self.scale, axis=0).repeat(self.scale, axis=1)
        if len(large) % 2:
            large = np.pad(large, ((0, 1), (0, 0)))
        regions = []
        for y, row in enumerate(large[0::2] | large[1::2]):
            columns = np.flatnonzero(row)
            if len(columns):
                regions.append(Region(int(columns[0]), y, int(columns[-1] - columns[0]) + 1, 1))
        return regions

    def watch_scale(self) -> None:
        """Draw the strips again."""
        self._strips = None

    def render_line(self, y: int) -> Strip:
        """One row of cells."""
        colours = shades(self)
        if self.bitmap is not None and (self._strips is None or colours != self._colours):
            large = self.bitmap.repeat(self.scale, axis=0).repeat(self.scale, axis=1)
            self._strips = half_blocks(large, colours, self.rich_style)
            self._colours = colours
        width = self.content_size.width
        if self._strips is None or y >= len(self._strips):
            return Strip.blank(width, self.rich_style)
        return self._strips[y].adjust_cell_length(width, self.rich_style)
