"""Draws curves with axes into cells, in braille: 2 × 4 dots per cell. Knows no widget."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len

from tui.widgets.run.axis import Axis, part_of
from tui.widgets.run.curve import LOOKS, Curve, Trace
from tui.widgets.run.plot_cells import Frame
from tui.widgets.run.quantity import Quantity, Scaling
from tui.widgets.run.scale import Scale
from tui.widgets.run.view import Window

NONE, AXIS, TICK, GRID, WORDS, CURSOR, FIRST_LOOK = range(7)
"""The parts that cells belong to; a curve's is `FIRST_LOOK` and its look."""
_DOTS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]], np.uint8)
"""The braille bit of each dot of a cell, (4 rows, 2 columns)."""
_BRAILLE = 0x2800
_APART = 4
"""Cells between two marks at least; more marks would hide the line."""
_LABELS = 6
"""Cells for the vertical axis's labels, which all are as a rule: an axis that moves would move the whole plot."""
_LEAST = 16, 4
"""The smallest plot, in cells; without the line of words, for which there is room from `_WORDY` rows on."""
_WORDY = 7


@dataclass(frozen=True)
class PlotContent:
    """What a plot shows, whatever its size."""

    curves: Sequence[Curve]
    quantity: Quantity
    scaling: Scaling
    """One of the quantity's."""
    scale: Scale
    window: Window
    """The part of the horizontal axis in sight."""
    state: str = ""
    """A word for how the window moves; empty if nothing will."""
    cursor: float | None = None


