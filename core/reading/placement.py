"""Where a place in the image that the network sees lies in the drawing that became it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.drawing.ink import Stroke
from core.preprocessing.bounding_box import bounding_box

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
        drawn, seen = bounding_box(drawing >= _INK), bounding_box(image >= _INK)
        if drawn is None or seen is None:
            return None
        scale = max(drawn.right - drawn.left, drawn.bottom - drawn.top) / max(
            seen.right - seen.left, seen.bottom - seen.top
        )
        # The middle of one box lies on the middle of the other.
        return cls(
            scale,
            (drawn.left + drawn.right) / 2 - scale * (seen.left + seen.right) / 2,
            (drawn.top + drawn.bottom) / 2 - scale * (seen.top + seen.bottom) / 2,
        )

    def placed(self, stroke: Stroke) -> Stroke:
        """`stroke`, in pixels of the image, in pixels of the drawing."""
        points = [(x * self.scale + self.across, y * self.scale + self.down) for x, y in stroke.points]
        return Stroke(stroke.radius * self.scale, stroke.erasing, points)
