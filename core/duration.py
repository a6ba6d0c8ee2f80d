"""Durations in the words a person would use."""

from __future__ import annotations

import math

_UNITS = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))


def duration(seconds: float) -> str:
    """`seconds` as `8.4 s`, `48 s`, `1 min 12 s`, `2 h 5 min` or `3 d 4 h`; below 0 counts as 0.

    Two units at most; the second is left out if it is 0. Raises ValueError if `seconds` is not finite.
    """
    if not math.isfinite(seconds):
        raise ValueError(f"a duration of {seconds} seconds; it must be a finite number")
    seconds = max(0.0, seconds)
    if seconds < 9.95:
        return f"{seconds:.1f}".removesuffix(".0") + " s"
    for index, (unit, size) in enumerate(_UNITS[:-1]):
        smaller_unit, smaller = _UNITS[index + 1]
        # Round before splitting, or 59.7 s would become 60 s and 119.7 s would become 1 min 60 s.
        count = round(seconds / smaller)
        if count * smaller >= size:
            whole, rest = divmod(count, size // smaller)
            return f"{whole} {unit} {rest} {smaller_unit}" if rest else f"{whole} {unit}"
    return f"{round(seconds)} s"
