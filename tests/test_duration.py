"""Durations as a person reads them."""

import math

import pytest

from core.duration import duration


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (-3, "0 s"),
        (5.53, "5.5 s"),
        (9.0, "9 s"),
        (9.96, "10 s"),
        (48.4, "48 s"),
        (59.7, "1 min"),
        (72, "1 min 12 s"),
        (119.7, "2 min"),
        (3599.6, "1 h"),
        (3600 + 5 * 60 + 29, "1 h 5 min"),
        (86_400 * 3 + 3600 * 4, "3 d 4 h"),
        (86_399, "1 d"),
    ],
)
def test_a_duration_is_told_in_two_units_at_most(seconds: float, words: str) -> None:
    """Seconds, minutes, hours and days, rounded without ever showing 60 of a unit."""
    assert duration(seconds) == words


def test_what_is_no_duration_is_refused() -> None:
    """A division by zero somewhere must not become a word on the screen."""
    with pytest.raises(ValueError, match="finite"):
        duration(math.nan)
