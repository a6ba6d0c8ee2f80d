"""The axes of a plot: their ranges, ticks and labels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_STEPS = tuple(base * 10.0**power for power in range(-2, 7) for base in (1, 2, 5))


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
    logarithmic: bool = False

    def place(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The positions of `values` (any shape) on the axis: 0 at its start, 1 at its end, clipped to that."""
        low, high = self.low, self.high
        if self.logarithmic:
            low, high = math.log(low), math.log(high)
            values = np.log(np.maximum(values, self.low))
        return np.clip((values - low) / (high - low), 0.0, 1.0)


def logarithmic(low: float, high: float, most: int) -> Axis:
    """An axis for losses, from the 1, 2 or 5 × 10ⁿ below `low` to the one above `high`, with at most `most` ticks.

    A loss falls by decades; on a linear axis all but its start would be a flat line.
    """
    low = max(low, 1e-6)
    power = math.floor(math.log10(low))
    highest = math.ceil(math.log10(max(low, high))) + 1
    series = [base * 10.0**exponent for exponent in range(power - 1, highest + 1) for base in (1, 2, 5)]
    first = max(index for index, value in enumerate(series) if value <= low * (1 + 1e-9))
    last = next(index for index, value in enumerate(series) if index > first and value >= high * (1 - 1e-9))
    ticks = series[first : last + 1]
    if len(ticks) > most:
        ends = ticks[0], ticks[-1]
        decades = [value for value in ticks if _is_decade(value)]
        apart = math.log10(ends[1] / ends[0]) / (2 * most - 2)
        free = [end for end in ends if all(abs(math.log10(end / each)) > apart for each in decades)]
        ticks = sorted(decades + free) if len(decades) + len(free) <= most else decades or list(ends)
    if len(ticks) > most:
        ticks = ticks[:: math.ceil(len(ticks) / most)]
    return Axis(series[first], series[last], tuple(ticks), tuple(f"{value:g}" for value in ticks), True)


def percentage(low: float, high: float, most: int) -> Axis:
    """An axis for accuracies, 0 to 1, labelled in percent; ends at 100% or below and spans at least half a point."""
    low, high = low * 100, max(high * 100, low * 100 + 0.5)
    for step in (0.1, *_STEPS[3:]):
        first = math.floor(low / step + 1e-9)
        last = math.ceil(min(100.0, high) / step - 1e-9)
        if last == first:
            first -= 1
        if last - first < most:
            break
    ticks = [index * step for index in range(first, last + 1)]
    digits = 0 if step >= 1 else 1
    return Axis(
        ticks[0] / 100,
        ticks[-1] / 100,
        tuple(tick / 100 for tick in ticks),
        tuple(f"{tick:.{digits}f}%" for tick in ticks),
    )


def epochs(done: float, total: int, most: int) -> Axis:
    """An axis for epochs that grows with the run: to 1, 2, 5, 10, … and finally to `total`.

    On an axis for all of a long run, the first minutes would be a sliver; on one that ends at the current step, the
    whole curve would move with every step.
    """
    done = min(max(done - 1e-9, 1), max(total, 1))
    high = min(next(step for step in _STEPS if step >= done), max(total, 1))
    step = next(step for step in (0.25, 0.5, *_STEPS[6:]) if high / step < most)
    ticks = [index * step for index in range(int(high / step + 1e-9) + 1)]
    return Axis(0.0, float(high), tuple(ticks), tuple(f"{tick:g}" for tick in ticks))


def parts(ends: Sequence[float], names: Sequence[str], cells: int) -> Axis:
    """An axis from 0 divided into parts that end at `ends`, each labelled in its middle.

    If `cells` have no room for all names, only every second, third, … is shown, beginning with the first.
    """
    begins = [0.0, *ends[:-1]]
    apart = math.ceil((max(map(len, names)) + 1) * len(names) / max(1, cells))
    kept = [
        ((begin + end) / 2, name)
        for index, (begin, end, name) in enumerate(zip(begins, ends, names, strict=True))
        if index % apart == 0
    ]
    return Axis(0.0, float(ends[-1]), tuple(middle for middle, _ in kept), tuple(name for _, name in kept))


def _is_decade(value: float) -> bool:
    return abs(math.log10(value) - round(math.log10(value))) < 1e-9
