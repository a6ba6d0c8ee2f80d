"""A bitmap prepared for a network: as one digit, and how it may be divided into several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.drawing.clean_copy import as_read
from core.drawing.ink import Stroke
from core.preprocessing.normalise import Polarity, Step, normalise, steps
from core.reading.numbers.segmentation import Components, Segmentation, of_ink, of_strokes


@dataclass(frozen=True)
class Prepared:
    """What a normalised bitmap leaves in memory: a few kilobytes for a digit, a megabyte for a page of pieces."""

    seen: NDArray[np.uint8]
    """(28, 28) uint8, the whole as one digit."""
    components: Components | None
    """The components into which it may be divided; None if its strokes are known."""
    by_strokes: Segmentation | None = None
    """How it may be divided if its strokes are known; None if it is certainly not a number."""

    def segmentation(self, certainty: float) -> Segmentation | None:
        """How it may be divided, given the `certainty` of the whole as one digit.

        None if it is certainly not a number.
        """
        return self.by_strokes if self.components is None else self.components.segmentation(certainty)


def prepared(
    bitmap: NDArray[np.uint8], strokes: Sequence[Stroke] | None = None, polarity: Polarity = "auto"
) -> Prepared:
    """Prepare `bitmap` (H, W) uint8; `strokes`, if known, are those that made it, in its pixels.

    Raises DataError as `normalise` does.
    """
    if strokes:
        height, width = bitmap.shape
        return Prepared(normalise(as_read(bitmap, strokes), polarity), None, of_strokes(width, height, strokes))
    images = dict(steps(bitmap, polarity))
    ink = images[Step.SPECKS]
    return Prepared(list(images.values())[-1], of_ink(ink, scale=-(-max(bitmap.shape) // max(ink.shape))))
