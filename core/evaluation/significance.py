"""What may be chance: the interval around a share, and whether two networks differ on the same images.

Plain Python, so that the interface may ask too.
"""

from __future__ import annotations

import math

SIGNIFICANT = 0.05
"""A difference that comes about less often than this between equals counts as one."""
_Z = 1.959963984540054  # of the normal distribution 95% lie within so many standard deviations


def interval(right: int, count: int) -> tuple[float, float]:
    """The 95% interval, 0 to 1, of a share of which `right` of `count` were seen (Wilson 1927).

    Raises ValueError where `count` is not positive or `right` is not one of 0 to `count`.
    """
    if count < 1 or not 0 <= right <= count:
        raise ValueError(f"{right} of {count} is no share; right must be 0 to count, and count at least 1")
    share, weight = right / count, _Z * _Z / count
    middle = (share + weight / 2) / (1 + weight)
    half = _Z / (1 + weight) * math.sqrt(share * (1 - share) / count + weight / (4 * count))
    # At the ends the formula gives 0 or 1, up to a rounding.
    return (0.0 if not right else max(0.0, middle - half)), (1.0 if right == count else min(1.0, middle + half))


def p_value(gained: int, lost: int) -> float:
    """How probably two equally good networks differ so much or more, 0 to 1: McNemar's exact test, two-sided.

    Of the images that only one of the two reads right, `gained` are the one's and `lost` the other's.
    """
    total, fewer = gained + lost, min(gained, lost)
    term = tail = 1
    for index in range(fewer):
        term = term * (total - index) // (index + 1)
        tail += term
    # Whole numbers until here: thousands of images would under- and overflow any float.
    return min(1.0, 2 * tail / (1 << total))


def least_certain(right: int, other: int, count: int) -> float:
    """`p_value` where it is known only how many of `count` images each network reads right, not which.

    That of the most disagreement that there can be, so that the true one is no larger.
    """
    lost = min(count - max(right, other), min(right, other))
    return p_value(lost + abs(right - other), lost)
