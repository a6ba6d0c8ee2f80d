"""Draws strokes on a canvas, as a greyscale bitmap. Knows no terminal and no network.

Coordinates are canvas pixels as floats: origin top left, x to the right, y down, pixel i covers [i, i + 1).
A stroke is a round brush pulled along straight segments; a pixel's grey is the share of it that the brush covers,
approximated as clip(radius + ½ − distance of the pixel's centre from the segment, 0, 1), the usual antialiasing.
MNIST's strokes have such grey edges too, and a network that learned from them expects them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.config.shape import BOX, SIDE
from core.errors import DataError
from core.preprocessing.bounding_box import bounding_box

STROKE_WIDTH = 0.115
"""Width of a stroke as a fraction of the digit's longer side: 2.3 of 20 pixels, measured as twice the ink's area
divided by the length of its outline, mean of the first 2,000 test images of MNIST (5th to 95th percentile: 1.6 to
3.4)."""

_USUAL_SHARE = 0.7
"""Fraction of a canvas's side that people fill with a digit."""

_FIELD_SHARE = BOX / SIDE
"""Fraction of the side that `draw` fills, as MNIST's box does in its field."""

_FARTHEST = 1e6
"""Coordinates are clamped to ± this; beyond, squared distances lose the precision that edges need."""


class Region(NamedTuple):
    """A rectangle of canvas pixels; width and height are 0 if no pixel changed."""

    x: int
    y: int
    width: int
    height: int

    def union(self, other: Region) -> Region:
        """The smallest rectangle around both; an empty one adds nothing."""
        if not self.width or not self.height:
            return other
        if not other.width or not other.height:
            return self
        left, top = min(self.x, other.x), min(self.y, other.y)
        right = max(self.x + self.width, other.x + other.width)
        bottom = max(self.y + self.height, other.y + other.height)
        return Region(left, top, right - left, bottom - top)


@dataclass
class Stroke:
    """The path of the pen between press and lift. It grows while the pen is down."""

    radius: float
    """The brush's radius, in canvas pixels."""
    erasing: bool = False
    points: list[tuple[float, float]] = field(default_factory=list)
    """(x, y) in canvas pixels, at least one once the stroke has begun."""


@dataclass(frozen=True)
class _Clearing:
    """An entry of the history that says the canvas was cleared, so that this can be undone."""


def default_radius(width: int, height: int) -> float:
    """The brush radius that gives a digit of the usual size MNIST's stroke width, in canvas pixels."""
    return max(0.6, min(width, height) * _USUAL_SHARE * STROKE_WIDTH / 2)


class Ink:
    """A canvas with the strokes drawn on it and their history."""

    def __init__(self, width: int, height: int, radius: float | None = None) -> None:
        self._done: list[Stroke | _Clearing] = []
        self._undone: list[Stroke | _Clearing] = []
        self._current: Stroke | None = None
        self._bitmap = _blank(width, height)
        self._radius = default_radius(width, height)
        self.erasing = False
        """Whether new strokes erase."""
        if radius is not None:
            self.radius = radius

    @classmethod
    def of(cls, width: int, height: int, strokes: Iterable[Stroke]) -> Ink:
        """A canvas of `width` × `height` pixels with `strokes` drawn on it, to be continued."""
        ink = cls(width, height)
        usual = ink.radius
        for stroke in strokes:
            ink.radius, ink.erasing = stroke.radius, stroke.erasing
            ink.press(*stroke.points[0])
            for point in stroke.points[1:]:
                ink.drag(*point)
        ink.lift()
        ink.radius, ink.erasing = usual, False
        return ink

    @property
    def width(self) -> int:
        """The canvas's width in pixels."""
        return int(self._bitmap.shape[1])

    @property
    def height(self) -> int:
        """The canvas's height in pixels."""
        return int(self._bitmap.shape[0])

    @property
    def bitmap(self) -> NDArray[np.uint8]:
        """(height, width) uint8, ink bright on 0. It changes with each stroke: copy it to keep it."""
        return self._bitmap

    @property
    def radius(self) -> float:
        """The brush's radius in canvas pixels, for new strokes."""
        return self._radius

    @radius.setter
    def radius(self, radius: float) -> None:
        if not (math.isfinite(radius) and radius > 0):
            raise ValueError(f"radius is {radius}; it must be a positive number of canvas pixels")
        self._radius = radius

    @property
    def is_empty(self) -> bool:
        """Whether there is no ink on the canvas."""
        return not self._bitmap.any()

    @property
    def can_undo(self) -> bool:
        """Whether there is a stroke or a clearing to undo."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether something was undone and nothing drawn since."""
        return bool(self._undone)

    @property
    def strokes(self) -> tuple[Stroke, ...]:
        """The strokes since the last clearing, in order."""
        found: list[Stroke] = []
        for entry in self._done:
            if isinstance(entry, Stroke):
                found.append(entry)
            else:
                found.clear()
        return tuple(found)

    def press(self, x: float, y: float) -> Region:
        """Begin a stroke, which shows at once as a dot. Returns the region that changed."""
        self._current = Stroke(self._radius, self.erasing, [_clamped(x, y)])
        self._done.append(self._current)
        self._undone.clear()
        return _pull(self._bitmap, self._current, 0)

    def drag(self, x: float, y: float) -> Region:
        """Draw a straight line to (x, y); nothing if the pen is lifted. Returns the region that changed."""
        if self._current is None:
            return Region(0, 0, 0, 0)
        self._current.points.append(_clamped(x, y))
        return _pull(self._bitmap, self._current, len(self._current.points) - 1)

    def lift(self) -> None:
        """End the stroke, if there is one."""
        self._current = None

    def undo(self) -> Region | None:
        """Undo the last stroke or clearing. Returns the region that changed; None if there was nothing to undo."""
        self.lift()
        if not self._done:
            return None
        self._undone.append(self._done.pop())
        return self._redraw()

    def redo(self) -> Region | None:
        """Redo what was last undone. Returns the region that changed; None if there was nothing to redo."""
        self.lift()
        if not self._undone:
            return None
        self._done.append(self._undone.pop())
        return self._redraw()

    def clear(self) -> Region | None:
        """Clear the canvas. Returns the region that changed; None if it was empty, which adds nothing to undo."""
        self.lift()
        if self.is_empty:
            return None
        self._done.append(_Clearing())
        self._undone.clear()
        return self._redraw()

    def resize(self, width: int, height: int) -> None:
        """Change the size of the canvas, and scale the drawing, the brush and the history with it.

        Proportions are kept: on a canvas of another shape the whole drawing is fitted and centred.
        """
        old_width, old_height = self.width, self.height
        if (width, height) == (old_width, old_height):
            return
        scale = min(width / old_width, height / old_height)
        across, down = (width - old_width * scale) / 2, (height - old_height * scale) / 2
        for entry in (*self._done, *self._undone):
            if isinstance(entry, Stroke):
                entry.radius *= scale
                entry.points[:] = [(x * scale + across, y * scale + down) for x, y in entry.points]
        self._radius *= scale
        self._bitmap = _blank(width, height)
        self._redraw()

    def _redraw(self) -> Region:
        before = self._bitmap
        self._bitmap = _blank(self.width, self.height)
        for stroke in self.strokes:
            for index in range(len(stroke.points)):
                _pull(self._bitmap, stroke, index)
        changed = before != self._bitmap
        box = bounding_box(changed)
        if box is None:
            return Region(0, 0, 0, 0)
        return Region(box.left, box.top, box.right - box.left, box.bottom - box.top)


