"""A bitmap made ready for a network: as one digit, and how it may be divided into several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.clean_copy import as_read
from core.ink import Stroke
from core.normalise import Polarity, normalise, steps
from core.numbers.number import Division, of_ink, of_strokes


@dataclass(frozen=True)
class Prepared:
    """What is left of a bitmap when it was normalised: a few kilobytes of a digit, a megabyte of a page of pieces."""

    seen: NDArray[np.uint8]
    """(28, 28) uint8, all of it as one digit."""
    division: Division | None
    """None where it is no number for certain."""


def prepared(
    bitmap: NDArray[np.uint8], strokes: Sequence[Stroke] | None = None, polarity: Polarity = "auto"
) -> Prepared:
    """Of `bitmap` (H, W) uint8, of which `strokes`, if there are any, are those that made it, in its pixels.

    Raises DataError as `normalise` does.
    """
    if strokes:
        height, width = bitmap.shape
        return Prepared(normalise(as_read(bitmap, strokes), polarity), of_strokes(width, height, strokes))
    stages = dict(steps(bitmap, polarity))
    ink = stages["specks removed"]
    return Prepared(list(stages.values())[-1], of_ink(ink, scale=-(-max(bitmap.shape) // max(ink.shape))))
