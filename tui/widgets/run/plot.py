"""Curves with axes, drawn in braille: 2 × 4 dots per cell. Only changed cells are sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from tui.widgets.run.axis import Axis
from tui.widgets.run.plot_cells import Frame
from tui.widgets.shared.thumbnail import equal

_PARTS = ("", "plot--axis", "plot--tick", "plot--grid", "plot--line", "plot--marked")
_AXIS, _TICK, _GRID, _LINE, _MARKED = range(1, 6)
_DOTS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]], np.uint8)
"""The braille bit of each dot of a cell, (4 rows, 2 columns)."""
_APART = 4
"""Cells between two bullets at least; more bullets would hide the line."""

Scaling = Callable[[float, float, int], Axis]
"""Makes an axis from the smallest value, the largest value, and the largest number of ticks that fit."""


def _points(values: ArrayLike) -> NDArray[np.float64]:
    return np.asarray(values, np.float64)


@dataclass(frozen=True)
class Curve:
    """One line. Points that fall into the same column of dots are drawn as their mean."""

    x: NDArray[np.float64]
    """(N,), ascending."""
    y: NDArray[np.float64]
    """(N,); points that are not finite are left out."""
    marked: bool = False
    """Whether points have bullets, which distinguish the curve without colours."""

    @classmethod
    def of(cls, x: ArrayLike, y: ArrayLike, *, marked: bool = False) -> Curve:
        """The curve of two sequences of equal length."""
        across, up = _points(x), _points(y)
        finite = np.isfinite(up)
        return cls(across[finite], up[finite], marked)


class Plot(Widget):
    """A plot of curves. It never takes the focus, and the mouse wheel scrolls what is around it."""

    COMPONENT_CLASSES: ClassVar[set[str]] = set(_PARTS[1:])
    DEFAULT_CSS = """
    Plot {
        height: 1fr;
        min-height: 5;
        & > .plot--axis { color: $text-muted; }
        & > .plot--tick { color: $text-muted; }
        & > .plot--grid { color: $foreground 25%; }
        & > .plot--line { color: $primary; }
        & > .plot--marked { color: $success; }
    }
    """

    def __init__(self, *, y: Scaling, below: str, empty: str, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._scaling = y
        self._below = self._usually_below = below
        self._empty = empty
        self._curves: Sequence[Curve] = ()
        self._across: Callable[[int], Axis] | None = None
        self._borders: Sequence[float] = ()
        self._frame = Frame(0, 0)

    def draw(
        self,
        curves: Sequence[Curve],
        across: Callable[[int], Axis],
        *,
        below: str | None = None,
        borders: Sequence[float] = (),
    ) -> None:
        """Show these curves over the axis that `across` makes for a number of ticks.

        `below` replaces the axis's name; `borders` are values of that axis at which a vertical line is drawn.
        """
        self._curves, self._across, self._borders = curves, across, borders
        self._below = below or self._usually_below
        self._paint()

    def clear(self) -> None:
        """Remove the curves, and show the text for an empty plot."""
        self._curves, self._across = (), None
        self._paint()

    def on_resize(self) -> None:
        """Draw again for the new size."""
        self._paint()

    def render_line(self, y: int) -> Strip:
        """One row of cells."""
        if y >= self._frame.height:
            return Strip.blank(self.size.width, self.rich_style)
        parts = self._frame.parts[y]
        text = "".join(self._frame.characters[y])
        segments = [Segment(text[begin:end], self._style(int(parts[begin]))) for begin, end in equal(parts)]
        return Strip(segments, len(parts))

    def _style(self, part: int) -> Style:
        return self.get_component_rich_style(_PARTS[part]) if part else self.rich_style

    def _paint(self) -> None:
        frame = self._drawn(*self.size)
        before, self._frame = self._frame, frame
        if (before.width, before.height) != (frame.width, frame.height):
            self.refresh()
        elif regions := frame.changes(before):
            self.refresh(*regions)

    def _drawn(self, width: int, height: int) -> Frame:
        frame = Frame(width, height)
        filled = [curve for curve in self._curves if len(curve.y)]
        if width < 16 or height < 4:
            return frame
        if not filled or self._across is None:
            frame.write((width - len(self._empty)) // 2, height // 2, self._empty, _TICK)
            return frame
        rows = height - 2
        across = self._across(max(2, (width - 8) // 8))
        # Scaled to the means that are drawn: one lucky batch of thousands must not stretch the axis by a decade.
        values = np.concatenate([_means(curve, across, width - 8)[1] for curve in filled])
        up = self._scaling(float(values.min()), float(values.max()), max(2, rows // 2 + 1))
        left = max(len(self._below), *map(len, up.labels)) + 1
        columns = width - left - 1
        self._draw_axes(frame, up, across, left, rows, columns)
        for curve in filled:
            part = _MARKED if curve.marked else _LINE
            x, mean = _means(curve, across, columns)
            cells = _braille(x, up.place(mean), rows, columns)
            for row, column in np.argwhere(cells).tolist():
                frame.put(left + 1 + column, row, chr(0x2800 + int(cells[row, column])), part)
            if curve.marked:
                y = np.rint((1 - up.place(mean)) * (4 * rows - 1)).astype(np.intp)
                last = -_APART
                for column, row in zip((x // 2).tolist(), (y // 4).tolist(), strict=True):
                    if column - last >= _APART:
                        frame.put(left + 1 + column, row, "•", part)
                        last = column
        return frame

    def _draw_axes(self, frame: Frame, up: Axis, across: Axis, left: int, rows: int, columns: int) -> None:
        for row in range(rows):
            frame.put(left, row, "│", _AXIS)
        frame.write(left, rows, "└" + "─" * columns, _AXIS)
        for place, label in zip(up.place(np.array(up.ticks)), up.labels, strict=True):
            row = round((1 - place) * (4 * rows - 1)) // 4
            if frame.parts[row, left - 2] == _TICK:
                continue  # no room for two labels in one row
            frame.write(left - 1 - len(label), row, label, _TICK)
            frame.put(left, row, "┤", _AXIS)
            frame.write(left + 1, row, "┈" * columns, _GRID)
        for place in across.place(np.array(self._borders, np.float64)):
            column = left + 1 + round(place * (2 * columns - 1)) // 2
            for row in range(rows):
                frame.put(column, row, "┊", _GRID)
            frame.put(column, rows, "┴", _AXIS)
        frame.write(0, rows + 1, self._below, _TICK)
        for place, label in zip(across.place(np.array(across.ticks)), across.labels, strict=True):
            column = left + 1 + round(place * (2 * columns - 1)) // 2
            if not self._borders:  # with borders, a label names the part between two of them, not one value
                frame.put(column, rows, "┬", _AXIS)
            begin = min(column - len(label) // 2, frame.width - len(label))
            frame.write(begin, rows + 1, label, _TICK)


def _means(curve: Curve, across: Axis, columns: int) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """The columns of dots in which a curve has points, ascending, and the mean of the points in each; both (M,).

    The values themselves are averaged: a mean of their logarithms would make noise look like progress.
    """
    x = np.rint(across.place(curve.x) * (2 * columns - 1)).astype(np.intp)
    count = np.bincount(x)
    used = np.flatnonzero(count)
    return used, np.bincount(x, weights=curve.y)[used] / count[used]


def _braille(x: NDArray[np.intp], y: NDArray[np.float64], rows: int, columns: int) -> NDArray[np.uint8]:
    """The dots of a line as braille bits, (rows, columns) uint8, 0 in cells without the line.

    `x` holds columns of dots, 0 to 2 × columns − 1, ascending without duplicates; `y` holds heights from 0 to 1; both
    are (N,), N ≥ 1.
    """
    every = np.arange(x[0], x[-1] + 1)
    depths = np.rint((1 - np.interp(every, x, y)) * (4 * rows - 1)).astype(np.intp)
    cells = np.zeros((rows, columns), np.uint8)
    previous = int(depths[0])
    for column, depth in zip(every.tolist(), depths.tolist(), strict=True):
        # A steep segment fills each column up to halfway to its neighbour, so that the line has no gaps.
        middle = (previous + depth) // 2
        for start, end, where in ((previous, middle, column - 1), (middle, depth, column)):
            if where >= x[0]:
                for dot in range(min(start, end), max(start, end) + 1):
                    cells[dot // 4, where // 2] |= _DOTS[dot % 4, where % 2]
        previous = depth
    return cells
