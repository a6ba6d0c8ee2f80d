"""What the fields of questions and explanations look like in JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from core.drawing import strokes
from core.drawing.ink import Stroke
from core.insight.ablation import Ablation
from core.reading.packed import image_of, image_text, packed, unpacked


def as_json(value: object) -> Any:
    """The value of a field as JSON has it."""
    match value:
        case np.ndarray():
            return image_text(value) if value.dtype == np.uint8 else packed(value)
        case Stroke():
            return strokes.as_json([value])[0]
        case Ablation():
            return value.to_json()
        case tuple():
            return [as_json(each) for each in value]
        case float():
            return round(value, 6)
        case _:
            return value


def parsed(annotation: str, value: Any) -> Any:
    """The inverse of `as_json`, for a field of this annotation.

    Raises DataError, KeyError, TypeError or ValueError if `value` is something else.
    """
    if annotation.endswith(" | None"):
        return None if value is None else parsed(annotation.removesuffix(" | None"), value)
    if annotation.startswith("tuple["):
        return tuple(parsed(annotation.removeprefix("tuple[").removesuffix(", ...]"), each) for each in value)
    return _PARSERS[annotation](value)


_PARSERS: dict[str, Callable[[Any], Any]] = {
    "Image": image_of,
    "Values": unpacked,
    "Stroke": lambda value: strokes.from_json([value])[0],
    "Ablation": Ablation.from_json,
    "int": int,
    "float": float,
    "bool": bool,
    "str": str,
}
"""By annotation."""