def draw(strokes: Iterable[Sequence[Sequence[float]]], size: int = 64) -> NDArray[np.uint8]:
    """Draw a pen trace on a square canvas with the pad's brush; (size, size) uint8, ink bright on 0.

    `strokes` is a list of strokes, each a list of (x, y) in any unit, y downwards. The trace is centred, keeps its
    proportions and fills 20/28 of a side. Raises DataError if there is no point, or one that is not two finite
    numbers.
    """
    try:
        paths = [np.asarray(stroke, dtype=np.float64) for stroke in strokes if len(stroke)]
    except (TypeError, ValueError) as error:
        raise DataError(f"a trace must be a list of strokes, lists of [x, y] numbers ({error})") from error
    if not paths:
        raise DataError("the trace is empty; it needs at least one stroke with one point [x, y]")
    if any(path.ndim != 2 or path.shape[1] != 2 or not np.isfinite(path).all() for path in paths):
        raise DataError("each point of a trace must be two finite numbers [x, y]")
    points = np.concatenate(paths)
    low, high = points.min(axis=0), points.max(axis=0)
    box = size * _FIELD_SHARE
    extent = float((high / 2 - low / 2).max()) * 2  # halved first, or opposite extremes would overflow
    scale = box * (1 - STROKE_WIDTH) / extent if extent > 0 else 0.0
    middle = low / 2 + high / 2
    ink = Ink(size, size, box * STROKE_WIDTH / 2)
    for path in paths:
        placed = ((path - middle) * scale + size / 2).tolist()
        ink.press(*placed[0])
        for x, y in placed[1:]:
            ink.drag(x, y)
        ink.lift()
    return ink.bitmap


def _blank(width: int, height: int) -> NDArray[np.uint8]:
    if width < 1 or height < 1:
        raise ValueError(f"a canvas of {width} × {height} pixels; each side must be at least 1")
    return np.zeros((height, width), np.uint8)


def _clamped(x: float, y: float) -> tuple[float, float]:
    if not (math.isfinite(x) and math.isfinite(y)):
        raise ValueError(f"the pen is at ({x}, {y}); both must be finite numbers of canvas pixels")
    return min(max(x, -_FARTHEST), _FARTHEST), min(max(y, -_FARTHEST), _FARTHEST)


def _pull(bitmap: NDArray[np.uint8], stroke: Stroke, index: int) -> Region:
    """Draw the segment of `stroke` that ends at point `index` (a dot for the first); the region that it can touch."""
    height, width = bitmap.shape
    end_x, end_y = stroke.points[index]
    start_x, start_y = stroke.points[max(index - 1, 0)]
    reach = stroke.radius + 0.5
    left = max(0, math.floor(min(start_x, end_x) - reach))
    top = max(0, math.floor(min(start_y, end_y) - reach))
    right = min(width, math.ceil(max(start_x, end_x) + reach))
    bottom = min(height, math.ceil(max(start_y, end_y) + reach))
    if left >= right or top >= bottom:
        return Region(0, 0, 0, 0)
    x = np.arange(left + 0.5 - start_x, right - start_x)
    y = np.arange(top + 0.5 - start_y, bottom - start_y)[:, None]
    across, down = end_x - start_x, end_y - start_y
    length = across * across + down * down
    if length > 0:
        along = np.clip((x * across + y * down) / length, 0, 1)
        squares = (x - along * across) ** 2 + (y - along * down) ** 2
    else:
        squares = x * x + y * y
    grey = np.clip(reach - np.sqrt(squares), 0, 1) * 255 + 0.5
    part = bitmap[top:bottom, left:right]
    if stroke.erasing:
        np.minimum(part, 255 - grey.astype(np.uint8), out=part)
    else:
        np.maximum(part, grey.astype(np.uint8), out=part)
    return Region(left, top, right - left, bottom - top)
