"""core.evaluation.significance: published intervals, and tests against plain sums."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import numpy as np
import pytest

from core.evaluation.significance import gain_interval, interval, least_certain, p_value


@pytest.mark.parametrize(
    ("right", "count", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_intervals_are_the_published_ones(right: int, count: int, low: float, high: float) -> None:
    """The examples of Newcombe 1998, "Two-sided confidence intervals for the single proportion", method 3."""
    assert interval(right, count) == pytest.approx((low, high), abs=5e-5)


def test_an_interval_stays_within_its_bounds() -> None:
    """Everything right ends at 1, and what is not a share is rejected."""
    assert interval(7, 7)[1] == 1.0
    for wrong in ((0, 0), (-1, 5), (6, 5)):
        with pytest.raises(ValueError, match="is not a share"):
            interval(*wrong)


def test_mcnemar_agrees_with_a_plain_sum() -> None:
    """The two tails of a fair coin, in exact fractions; never above 1, and the same for both sides."""
    for gained in range(12):
        for lost in range(12):
            total = gained + lost
            tail = sum(Fraction(comb(total, each), 2**total) for each in range(min(gained, lost) + 1))
            assert p_value(gained, lost) == pytest.approx(float(min(Fraction(1), 2 * tail)))
            assert p_value(gained, lost) == p_value(lost, gained)


@pytest.mark.parametrize(("gain", "loss"), [(0.0165, 0.0008), (0.003, 0.001), (0.0009, 0.0003), (0.02, 0.02)])
def test_the_interval_of_a_gain_holds_the_true_one(gain: float, loss: float) -> None:
    """In about 95 of 100 trials in which networks gain and lose images with known probabilities."""
    drawn = np.random.default_rng(5).multinomial(10_000, [gain, loss, 1 - gain - loss], 2000)
    intervals = [gain_interval(int(gained), int(lost), 10_000) for gained, lost, _ in drawn]
    held = sum(low <= gain - loss <= high for low, high in intervals) / len(intervals)
    assert 0.93 <= held <= 0.97


def test_the_interval_of_a_gain_is_the_other_way_round_for_the_other_network() -> None:
    """And says something where both read the same images right."""
    low, high = gain_interval(12, 3, 1000)
    assert gain_interval(3, 12, 1000) == pytest.approx((-high, -low))
    low, high = gain_interval(0, 0, 1000)
    assert -0.003 < low < 0 < high < 0.003


def test_thousands_of_differences_are_no_overflow() -> None:
    """Some are certain, some are a coin's."""
    assert p_value(5_000, 0) == pytest.approx(0.0)
    assert p_value(3_000, 3_000) == 1.0
    assert 0 < p_value(3_100, 2_900) < 0.05


def test_without_the_pairs_the_most_doubtful_case_counts() -> None:
    """Of all tables that have the same two totals, the one that chance explains best."""
    for count in range(1, 10):
        for right in range(count + 1):
            for other in range(count + 1):
                tables = [
                    p_value(right - both, other - both)
                    for both in range(min(right, other) + 1)
                    if right + other - both <= count
                ]
                assert least_certain(right, other, count) == pytest.approx(max(tables))
