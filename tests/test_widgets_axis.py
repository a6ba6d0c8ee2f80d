"""The axes of a plot: that they hold their data, and that ticks are round and evenly apart."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from tui.widgets.run import axis
from tui.widgets.run.axis import Axis

_ROWS = [2, 3, 4, 5, 7, 8, 15, 22, 40]
rows_of_plots = pytest.mark.parametrize("rows", _ROWS)


def _ranges(count: int) -> list[tuple[float, float]]:
    """Random ranges of positive values over up to six decades, or of nearly the same value."""
    chance = np.random.default_rng(11)
    lows = 10 ** chance.uniform(-5, 2, count)
    return [(float(low), float(low * 10**wide)) for low, wide in zip(lows, chance.uniform(0, 6, count), strict=True)]


def _rows(made: Axis, rows: int) -> list[int]:
    """The rows of its ticks, from below."""
    return [int(row) for row in made.cells(np.array(made.ticks), rows)]


def _is_round(value: float) -> bool:
    """Whether it is 1, 2 or 5 × 10ⁿ."""
    return f"{value:.3e}"[:5] in ("1.000", "2.000", "5.000")


@rows_of_plots
@pytest.mark.parametrize("make", [axis.linear, axis.logarithmic, axis.percentage])
def test_an_axis_holds_its_data(make: Callable[[float, float, int], Axis], rows: int) -> None:
    """All values are on it, and at least two ticks; labels fit beside a plot and differ."""
    for low, high in _ranges(300):
        if make is axis.percentage:
            low, high = (value / 1e8 for value in (low, high))
        made = make(low, high, rows)
        assert made.low <= low and high <= made.high
        assert len(made.ticks) >= 2
        assert len(set(made.labels)) == len(made.ticks)
        assert all(len(label) <= 9 for label in made.labels)
        assert all(made.low < tick < made.high for tick in made.ticks)


@rows_of_plots
def test_ticks_of_a_linear_axis_are_round_and_as_many_rows_apart(rows: int) -> None:
    """Each lies in the middle of its row, the same number of rows above the one before it."""
    for low, high in _ranges(300):
        made = axis.linear(low, high, rows)
        assert len(set(np.diff(_rows(made, rows)))) == 1
        middles = made.place(np.array(made.ticks)) * rows
        np.testing.assert_allclose(middles % 1, 0.5, atol=1e-6)
        steps = np.diff(made.ticks)
        np.testing.assert_allclose(steps, steps[0], rtol=1e-6)
        assert _is_round(float(steps[0]))


@rows_of_plots
def test_ticks_of_a_logarithmic_axis_are_round_and_as_even_as_decades_allow(rows: int) -> None:
    """They are 1, 2 and 5 × 10ⁿ or powers of ten; up to five rows apart they are evenly so, beyond that nearly."""
    for low, high in _ranges(300):
        made = axis.logarithmic(low, high, rows)
        if not made.is_logarithmic:
            assert high < 2 * low
            continue
        assert all(_is_round(tick) for tick in made.ticks)
        apart = np.diff(_rows(made, rows))
        assert apart.max() - apart.min() <= (0 if apart.max() <= 5 else 1 + apart.max() // 4)


@rows_of_plots
def test_an_axis_uses_its_rows(rows: int) -> None:
    """From five rows on, data fill at least a third of them; a curve in a single row could not be read."""
    for low, high in _ranges(300):
        for made in (axis.linear(low, high, rows), axis.logarithmic(low, high, rows)):
            if rows >= 5 and high > 1.01 * low:
                first, last = made.cells(np.array([low, high]), rows)
                assert last - first + 1 >= rows / 3 - 1, (low, high, made)


@pytest.mark.parametrize(
    ("low", "high", "rows", "labels"),
    [
        (0.972, 0.993, 8, ("97%", "98%", "99%")),
        (0.9923, 0.9941, 8, ("99.0%", "99.2%", "99.4%")),
        (0.11, 0.98, 8, ("0%", "50%", "100%")),
        (1.0, 1.0, 8, ("99.6%", "99.8%", "100.0%")),
    ],
)
def test_an_accuracy_axis_is_scaled_to_the_data(low: float, high: float, rows: int, labels: tuple[str, ...]) -> None:
    """Round percentages around the data, never below 0% or above 100%."""
    assert axis.percentage(low, high, rows).labels == labels


def test_an_epoch_axis_makes_room_as_a_run_goes_on() -> None:
    """The first batches of a long run are not a sliver, and its end is the axis' end."""
    assert [axis.whole_epochs(done, 30) for done in (0.01, 1.5, 4, 7, 12, 25, 30)] == [1, 2, 5, 10, 20, 30, 30]


def test_a_window_has_round_ticks_too() -> None:
    """However far one zooms in, with the digits that tell them apart."""
    made = axis.span(2.4, 3.2, 40)
    assert made.labels == ("2.4", "2.6", "2.8", "3.0", "3.2")
    close = axis.span(2.4011, 2.4047, 80)
    assert close.labels[0] == "2.4015" and len(set(close.labels)) == len(close.labels)


def test_axes_reach_as_far_as_a_training_that_diverged() -> None:
    """Losses over forty decades, some of them 0, and more steps than were planned, have an axis too."""
    assert axis.logarithmic(1e-6, 3e38, 5).high >= 3e38
    assert axis.linear(0.0, 3e38, 5).high >= 3e38
    assert axis.logarithmic(0.0, 2.0, 5).low > 0
    assert math.isfinite(axis.logarithmic(0.0, 0.0, 5).high)
    assert axis.whole_epochs(1e9, 20) == 20.0