class PlotDrawing:
    """The content of a plot in a number of cells, and what lies where."""

    def __init__(self, content: PlotContent, width: int, height: int) -> None:
        self.frame = Frame(width, height)
        self.content = content
        self.is_drawn = False
        """Whether there was room for it, and something in sight."""
        self._has_words = height >= _WORDY
        self._rows = height - 2 - self._has_words
        if width >= _LEAST[0] and height >= _LEAST[1]:
            self._lay_out(width)
        if self.is_drawn:
            self._draw()

    def _lay_out(self, width: int) -> None:
        """Choose the axes, which depend on each other: wide labels leave fewer columns, and those other values."""
        self.left = _LABELS
        while True:
            self.columns = width - self.left - 2
            self.across = self.content.scale.axis(*self.content.window, self.columns)
            self._traces = [curve.trace(self.across, 2 * self.columns) for curve in self.content.curves]
            ranges = [found for trace in self._traces if (found := trace.range) is not None]
            if not ranges:
                return
            lows, highs = zip(*ranges, strict=True)
            self.up = self.content.scaling(min(lows), max(highs), self._rows)
            widest = max(map(len, self.up.labels))
            if widest <= self.left or self.columns < 8:
                self.is_drawn = True
                return
            self.left = widest

    # Where things lie

    def column(self, value: float) -> int:
        """The column of cells in which a value of the horizontal axis lies, from 0."""
        return int(self.across.cells(np.array([value]), 2 * self.columns)[0]) // 2

    def value(self, column: int) -> float:
        """The value in the middle of a column of cells."""
        return self.across.low + (column + 0.5) / self.columns * (self.across.high - self.across.low)

    @property
    def begin(self) -> int:
        """Cells to the left of the first column."""
        return self.left + 2

    def _row(self, place: NDArray[np.intp]) -> NDArray[np.intp]:
        """The row of cells of dots that are counted from below."""
        row: NDArray[np.intp] = self._rows - 1 - place // 4
        return row

    # PlotDrawing

    @property
    def _cursor(self) -> float | None:
        """The cursor, if it is in sight."""
        low, high = self.content.window
        cursor = self.content.cursor
        return cursor if cursor is not None and low <= cursor <= high else None

    def _draw(self) -> None:
        self._draw_axes()
        for curve, trace in zip(self.content.curves, self._traces, strict=True):
            self._draw_line(trace, FIRST_LOOK + curve.look)
        self._draw_marks()
        if self._cursor is not None:
            self._draw_cursor(self.column(self._cursor))
        if self._has_words:
            self.frame.write(0, self.frame.height - 1, self._words(), WORDS)

    def _draw_axes(self) -> None:
        frame, rows, begin = self.frame, self._rows, self.begin
        for row in range(rows):
            frame.put(begin - 1, row, "│", AXIS)
        frame.write(begin - 1, rows, "└" + "─" * self.columns, AXIS)
        ticks = self._row(self.up.cells(np.array(self.up.ticks), 4 * rows))
        for row, label in zip(ticks.tolist(), self.up.labels, strict=True):
            frame.write(begin - 2 - len(label), row, label, TICK)
            frame.put(begin - 1, row, "┤", AXIS)
            frame.write(begin, row, "┈" * self.columns, GRID)
        borders = [border for border in self.content.scale.borders if self.across.low < border < self.across.high]
        for border in borders:
            column = begin + self.column(border)
            for row in range(rows):
                frame.put(column, row, "┊", GRID)
            frame.put(column, rows, "┴", AXIS)
        frame.write(0, rows + 1, self.content.scale.name, TICK)
        for tick, label in zip(self.across.ticks, self.across.labels, strict=True):
            column = begin + self.column(tick)
            if not self.content.scale.borders:  # with them, a label names the part between two, not one value
                frame.put(column, rows, "┬", AXIS)
            start = min(column - len(label) // 2, frame.width - len(label))
            frame.write(start, rows + 1, label, TICK)

    def _draw_line(self, trace: Trace, part: int) -> None:
        cells = _braille(trace, self.up, self._rows, self.columns)
        for row, column in np.argwhere(cells).tolist():
            at = row, self.begin + column
            under = ord(self.frame.characters[at]) - _BRAILLE
            bits = int(cells[row, column]) | (under if 0 < under < 256 else 0)
            self.frame.put(at[1], row, chr(_BRAILLE + bits), part)

    def _draw_marks(self) -> None:
        """Those of all curves; where several have one in the same cell, they take turns."""
        found: dict[tuple[int, int], list[int]] = {}
        for curve, trace in self._pairs():
            if curve.is_marked:
                for cell in self._marks(trace, curve.look):
                    found.setdefault(cell, []).append(curve.look)
        turn = 0
        for (column, row), looks in sorted(found.items()):
            look = looks[turn % len(looks)]
            turn += len(looks) > 1
            self.frame.put(self.begin + column, row, LOOKS[look].mark, FIRST_LOOK + look)

    def _marks(self, trace: Trace, look: int) -> Iterator[tuple[int, int]]:
        """Column and row of each of a curve's marks."""
        # Dense curves that lie on one another begin apart, so that each can be told.
        last = (look % _APART if len(trace.columns) > self.columns else 0) - _APART
        rows = self._row(self.up.cells(trace.means, 4 * self._rows))
        for column, row in zip((trace.columns // 2).tolist(), rows.tolist(), strict=True):
            if column - last >= _APART:
                yield column, row
                last = column

    def _draw_cursor(self, column: int) -> None:
        at = self.begin + column
        for row in range(self._rows):
            is_empty = self.frame.parts[row, at] in (NONE, GRID)
            self.frame.put(at, row, "│" if is_empty else str(self.frame.characters[row, at]), CURSOR)
        self.frame.put(at, self._rows, "┼", CURSOR)

    # Words

    def _words(self) -> str:
        """What is read at the cursor or, without one, what is to be known of the curves."""
        phrasings = self._state() if self._cursor is None else self._read(self._cursor)
        return next((each for each in phrasings if cell_len(each) <= self.frame.width), phrasings[-1])

    def _state(self) -> list[str]:
        """Such as `live, mean of 12 steps a dot, log`, and shorter."""
        said = [self.content.state] if self.content.state else []
        most, points = max((trace.most, curve.points) for curve, trace in self._pairs())
        if most > 1:
            said.append(f"mean of {most:,} {points} a dot")
        if len(self.content.quantity.scalings) > 1:
            said.append("log" if self.up.is_logarithmic else "linear")
        return [", ".join(said[:count]) for count in range(len(said), -1, -1)]

    def _read(self, cursor: float) -> list[str]:
        """Such as `epoch 2.25, step 90  training 0.0512`, and shorter."""
        column = 2 * self.column(cursor)
        nearest: dict[str, tuple[int, float, Curve]] = {}
        for curve, trace in self._pairs():
            if curve.name and (found := trace.nearest(column)) is not None:
                away, value = found
                if curve.name not in nearest or away < nearest[curve.name][0]:
                    nearest[curve.name] = away, value, curve
        told = self.content.quantity.told
        named = [f"{name} {told(value)}" for name, (_, value, _) in nearest.items()]
        keyed = [f"{curve.key} {told(value)}" for _, value, curve in nearest.values()]
        full, short = self.content.scale.told(cursor)
        values = [told(value) for _, value, _ in nearest.values()]
        return ["  ".join(each) for each in ([full, *named], [short, *named], [short, *keyed], [short, *values])]

    def _pairs(self) -> list[tuple[Curve, Trace]]:
        return list(zip(self.content.curves, self._traces, strict=True))


def _braille(trace: Trace, up: Axis, rows: int, columns: int) -> NDArray[np.uint8]:
    """The dots of a line as braille bits, (rows, columns) uint8, 0 in cells without the line."""
    cells = np.zeros((rows, columns), np.uint8)
    line = trace.line
    if not len(line):
        return cells
    # Straight between two points on the axis that is drawn, be it logarithmic or not.
    heights = np.interp(line, trace.knots, up.place(trace.values))
    depths = 4 * rows - 1 - part_of(heights, 4 * rows)
    previous = int(depths[0])
    for column, depth in zip(line.tolist(), depths.tolist(), strict=True):
        # A steep segment fills each column up to halfway to its neighbour, so that the line has no gaps.
        middle = (previous + depth) // 2
        for start, end, where in ((previous, middle, column - 1), (middle, depth, column)):
            if where >= line[0]:
                for dot in range(max(0, min(start, end)), min(4 * rows - 1, max(start, end)) + 1):
                    cells[dot // 4, where // 2] |= _DOTS[dot % 4, where % 2]
        previous = depth
    return cells
