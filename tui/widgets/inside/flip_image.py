"""A drawing, or an image, with the stroke drawn in that changes how it is read."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from core.drawing.ink import Ink, Stroke
from tui.widgets.shared.figure import Figure
from tui.widgets.shared.signed import AGAINST, FOR
from tui.widgets.shared.thumbnail import Grey, half_blocks, painted, shade_levels, shades

_INKED = 64
"""Grey level from which on a pixel belongs to a stroke."""


@dataclass(frozen=True, eq=False)
class Canvas:
    """What is on the pad: the strokes that became the image."""

    side: int
    """Pixels on a side, in which the strokes are."""
    strokes: tuple[Stroke, ...]


class FlipImage(Figure):
    """What is drawn has one colour, what is erased another one; without colours they are `+` and `−`."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._what: Canvas | Grey | None = None
        self._stroke: Stroke | None = None

    def show(self, what: Canvas | Grey, stroke: Stroke | None) -> None:
        """Show a drawing, or an image (28, 28), and the stroke, in pixels of either; None while none is found."""
        self._what, self._stroke = what, stroke
        self.renew()

    def drawn(self) -> list[Strip]:
        """As large as there is room."""
        side = min(self.size.width, 2 * self.size.height) // 2 * 2
        if self._what is None or side < 2:
            return []
        if isinstance(self._what, Canvas):
            own = self._what.side
            grey = _bitmap(own, self._what.strokes, side)
        else:
            own = len(self._what)
            side = max(1, side // own) * own
            grey = self._what.repeat(side // own, axis=0).repeat(side // own, axis=1)
        stroke = self._stroke
        if stroke is None:
            return half_blocks(grey, shades(self), self.rich_style)
        touched = _bitmap(own, [replace(stroke, erasing=False)], side) >= _INKED
        # Erasing where there is no ink changes nothing.
        touched &= grey >= _INKED if stroke.erasing else grey < 2 * _INKED
        return self._marked(grey, touched, AGAINST if stroke.erasing else FOR)

    def _marked(self, grey: Grey, touched: NDArray[np.bool_], name: str) -> list[Strip]:
        """The bitmap, with the touched pixels in the colour of `name`."""
        colours = shades(self)
        if colours:
            every = (*colours, self.get_component_styles(name).color.rich_color)
            levels = np.where(touched, len(colours), shade_levels(grey, len(colours)))
            rows = [painted(levels[row], levels[row + 1], every) for row in range(0, len(levels) - 1, 2)]
            return [Strip(each) for each in rows]
        plain = half_blocks(grey, (), self.rich_style)
        sign = Segment("+" if name == FOR else "−", self.rich_style + Style(bold=True))
        for y, x in zip(*np.nonzero(touched[0:-1:2] | touched[1::2]), strict=True):
            plain[y] = Strip.join([plain[y].crop(0, x), Strip([sign], 1), plain[y].crop(x + 1)])
        return plain


def _bitmap(own: int, strokes: list[Stroke] | tuple[Stroke, ...], side: int) -> Grey:
    """The strokes, in pixels of a square of `own` on a side, on one of `side`."""
    ink = Ink.of(own, own, strokes)
    ink.resize(side, side)
    return ink.bitmap.copy()
