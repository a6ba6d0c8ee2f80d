"""The axes of a plot: their ranges, ticks and labels.

A vertical axis is made for a number of rows. Its ticks are round, each in the middle of a row or, on a logarithmic
axis, close to it, and equally many rows apart.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_EXACT = 1e-9
"""What counts as equal, in parts of a tick's step or of an axis, since sums of floats are not exact."""
_MOST_TICKS = 9
_ALIKE = 2.0
"""Within this factor a logarithmic axis looks as a linear one does, and has hardly a round tick."""
_COST_OF_A_TICK, _COST_OF_NONE = 1.4, 1e6
"""By what factor of its range an axis may be longer that has one tick more, or has two at all."""
_FINEST = 1e-3
"""A linear axis spans at least this part of its largest value, whose labels would all be alike otherwise."""
_FEWEST_POINTS = 0.5
"""An axis of accuracies spans at least half a point."""
_SMALLEST = 1e-6
"""Where a logarithmic axis begins if there are values that it cannot show, in parts of the largest."""


@dataclass(frozen=True)
class Axis:
    """One axis."""

    low: float
    """The value at its start."""
    high: float
    """The value at its end, above `low`."""
    ticks: tuple[float, ...]
    """The labelled values, from `low` to `high`."""
    labels: tuple[str, ...]
    """One for each tick."""
    is_logarithmic: bool = False

    def place(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The positions of `values` (any shape): 0 at its start, 1 at its end, below 0 and above 1 beyond them."""
        low, high = self.low, self.high
        if self.is_logarithmic:
            low, high = math.log(low), math.log(high)
            values = np.log(np.maximum(values, self.low))
        return (values - low) / (high - low)

    def parts(self, values: NDArray[np.float64], count: int) -> NDArray[np.intp]:
        """Which of `count` equal parts of the axis each of `values` lies in, from 0; what is beyond it counts too."""
        return part_of(self.place(values), count)

    def cells(self, values: NDArray[np.float64], count: int) -> NDArray[np.intp]:
        """The same within the axis, whose end belongs to the last part: 0 to `count` − 1."""
        return np.clip(self.parts(values, count), 0, count - 1)


def part_of(place: NDArray[np.float64], count: int) -> NDArray[np.intp]:
    """Which of `count` equal parts of an axis a position on it lies in."""
    return np.floor(place * count + _EXACT).astype(np.intp)


def linear(low: float, high: float, rows: int) -> Axis:
    """An axis for any values."""
    least = max(abs(low), abs(high)) * _FINEST or 1.0
    return _even(low, max(high, low + least), rows, _round_up)


def percentage(low: float, high: float, rows: int) -> Axis:
    """An axis for accuracies, 0 to 1, labelled in percent; it ends at 100% or below."""
    low, high = low * 100, max(high * 100, 2 * _FEWEST_POINTS)
    even = _even(min(low, high - _FEWEST_POINTS), high, rows, _round_up, from_top=True)
    count = sum(tick >= 0 for tick in even.ticks)
    ticks = tuple(tick / 100 for tick in even.ticks[-count:])
    return Axis(even.low / 100, even.high / 100, ticks, tuple(f"{label}%" for label in even.labels[-count:]))


def logarithmic(low: float, high: float, rows: int) -> Axis:
    """An axis for what falls by decades, such as losses, which on a linear one would be a flat line after the start.

    Its ticks are 1, 2 and 5 × 10ⁿ or, over many decades, powers of ten. What is not positive lies at its start. Between
    values nearly alike it is linear, and if none is positive.
    """
    if high <= 0 or high < low * _ALIKE:
        return linear(low, high, rows)
    bottom, top = (_thirds(each) for each in (low if low > 0 else high * _SMALLEST, high))
    even = _even(bottom, top, rows, _thirds_up)
    start, end = (10 ** (each / 3) for each in (even.low, even.high))
    every = (float(f"{(1, 2, 5)[third % 3]}e{third // 3}") for third in map(round, even.ticks))
    ticks = tuple(tick for tick in every if start < tick < end)  # where 2 is not quite a third, 5 not quite two thirds
    return Axis(start, end, ticks, tuple(f"{tick:g}" for tick in ticks), is_logarithmic=True)


def span(low: float, high: float, columns: int) -> Axis:
    """A horizontal axis from `low` to `high`, with ticks wherever round values fall."""
    most = max(2, columns // 8)
    step = _round_up((high - low) / most)
    ticks = [index * step for index in range(math.ceil(low / step - _EXACT), math.floor(high / step + _EXACT) + 1)]
    return Axis(low, high, tuple(ticks), tuple(_label(tick, step) for tick in ticks))


def whole_epochs(done: float, total: int) -> float:
    """Where an axis for epochs ends that grows with the run: at 1, 2, 5, 10, … and finally at `total`.

    On an axis for all of a long run, the first minutes would be a sliver; on one that ends at the current step, the
    whole curve would move with every step.
    """
    done = min(max(done - _EXACT, 1), max(total, 1))
    return float(min(_round_up(done), max(total, 1)))


def named(low: float, high: float, ends: Sequence[float], names: Sequence[str], columns: int) -> Axis:
    """A horizontal axis over parts that begin at 0 and end at `ends`, each labelled in the middle of what is seen.

    If there is no room for all names, only every second, third, … is shown, beginning with the first.
    """
    seen = [
        ((max(begin, low) + min(end, high)) / 2, name)
        for begin, end, name in zip([0.0, *ends[:-1]], ends, names, strict=True)
        if begin < high and end > low
    ]
    apart = math.ceil((max(map(len, names)) + 1) * len(seen) / max(1, columns))
    return Axis(low, high, tuple(middle for middle, _ in seen[::apart]), tuple(name for _, name in seen[::apart]))


@dataclass(frozen=True)
class _Spacing:
    """Ticks at the multiples of `step`, `gap` rows apart."""

    step: float
    gap: int

    def row(self, value: float) -> int:
        """The row in which a value lies, counted from that of 0."""
        return math.floor(value * self.gap / self.step + 0.5 + _EXACT)

    def axis(self, bottom: int, rows: int) -> Axis:
        """An axis of so many rows, the lowest of which is `bottom` rows above that of 0."""
        row = self.step / self.gap
        ticks = [number * self.step for number in range(-(-bottom // self.gap), (bottom + rows - 1) // self.gap + 1)]
        labels = tuple(_label(tick, self.step) for tick in ticks)
        return Axis((bottom - 0.5) * row, (bottom + rows - 0.5) * row, tuple(ticks), labels)


def _even(low: float, high: float, rows: int, round_up: Callable[[float], float], *, from_top: bool = False) -> Axis:
    """An axis with even ticks that spreads the values over as many of the rows as can be, with ticks enough.

    `round_up` gives the first step between ticks that is not below a value. Rows left over are above the values or,
    with `from_top`, below them.
    """
    wanted = 2 if rows < 5 else 3 if rows < 15 else 4
    best, lowest_cost = None, math.inf
    for gap in _gaps(rows):
        spacing = _Spacing(round_up((high - low) * gap / rows), gap)
        while spacing.row(high) - spacing.row(low) >= rows:
            spacing = _Spacing(round_up(spacing.step * 1.5), gap)
        axis = spacing.axis(spacing.row(high) - rows + 1 if from_top else spacing.row(low), rows)
        lacking = max(0, wanted - len(axis.ticks))
        cost = (axis.high - axis.low) * (_COST_OF_A_TICK**lacking if len(axis.ticks) > 1 else _COST_OF_NONE)
        if cost < lowest_cost:
            best, lowest_cost = axis, cost
    assert best is not None  # there is a gap for any number of rows
    return best


def _gaps(rows: int) -> range:
    """The distances between ticks, in rows, that leave two of them at least and not too many."""
    if rows < 5:
        return range(1, max(2, rows))
    return range(max(2, math.ceil(rows / _MOST_TICKS)), (rows - 1) // 2 + 1)


def _thirds(value: float) -> float:
    """Where a positive value lies among 1, 2, 5, 10, …, which are nearly a third of a decade apart."""
    return 3 * math.log10(value)


def _thirds_up(value: float) -> float:
    """One third of a decade or, from a decade on, a round number of decades in thirds: the first not below `value`."""
    return 1.0 if value <= 1 + _EXACT else 3 * _round_up(max(1.0, value / 3))


def _round_up(value: float) -> float:
    """The first of 1, 2 and 5 × 10ⁿ that is not below `value`, which is positive."""
    power = math.floor(math.log10(value))
    steps = (float(f"{base}e{exponent}") for exponent in (power, power + 1) for base in (1, 2, 5))
    return next(step for step in steps if step >= value * (1 - _EXACT))


def _label(tick: float, step: float) -> str:
    """A multiple of the round `step`, with as many digits as it needs."""
    digits = max(0, -math.floor(math.log10(step) + _EXACT))
    if digits > 6 or step >= 1e6:
        return f"{tick:.6g}"
    return f"{tick:.{digits}f}"
