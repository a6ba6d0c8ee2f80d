"""Where a place in the image that the network sees lies in the drawing that became it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.drawing.ink import Stroke

_INK = 128
"""Pixels at least this bright belong to the box around the ink: softer ones are edges."""


@dataclass(frozen=True)
class Placement:
    """Maps pixels of the image to pixels of the drawing: each is multiplied by `scale` and then moved."""

    scale: float
    across: float
    down: float

    @classmethod
    def of(cls, drawing: NDArray[np.uint8], image: NDArray[np.uint8]) -> Placement | None:
        """From the boxes around the ink of `drawing` (H, W) and of `image` (28, 28); None if either has none."""
        boxes = [_box(each) for each in (drawing, image)]
        if boxes[0] is None or boxes[1] is None:
            return None
        (left, top, width, height), (seen_left, seen_top, seen_width, seen_height) = boxes[0], boxes[1]
        scale = max(width, height) / max(seen_width, seen_height)
        return cls(
            scale,
            left + width / 2 - scale * (seen_left + seen_width / 2),
            top + height / 2 - scale * (seen_top + seen_height / 2),
        )

    def placed(self, stroke: Stroke, radius: float | None = None) -> Stroke:
        """`stroke`, in pixels of the image, in pixels of the drawing; with another radius if one is given."""
        points = [(x * self.scale + self.across, y * self.scale + self.down) for x, y in stroke.points]
        return Stroke(stroke.radius * self.scale if radius is None else radius, stroke.erasing, points)


def _box(image: NDArray[np.uint8]) -> tuple[int, int, int, int] | None:
    """(left, top, width, height) of the ink."""
    ink = image >= _INK
    if not ink.any():
        return None
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    left, top = int(columns[0]), int(rows[0])
    return left, top, int(columns[-1]) + 1 - left, int(rows[-1]) + 1 - top
