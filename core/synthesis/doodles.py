"""Pen traces of non-digits: letters and signs as people might write them, scribbles, lines. Knows no images."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from core.synthesis.glyphs import GLYPHS, strokes
from core.synthesis.pen import Trace

Points = NDArray[np.float64]

_STEPS = 5
"""Points that a curve gets from each given point to the next."""


def letter(random: np.random.Generator) -> Trace:
    """A random glyph, in a different hand each time."""
    return written(GLYPHS[random.integers(len(GLYPHS))], random, random.uniform(0.1, 0.55))


def written(glyph: str, random: np.random.Generator, wobble: float) -> Trace:
    """A glyph as a person might write it: slanted, narrow or wide, with bent lines.

    `wobble` is the standard deviation of the displacement of its points, in the glyph's units.
    """
    found = []
    for curved, points in strokes(glyph):
        moved = np.array(points) + random.normal(0, wobble, (len(points), 2))
        if not curved and random.random() < 0.5:
            moved = _bent(moved, random)
            curved = random.random() < 0.6
        if random.random() < 0.1:
            moved = np.concatenate([moved[:1] + random.normal(0, 1.0, (1, 2)), moved])  # a lead-in stroke
        if random.random() < 0.1:
            moved = np.concatenate([moved, moved[-1:] + random.normal(0, 1.0, (1, 2))])
        found.append(curve(moved) if curved and len(moved) > 2 else moved)
    return _leaning(found, random)


def scribble(random: np.random.Generator) -> Trace:
    """One long line that turns at random."""
    count = int(random.integers(7, 22))
    turns = random.normal(0, random.uniform(0.5, 1.6), count).cumsum() + random.uniform(0, 2 * math.pi)
    steps = np.stack([np.cos(turns), np.sin(turns)], axis=1) * random.uniform(0.4, 1.6, (count, 1))
    return [curve(steps.cumsum(axis=0))]


def tangle(random: np.random.Generator) -> Trace:
    """A line back and forth over the same place, as if to cross something out."""
    return [curve(random.uniform(0, 1, (int(random.integers(6, 16)), 2)) * (random.uniform(0.4, 1.5), 1.0))]


def lines(random: np.random.Generator) -> Trace:
    """Three to six unrelated strokes."""
    found = []
    for _ in range(random.integers(3, 7)):
        start, end = random.uniform(0, 1, (2, 2))
        middle = (start + end) / 2 + random.normal(0, 0.15, 2)
        found.append(curve(np.array([start, middle, end])))
    return found


def curve(points: Points) -> Points:
    """Points (M, 2) along a Catmull-Rom spline through `points` (N, 2), both ends included."""
    if len(points) < 3:
        return points
    ends = np.concatenate([2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]])
    before, start, end, after = (ends[shift : len(ends) - 3 + shift, None] for shift in range(4))
    t = (np.arange(_STEPS) / _STEPS)[None, :, None]
    along = 0.5 * (
        2 * start
        + (end - before) * t
        + (2 * before - 5 * start + 4 * end - after) * t**2
        + (3 * start - before - 3 * end + after) * t**3
    )
    return np.concatenate([along.reshape(-1, 2), points[-1:]])


def _bent(points: Points, random: np.random.Generator) -> Points:
    """The points with one more in the middle of each straight line, slightly off the line."""
    if len(points) < 2:
        return points
    middle = (points[1:] + points[:-1]) / 2 + random.normal(0, 0.35, (len(points) - 1, 2))
    found = np.empty((2 * len(points) - 1, 2))
    found[::2], found[1::2] = points, middle
    return found


def _leaning(trace: Trace, random: np.random.Generator) -> Trace:
    angle, slant = math.radians(random.uniform(-15, 15)), random.uniform(-0.4, 0.35)
    wide, high = random.uniform(0.6, 1.4), random.uniform(0.75, 1.25)
    turned = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    matrix = np.array([[wide, 0], [slant, high]]) @ turned
    return [stroke @ matrix for stroke in trace]
