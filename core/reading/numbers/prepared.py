"""A bitmap made ready for a network: as one digit, and how it may be divided into several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.drawing.clean_copy import as_read
from core.drawing.ink import Stroke
from core.preprocessing.normalise import Polarity, Step, normalise, steps
from core.reading.numbers.number import Components, Segmentation, of_ink, of_strokes


@dataclass(frozen=True)
class Prepared:
    """What is left of a bitmap when it was normalised: a few kilobytes of a digit, a megabyte of a page of pieces."""

    seen: NDArray[np.uint8]
    """(28, 28) uint8, all of it as one digit."""
    components: Components | None
    """What it may be divided into, where no strokes are known."""
    by_strokes: Segmentation | None = None
    """How it may be divided, where they are; None where it is no number for certain."""

    def segmentation(self, certainty: float) -> Segmentation | None:
        """How it may be divided, where all of it as one digit is read with that `certainty`.

        None where it is no number for certain.
        """
        return self.by_strokes if self.components is None else self.components.segmentation(certainty)


def prepared(
    bitmap: NDArray[np.uint8], strokes: Sequence[Stroke] | None = None, polarity: Polarity = "auto"
) -> Prepared:
    """Of `bitmap` (H, W) uint8, of which `strokes`, if there are any, are those that made it, in its pixels.

    Raises DataError as `normalise` does.
    """
    if strokes:
        height, width = bitmap.shape
        return Prepared(normalise(as_read(bitmap, strokes), polarity), None, of_strokes(width, height, strokes))
    images = dict(steps(bitmap, polarity))
    ink = images[Step.SPECKS]
    return Prepared(list(images.values())[-1], of_ink(ink, scale=-(-max(bitmap.shape) // max(ink.shape))))
