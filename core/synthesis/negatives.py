"""Synthetic non-digits for the reject class: letters, signs, scribbles, and digits turned, merged or halved."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.config.shape import CLASSES, SIDE
from core.data.collection import LabelledImages
from core.synthesis import doodles
from core.synthesis.box import fitted
from core.synthesis.pen import Trace, rendered

NO_DIGIT = CLASSES
"""The label of the reject class."""

_SHARES = {
    "letter": 0.57,
    "scribble": 0.07,
    "tangle": 0.05,
    "lines": 0.05,
    "turned": 0.12,
    "merged": 0.1,
    "half": 0.04,
}
"""The kinds of images, as fractions of all; rounding remainders become letters."""
_TURNABLE = {2: (1, 3), 3: (1, 3), 4: (1, 3), 5: (1, 3), 7: (1, 3), 8: (1, 3), 9: (1,), 6: (1,)}
"""The quarter turns after which a digit is no longer a digit."""
_MIRRORED = (3, 4, 6, 7, 9)
"""Digits whose mirror image is not a digit; those of the others are, or nearly so."""
_HALVES = {0: (0, 1, 2, 3), 2: (2,), 3: (1,), 4: (1,), 5: (0,), 7: (0,)}
"""The halves of each digit that are not digits: 0 the upper, 1 the left, 2 the lower, 3 the right half."""
_THINNEST, _BOLDEST = 0.45, 2.4
"""Pen radii in pixels of the 20×20 box."""
_USUAL, _SPREAD, _LIKE_MNIST = 1.15, 0.22, 0.65
"""MNIST's pen radius, the standard deviation of its logarithm, and the share of drawings with such pens. Most digits of
a batch are MNIST's: if most thin lines in it were non-digits, the network would learn to reject thin pens."""


def negatives(part: LabelledImages, count: int, seed: int) -> NDArray[np.uint8]:
    """`count` images (N, 28, 28) uint8 in MNIST's frame, drawn or made from the digits of `part`."""
    random = np.random.default_rng(seed)
    counts = {kind: int(share * count) for kind, share in _SHARES.items()}
    counts["letter"] += count - sum(counts.values())
    found = []
    for kind, number in counts.items():
        if kind in ("turned", "merged", "half"):
            found.append({"turned": _turned, "merged": _merged, "half": _halves}[kind](part, number, random))
            continue
        make = {
            "letter": doodles.letter,
            "scribble": doodles.scribble,
            "tangle": doodles.tangle,
            "lines": doodles.lines,
        }[kind]
        found.append(_drawn([make(random) for _ in range(number)], random))
    return np.concatenate(found)


def _drawn(traces: list[Trace], random: np.random.Generator) -> NDArray[np.uint8]:
    radii = np.exp(random.uniform(np.log(_THINNEST), np.log(_BOLDEST), len(traces)))
    like_mnist = random.random(len(traces)) < _LIKE_MNIST
    usual = np.exp(random.normal(np.log(_USUAL), _SPREAD, len(traces))).clip(_THINNEST, _BOLDEST)
    return rendered(traces, np.where(like_mnist, usual, radii))


def _some(
    part: LabelledImages, digits: list[int], count: int, random: np.random.Generator
) -> tuple[NDArray[np.uint8], list[int]]:
    """`count` random images of `digits`, and the digit of each."""
    members = np.flatnonzero(np.isin(part.labels, digits))
    chosen = random.choice(members, count)
    return part.images[chosen], part.labels[chosen].tolist()


def _turned(part: LabelledImages, count: int, random: np.random.Generator) -> NDArray[np.uint8]:
    """Digits turned by 90° or mirrored."""
    turned, digits = _some(part, list(_TURNABLE), count // 2, random)
    mirrored, _ = _some(part, list(_MIRRORED), count - count // 2, random)
    turns = [random.choice(_TURNABLE[digit]) for digit in digits]
    images = [np.rot90(image, turn) for image, turn in zip(turned, turns, strict=True)]
    return fitted(np.concatenate([np.array(images, np.uint8).reshape(-1, SIDE, SIDE), mirrored[:, :, ::-1]]))


def _merged(part: LabelledImages, count: int, random: np.random.Generator) -> NDArray[np.uint8]:
    """Two digits side by side, one below the other, or one on top of the other."""
    one, _ = _some(part, [*range(10)], count, random)
    two, _ = _some(part, [*range(10)], count, random)
    field = np.zeros((count, 56, 56), np.uint8)
    for index in range(count):
        way = random.integers(3)
        if way:
            # Two loops, one above the other, are an 8; a 1 may pass for a stroke of the digit under it; two equal
            # digits on top of each other are one digit.
            upper, lower = ([1, 2, 3, 4, 5, 7], [*range(10)]) if way == 1 else ([0, 3, 6, 8], [2, 4, 5, 7, 9])
            one[index], two[index] = _some(part, upper, 1, random)[0][0], _some(part, lower, 1, random)[0][0]
        apart = random.integers(15, 21) if way < 2 else 0
        aside = random.integers(-3, 4)
        down, across = [(aside, apart), (apart, aside), (random.integers(-4, 5), aside)][way]
        place = field[index]
        place[6:34, 6:34] = one[index]
        second = place[6 + down : 34 + down, 6 + across : 34 + across]
        np.maximum(second, two[index], out=second)
    return fitted(field)


def _halves(part: LabelledImages, count: int, random: np.random.Generator) -> NDArray[np.uint8]:
    """Digits with about half of the image erased."""
    images, digits = _some(part, list(_HALVES), count, random)
    found = np.zeros_like(images)
    for index, (image, digit) in enumerate(zip(images, digits, strict=True)):
        turns = -int(random.choice(_HALVES[digit]))  # turned so that the half that stays is on top
        seen = np.rot90(image, turns)
        kept = seen.copy()
        kept[14 + random.integers(-2, 3) :] = 0
        found[index] = np.rot90(kept, -turns)
    return fitted(found)
