"""Images in rows, each below its caption, as large as enough of them can be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Offset
from textual.strip import Strip

from tui.widgets.shared.figure import Figure
from tui.widgets.shared.thumbnail import half_blocks, shades
from tui.widgets.shared.tiling import GAP, Grey, scaled

_CAPTION = 1
_SIDES = (28, 19, 13)
_ENOUGH = 6
"""Showing this many images comes before showing larger ones."""


@dataclass(frozen=True, eq=False)  # arrays have no single truth value
class Captioned:
    """One image."""

    image: Grey
    """(28, 28)."""
    caption: str


class CaptionedImages(Figure):
    """Those that fit, from the one at `first` on; the one that is marked stands out."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"captioned-images--marked"}
    DEFAULT_CSS = """
    CaptionedImages > .captioned-images--marked {
        color: $text-accent;
        background: $background;
        text-style: bold reverse;
    }
    """

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.images: Sequence[Captioned] = ()
        self.marked: int | None = None

    @property
    def side(self) -> int:
        """An image's pixels on a side: the most with which enough images fit."""
        width, height = self.size
        enough = min(_ENOUGH, max(1, len(self.images)))
        fitting = (each for each in _SIDES if _fit(each, width) * _fit_down(each, height) >= enough)
        return next(fitting, _SIDES[-1])

    @property
    def across(self) -> int:
        """Images in a row."""
        return _fit(self.side, self.size.width)

    @property
    def room(self) -> int:
        """Images that there is room for."""
        return self.across * _fit_down(self.side, self.size.height)

    @property
    def first(self) -> int:
        """The first image that is shown: the first of the marked one's page."""
        return 0 if self.marked is None else self.marked // self.room * self.room

    def at(self, offset: Offset) -> int | None:
        """The index of the image at a cell; None if there is none."""
        column, row = offset.x // (self.side + GAP), offset.y // _lines(self.side)
        index = self.first + row * self.across + column
        return index if column < self.across and 0 <= index < len(self.images) else None

    def drawn(self) -> list[Strip]:
        """Row by row of images."""
        across, last = self.across, min(self.first + self.room, len(self.images))
        strips = []
        for begin in range(self.first, last, across):
            images = [self._image(place) for place in range(begin, min(begin + across, last))]
            strips += [Strip.join(parts) for parts in zip(*images, strict=True)]
        return strips

    def _image(self, place: int) -> list[Strip]:
        """The image with its caption above it, at least half a row below it, and a gap to its right."""
        plain, side, each = self.rich_style, self.side, self.images[place]
        style = plain + Style(bold=True)
        if place == self.marked:
            style = self.get_component_rich_style("captioned-images--marked")
        lines = [
            Strip([Segment(each.caption[:side].ljust(side), style)], side),
            *half_blocks(scaled(each.image.astype(np.float32), side, 255), shades(self), plain),
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
