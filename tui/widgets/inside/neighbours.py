"""The images that the network has learned from and finds most like this one, with how alike and whose they are."""

from __future__ import annotations

import numpy as np
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from core.config.configuration import MNIST
from core.reading.questions import LikeAnswer
from core.words import percent
from tui.widgets.inside.figure import Figure
from tui.widgets.inside.tiling import GAP, scaled
from tui.widgets.shared.thumbnail import half_blocks, shades

_CAPTION = 1
_SIDES = (28, 19, 13)
_ENOUGH = 6
"""Showing this many images comes before showing larger ones."""


class Neighbours(Figure):
    """Each image has its label, its likeness and, if it is not MNIST's, "own" above it."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._found: LikeAnswer | None = None

    def show(self, found: LikeAnswer) -> None:
        """Show what was found so far."""
        self._found = found
        self.renew()

    @property
    def side(self) -> int:
        """An image's pixels on a side: the most with which enough images fit."""
        width, height = self.size
        fitting = (each for each in _SIDES if _fit(each, width) * _fit_down(each, height) >= _ENOUGH)
        return next(fitting, _SIDES[-1])

    def drawn(self) -> list[Strip]:
        """Row by row of images, each below its caption."""
        if self._found is None:
            return []
        found, side = self._found, self.side
        across = _fit(side, self.size.width)
        last = min(across * _fit_down(side, self.size.height), len(found.labels))
        strips = []
        for first in range(0, last, across):
            images = [self._image(found, place, side) for place in range(first, min(first + across, last))]
            strips += [Strip.join(parts) for parts in zip(*images, strict=True)]
        return strips

    def _image(self, found: LikeAnswer, place: int, side: int) -> list[Strip]:
        """The image with its caption above it, at least half a row below it, and a gap to its right."""
        plain = self.rich_style
        lines = [
            _caption(found, place, side, plain),
            *half_blocks(scaled(found.images[place].astype(np.float32), side, 255), shades(self), plain),
        ]
        lines += [Strip([])] * (_lines(side) - len(lines))
        return [line.adjust_cell_length(side + GAP, plain) for line in lines]


def _lines(side: int) -> int:
    """Terminal rows of an image, with its caption and at least half a row below it."""
    return _CAPTION + side // 2 + 1


def _fit(side: int, width: int) -> int:
    return max(1, (width + GAP) // (side + GAP))


def _fit_down(side: int, height: int) -> int:
    return max(1, (height + 1) // _lines(side))


def _caption(found: LikeAnswer, place: int, side: int, style: Style) -> Strip:
    own = "" if found.sources[place] == MNIST else " own"
    text = f"{found.labels[place]} {percent(found.likeness[place], 0)}{own}"
    return Strip([Segment(text[:side].ljust(side), style + Style(bold=True))], side)
