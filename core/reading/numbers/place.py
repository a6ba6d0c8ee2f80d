"""Converts boxes from the pixels in which a drawing was divided to the drawing's own pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass

Box = tuple[int, int, int, int]
"""(left, top, width, height), in pixels."""


@dataclass(frozen=True)
class Place:
    """Where the pieces of a drawing lie in it. Called with a box in their pixels, it returns it in the drawing's."""

    factor: float
    """How many pixels of the drawing's ink make one of the pieces'."""
    size: tuple[int, int] | None = None
    """(width, height) of that ink, beyond which no box extends; None for no limit."""
    corner: tuple[int, int] = (0, 0)
    """(left, top) of that ink."""
    scale: int = 1
    """How many times larger the picture is to which the boxes refer."""

    def __call__(self, box: Box) -> Box:
        x, y, width, height = _scaled(box, self.factor)
        if self.size is not None:
            width, height = min(width, self.size[0] - x), min(height, self.size[1] - y)
        left, top = self.corner
        return self.scale * (left + x), self.scale * (top + y), self.scale * width, self.scale * height


def _scaled(box: Box, scale: float) -> Box:
    left, top, width, height = box
    right, bottom = math.ceil((left + width) * scale), math.ceil((top + height) * scale)
    left, top = int(left * scale), int(top * scale)
    return left, top, right - left, bottom - top
