"""The smallest stroke, drawn or erased, that changes how an image is read. Knows no network, only its answers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.config.shape import BOX, SIDE
from core.drawing.ink import STROKE_WIDTH, Ink, Stroke

_RADIUS = BOX * STROKE_WIDTH / 2
"""Of MNIST's pen, in pixels of its images."""
_APART = 2
"""Pixels between the places where strokes begin."""
_LENGTHS = (3, 6, 9)
_LEAST = 0.5
"""Ink, in full pixels, that a stroke has to change."""
_BATCH = 64


@dataclass(frozen=True)
class Flip:
    """A stroke that changes an answer."""

    stroke: Stroke
    """In pixels of the image."""
    answer: int
    """The digit that is read with it."""
    ink: float
    """How much it adds or removes, in full pixels."""


@dataclass(frozen=True)
class Tried:
    """What came of one batch of strokes."""

    flips: tuple[Flip, ...]
    """Those that change the answer, the smallest first."""
    count: int
    """Strokes tried so far."""
    total: int
    """Strokes to try in all, some three thousand."""


def tries(
    image: NDArray[np.uint8], answer: int, read: Callable[[NDArray[np.uint8]], NDArray[np.int64]]
) -> Iterator[Tried]:
    """Draw strokes into `image` (28, 28), and erase some of it, the smallest first, until all are tried.

    `answer` is the digit that is read without, and `read` returns the digit in each of (N, 28, 28) images, and below 0
    where it rejects one. It goes batch by batch, so that whoever waits can turn to something else in between.
    """
    strokes, images, ink = _tried(image)
    order = np.argsort(ink, kind="stable")
    order = order[ink[order] >= _LEAST]
    for start in range(0, len(order), _BATCH):
        rows = order[start : start + _BATCH]
        answers = read(images[rows])
        flips = tuple(
            Flip(strokes[row], found, float(ink[row]))
            for row, found in zip(rows.tolist(), answers.tolist(), strict=True)
            if found >= 0 and found != answer
        )
        yield Tried(flips, min(start + _BATCH, len(order)), len(order))


def _tried(image: NDArray[np.uint8]) -> tuple[list[Stroke], NDArray[np.uint8], NDArray[np.float32]]:
    """Strokes, the images (N, 28, 28) with them, and how much ink (N,) each changes."""
    drawn, covered = _strokes()
    images = np.concatenate([np.maximum(image, covered), np.minimum(image, 255 - covered)])
    ink = np.abs(images.astype(np.int16) - image).sum(axis=(1, 2)).astype(np.float32) / 255
    erased = [Stroke(each.radius, True, each.points) for each in drawn]
    return [*drawn, *erased], images, ink


@lru_cache(maxsize=1)
def _strokes() -> tuple[list[Stroke], NDArray[np.uint8]]:
    """Dots and straight strokes in four directions all over the image, and what each covers, (N, 28, 28)."""
    places = [place + 0.5 for place in range(_APART * 2, SIDE - _APART * 2 + 1, _APART)]
    ways = [(math.cos(turn * math.pi / 4), math.sin(turn * math.pi / 4)) for turn in range(4)]
    found = []
    for x in places:
        for y in places:
            found.append(Stroke(_RADIUS, False, [(x, y)]))
            for across, down in ways:
                for length in _LENGTHS:
                    end = x + across * length, y + down * length
                    if min(end) >= 0 and max(end) <= SIDE:
                        found.append(Stroke(_RADIUS, False, [(x, y), end]))
    return found, np.stack([Ink.of(SIDE, SIDE, [each]).bitmap for each in found])
