"""A drawing that is small for its brush, written out again: smooth lines, of the width that MNIST's have for its size.

A brush that suits a digit as large as the pad fills the holes of a small one, and on a grid of characters its lines
are stairs. The strokes say what was meant. Knows no terminal and no network.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.drawing.ink import STROKE_WIDTH, Ink, Stroke

Points = NDArray[np.float64]

_SIDE = 64
"""Pixels of a copy's side."""
_LENGTH = 40.0
"""Pixels from end to end, the longer way, of the middle lines of what was drawn, in a copy."""
_IN_PROPORTION = STROKE_WIDTH / (1 - STROKE_WIDTH)
"""Width of a stroke as part of the length of the middle lines."""
_BOLD = 1.5
"""A brush so many times bolder than in proportion is too bold. Measured on pen traces by arrow keys: as they are,
96.5% are read right where the brush is 2 times too bold, and 84.7% where it is 3 times; in a copy 97.6 and 96.6%.
In proportion they are read no better in a copy."""
_STAIR = 0.75
"""Standard deviation, in pixels of the canvas, of the Gaussian along a stroke: it makes a line of a stair."""
_SMOOTHEST = 0.06
"""The same at most, as part of the length: more takes away what tells digits apart."""
_FINENESS = 4
"""Points in a standard deviation while smoothing; every other is kept."""
_REACH = 3
"""Standard deviations after which the Gaussian is cut off."""


def clean_copy(strokes: Sequence[Stroke]) -> NDArray[np.uint8] | None:
    """(64, 64) uint8, ink bright on 0, centred; None where a drawing needs none, or strokes do not tell what it is."""
    points = _points(strokes)
    if points is None:
        return None
    low, high = points.min(axis=0), points.max(axis=0)
    length = float((high - low).max())
    copied = rewritten(strokes, length, _LENGTH)
    if copied is None:
        return None
    aside = _SIDE / 2 - (low + high) / 2 * (_LENGTH / length)
    placed = [Stroke(each.radius, False, [(x + aside[0], y + aside[1]) for x, y in each.points]) for each in copied]
    return Ink.of(_SIDE, _SIDE, placed).bitmap


def rewritten(strokes: Sequence[Stroke], length: float, wanted: float) -> tuple[Stroke, ...] | None:
    """The strokes of a drawing with digits of `length` canvas pixels, enlarged so that these are `wanted` pixels long.

    Lengths are of middle lines. The brush is in proportion, the lines are smooth. None where the brush is not too
    bold, where something was erased, and where there is but a dot: how much of a path is left, or how large a dot
    is, only the canvas says.
    """
    if _points(strokes) is None:
        return None
    boldest = max(stroke.radius for stroke in strokes)
    if not boldest < length < 2 * boldest / (_BOLD * _IN_PROPORTION):
        return None
    scale = wanted / length
    radius = wanted * _IN_PROPORTION / 2
    deviation = min(_STAIR * scale, _SMOOTHEST * wanted)
    return tuple(
        Stroke(radius, False, [(x, y) for x, y in smoothed(np.asarray(stroke.points) * scale, deviation).tolist()])
        for stroke in strokes
    )


def as_read(bitmap: NDArray[np.uint8], strokes: Sequence[Stroke]) -> NDArray[np.uint8]:
    """What is read of a drawing: its clean copy, or `bitmap` itself (H, W) uint8 where it needs none."""
    copied = clean_copy(strokes)
    return bitmap if copied is None else copied


def of_ink(ink: Ink) -> NDArray[np.uint8]:
    """The same of a canvas that may be drawn on further, as an array of its own."""
    return as_read(ink.bitmap.copy(), ink.strokes)


def smoothed(points: Points, deviation: float) -> Points:
    """(M, 2) along the path through `points` (N, 2), N at least 1, without what is finer than `deviation`.

    Both ends stay where they are: the path goes on beyond them as its own reflection in them.
    """
    steps = np.hypot(*np.diff(points, axis=0).T)
    length = float(steps.sum())
    if length <= 0:
        return points[:1]
    along = np.concatenate([[0.0], np.cumsum(steps)])
    places = np.linspace(0, length, max(2, round(length / deviation * _FINENESS)) + 1)
    even = np.stack([np.interp(places, along, points[:, axis]) for axis in (0, 1)], axis=1)
    reach = _REACH * _FINENESS
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / _FINENESS) ** 2)
    weights /= weights.sum()
    wide = np.pad(even, ((reach, reach), (0, 0)), mode="reflect", reflect_type="odd")
    smooth = np.stack([np.convolve(wide[:, axis], weights, mode="valid") for axis in (0, 1)], axis=1)
    return np.concatenate([smooth[:-1:2], smooth[-1:]])


def _points(strokes: Sequence[Stroke]) -> Points | None:
    """(N, 2) of all strokes; None where there are none, or where some erase."""
    if not strokes or any(stroke.erasing for stroke in strokes):
        return None
    return np.concatenate([np.asarray(stroke.points, np.float64) for stroke in strokes])
