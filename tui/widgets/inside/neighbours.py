"""The images that the network has learned from and finds most like this one, with how alike and whose they are."""

from __future__ import annotations

import numpy as np
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from core.config.configuration import MNIST
from core.reading.questions import LikeAnswer
from core.words import percent
from tui.widgets.inside.tiling import GAP, scaled
from tui.widgets.shared.thumbnail import half_blocks, shades

_CAPTION = 1
_SIDES = (28, 19, 13)
_ENOUGH = 6
"""Showing this many images comes before showing larger ones."""


class Neighbours(Widget, can_focus=True):
    """Each image has its label, its likeness and, if it is not MNIST's, "own" above it."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    Neighbours { background: $background; color: $foreground; }
    """

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._found: LikeAnswer | None = None

    def show(self, found: LikeAnswer) -> None:
        """Show what was found so far."""
        self._found = found
        self.refresh()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """All that there is."""
        return container.height

    @property
    def side(self) -> int:
        """An image's pixels on a side: the most with which enough images fit."""
        width, height = self.size
        fitting = (each for each in _SIDES if _fit(each, width) * _fit_down(each, height) >= _ENOUGH)
        return next(fitting, _SIDES[-1])

    def render_line(self, y: int) -> Strip:
        """A line of the captions or of the images."""
        found, side = self._found, self.side
        row, line = divmod(y, side // 2 + 1 + _CAPTION)
        across, plain = _fit(side, self.size.width), self.rich_style
        parts: list[Strip] = []
        if found is not None and row < _fit_down(side, self.size.height):
            for place in range(row * across, min((row + 1) * across, len(found.labels))):
                is_caption = line < _CAPTION
                parts.append(_caption(found, place, side, plain) if is_caption else self._image(place, line - _CAPTION))
                parts.append(Strip([Segment(" " * GAP, plain)], GAP))
        return Strip.join(parts).adjust_cell_length(self.size.width, plain)

    def _image(self, place: int, line: int) -> Strip:
        assert self._found is not None
        image = self._found.images[place].astype(np.float32)
        rows = scaled(image, self.side, 255)[2 * line : 2 * line + 2]
        plain = self.rich_style
        return half_blocks(rows, shades(self), plain)[0] if len(rows) else Strip.blank(self.side, plain)


def _fit(side: int, width: int) -> int:
    return max(1, (width + GAP) // (side + GAP))


def _fit_down(side: int, height: int) -> int:
    return max(1, (height + 1) // (side // 2 + 1 + _CAPTION))


def _caption(found: LikeAnswer, place: int, side: int, style: Style) -> Strip:
    own = "" if found.sources[place] == MNIST else " own"
    text = f"{found.labels[place]} {percent(found.likeness[place], 0)}{own}"
    return Strip([Segment(text[:side].ljust(side), style + Style(bold=True))], side)
