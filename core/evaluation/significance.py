"""Statistical significance: the interval around a share, and whether two networks differ on the same images.

Plain Python, so that the interface can use it too.
"""

from __future__ import annotations

import math

SIGNIFICANT = 0.05
"""A difference is significant if two equally good networks would show it with a probability below this."""
_Z = 1.959963984540054  # 95% of the normal distribution lie within this many standard deviations


def interval(right: int, count: int) -> tuple[float, float]:
    """The 95% interval, 0 to 1, of a share that was measured as `right` of `count` (E. B. Wilson, JASA 22, 1927).

    Raises ValueError if `count` is not positive or `right` is not 0 to `count`.
    """
    if count < 1 or not 0 <= right <= count:
        raise ValueError(f"{right} of {count} is not a share; right must be 0 to count, and count at least 1")
    share, weight = right / count, _Z * _Z / count
    middle = (share + weight / 2) / (1 + weight)
    half = _Z / (1 + weight) * math.sqrt(share * (1 - share) / count + weight / (4 * count))
    # At the ends the formula gives 0 or 1 only up to rounding.
    return (0.0 if not right else max(0.0, middle - half)), (1.0 if right == count else min(1.0, middle + half))


def margin_of_error(accuracy: float, count: int) -> float:
    """Half the 95% interval, 0 to 1, of an accuracy, 0 to 1, that was measured on `count` images; 1 if on none.

    It is not 0 even if every image was read correctly.
    """
    if count < 1:
        return 1.0
    low, high = interval(round(accuracy * count), count)
    return (high - low) / 2


def p_value(gained: int, lost: int) -> float:
    """The probability, 0 to 1, that equally good networks differ this much or more (McNemar's exact test, two-sided).

    `gained` images are read right only by the first network, `lost` only by the second.
    """
    total, fewer = gained + lost, min(gained, lost)
    term = tail = 1
    for index in range(fewer):
        term = term * (total - index) // (index + 1)
        tail += term
    # Whole numbers until here, because thousands of images would under- or overflow a float.
    return min(1.0, 2 * tail / (1 << total))


def gain_interval(gained: int, lost: int, count: int) -> tuple[float, float]:
    """The 95% interval, −1 to 1, of how much more of `count` images the first network reads right than the second.

    `gained` and `lost` as in `p_value` (A. Agresti and Y. Min, Statistics in Medicine 24, 2005: Wald's interval for
    paired shares, with half an image more of each of the four kinds).
    """
    total, more, fewer = count + 2, gained + 0.5, lost + 0.5
    middle = (more - fewer) / total
    half = _Z * math.sqrt(((more + fewer) / total - middle * middle) / total)
    return max(-1.0, middle - half), min(1.0, middle + half)


def least_certain(right: int, other: int, count: int) -> float:
    """An upper bound on `p_value`, if only the number of `count` images that each network reads right is known.

    It assumes the most disagreement that is possible, so the true value is no larger.
    """
    lost = min(count - max(right, other), min(right, other))
    return p_value(lost + abs(right - other), lost)
