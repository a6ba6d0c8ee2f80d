"""Strokes as JSON, the form in which they are stored next to their bitmaps. Knows no file.

    [{"points": [[12.5, 3.0], [12.5, 4.0]], "radius": 2.4, "erasing": false}]

Points and radius are in canvas pixels, as in `core.drawing.ink`; no number is rounded.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from core.drawing.ink import Stroke


def as_json(strokes: Iterable[Stroke]) -> list[dict[str, Any]]:
    """One object per stroke, ready for `json.dumps`."""
    return [{"points": stroke.points, "radius": stroke.radius, "erasing": stroke.erasing} for stroke in strokes]


def from_json(data: object) -> tuple[Stroke, ...]:
    """The inverse of `as_json`. Raises ValueError if `data` is something else."""
    if not isinstance(data, list):
        raise ValueError("strokes must be a list")
    return tuple(map(_stroke, data))


def _stroke(data: object) -> Stroke:
    if not isinstance(data, dict) or not isinstance(data.get("points"), list) or not data["points"]:
        raise ValueError("a stroke must be an object with at least one point")
    radius, erasing = _number(data.get("radius")), data.get("erasing")
    if radius <= 0 or not isinstance(erasing, bool):
        raise ValueError("a stroke must have a radius above 0 and say whether it erases")
    return Stroke(radius, erasing, [_point(each) for each in data["points"]])


def _point(data: object) -> tuple[float, float]:
    if not isinstance(data, list) or len(data) != 2:
        raise ValueError("a point must be two numbers")
    return _number(data[0]), _number(data[1])


def _number(data: object) -> float:
    if isinstance(data, bool) or not isinstance(data, int | float):
        raise ValueError(f"{data!r} is not a number")
    try:
        number = float(data)
    except OverflowError as error:  # a whole number of hundreds of digits
        raise ValueError("a number is too large") from error
    if not math.isfinite(number):
        raise ValueError(f"{data!r} is not a finite number")
    return number
