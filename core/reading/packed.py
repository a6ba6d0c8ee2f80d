"""Small arrays as JSON: one byte for each value, as much as a terminal can show."""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.config.shape import SIDE

_STEPS = 127
"""Values above 0 that a byte can tell apart; there are as many below."""
_LARGEST = 2**20
"""Most values that an array may have."""


def packed(array: NDArray[np.float32]) -> dict[str, Any]:
    """A JSON object; each value is rounded to 1/127 of the largest."""
    largest = float(np.abs(array).max(initial=0))
    if not 0 < largest < math.inf:  # nothing to tell apart, or not finite: a network can be damaged on purpose
        largest, array = 0.0, np.zeros_like(array)
    steps = np.rint(array / (largest or 1) * _STEPS).astype(np.int8)
    return {"shape": list(array.shape), "largest": largest, "values": base64.b64encode(steps.tobytes()).decode()}


def unpacked(data: Mapping[str, Any]) -> NDArray[np.float32]:
    """The inverse of `packed`, up to its rounding.

    Raises KeyError, TypeError or ValueError if `data` is something else.
    """
    shape, largest = [int(side) for side in data["shape"]], float(data["largest"])
    if any(side < 0 for side in shape) or math.prod(shape) > _LARGEST or not 0 <= largest < math.inf:
        raise ValueError(f"an array of shape {shape} with values up to {largest} is no packed one")
    steps = np.frombuffer(base64.b64decode(data["values"], validate=True), np.int8).reshape(shape)
    return (steps.astype(np.float32) * (largest / _STEPS)).astype(np.float32)


def image_text(image: NDArray[np.uint8]) -> str:
    """Base64 of an image (28, 28) uint8, row by row."""
    return base64.b64encode(image.tobytes()).decode()


def image_of(text: object) -> NDArray[np.uint8]:
    """The inverse of `image_text`. Raises TypeError or ValueError if `text` is something else."""
    if not isinstance(text, str):
        raise TypeError(f"an image is {text!r:.40}; it must be base64 of {SIDE * SIDE} bytes")
    pixels = base64.b64decode(text, validate=True)
    if len(pixels) != SIDE * SIDE:
        raise ValueError(f"an image has {len(pixels):,} bytes; {SIDE}×{SIDE} needs {SIDE * SIDE}")
    return np.frombuffer(pixels, np.uint8).reshape(SIDE, SIDE)
