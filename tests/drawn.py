"""Drawings for tests: digits as strokes on a canvas, and own sets full of them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from core.data import own_sets
from core.data.own_sets import Drawing, OwnSet
from core.drawing.ink import Ink

SHAPES: dict[int, list[list[tuple[float, float]]]] = {
    0: [[(20, 10), (12, 20), (12, 40), (20, 50), (30, 40), (30, 20), (20, 10)]],
    1: [[(20, 8), (20, 52)]],
    2: [[(12, 18), (20, 8), (30, 18), (12, 50), (32, 50)]],
    3: [[(12, 10), (30, 10), (18, 28), (30, 40), (12, 50)]],
    4: [[(24, 8), (10, 34), (34, 34)], [(26, 20), (26, 54)]],
    5: [[(30, 10), (14, 10), (13, 28), (30, 36), (12, 50)]],
    6: [[(28, 8), (12, 36), (20, 52), (30, 40), (14, 36)]],
    7: [[(10, 10), (32, 10), (18, 52)]],
    8: [[(20, 10), (30, 18), (12, 40), (22, 52), (30, 40), (12, 18), (20, 10)]],
    9: [[(30, 18), (18, 10), (14, 24), (30, 22), (28, 52)]],
}


def ink(digit: int, shift: float = 0.0) -> Ink:
    """A digit on a canvas of 44 × 60, `shift` pixels to the right, and a dab of the eraser that leaves no trace."""
    canvas = Ink(44, 60)
    for points in SHAPES[digit]:
        for index, (x, y) in enumerate(points):
            (canvas.drag if index else canvas.press)(x + shift, y)
        canvas.lift()
    canvas.erasing = True
    canvas.press(2.25, 2.125)
    canvas.lift()
    return canvas


def kept_digits(found: OwnSet, digits: Iterable[int]) -> list[Drawing]:
    """Keep one drawing of each of `digits`, each a little different from the last."""
    kept = []
    for index, digit in enumerate(digits):
        drawn = ink(digit, index % 5 + index / 8 % 1)
        kept.append(own_sets.keep(found, digit, np.array(drawn.bitmap), drawn.strokes, digit))
    return kept
