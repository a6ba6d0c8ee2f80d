"""The smallest pieces of a drawing, never divided further: strokes, connected components, or parts left by a cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.preprocessing.bounding_box import bounding_box

Grey = NDArray[np.uint8]

_TINY = 0.25
"""A piece that is smaller than this part of the tallest one's height, both ways, is a dot: never a digit."""
_NEAR = 0.2
"""A dot that is as far as this part of that height belongs to no digit."""
_MOST = 24
"""Drawings that fall into more pieces are no numbers of some digits, but shading, text or noise."""
_UPON = 0.5
"""Pieces that share this part of the narrower one's width are one digit, where they cross or lie above each other."""
_CROSSING = 0.09
"""Side, as part of the taller one's height, of the square that strokes which cross have in common: nearly a brush."""
_DRAWN = 127
"""Grey level over which a pixel counts as drawn."""


@dataclass(frozen=True)
class Atom:
    """Ink in its bounding box."""

    left: int
    top: int
    ink: Grey
    """(height, width) uint8, bright on 0; where another atom's ink lies in the same box it is not included."""
    cut_left: float = 0.0
    """How much ink, in pixels of full ink, was cut through to free it from what is left of it."""
    cut_right: float = 0.0
    """The same on its right side."""

    @property
    def width(self) -> int:
        """In pixels, at least 1."""
        return int(self.ink.shape[1])

    @property
    def height(self) -> int:
        """In pixels, at least 1."""
        return int(self.ink.shape[0])

    @property
    def right(self) -> int:
        """The first column that is not its own any more."""
        return self.left + self.width

    @property
    def bottom(self) -> int:
        """The first row that is not its own any more."""
        return self.top + self.height

    @property
    def middle(self) -> tuple[float, float]:
        """(x, y) of the box's middle."""
        return self.left + self.width / 2, self.top + self.height / 2


def atom(ink: Grey, left: int = 0, top: int = 0, cut_left: float = 0.0, cut_right: float = 0.0) -> Atom | None:
    """The atom of a bitmap (H, W) that begins at (left, top), cropped to its ink; None where there is none."""
    box = bounding_box(ink)
    return None if box is None else Atom(left + box.left, top + box.top, box.cut(ink), cut_left, cut_right)


def joined(atoms: Sequence[Atom]) -> Atom:
    """At least one atom, in order from left to right, as one piece."""
    if len(atoms) == 1:
        return atoms[0]
    left, top = min(each.left for each in atoms), min(each.top for each in atoms)
    right, bottom = max(each.right for each in atoms), max(each.bottom for each in atoms)
    ink = np.zeros((bottom - top, right - left), np.uint8)
    for each in atoms:
        part = ink[each.top - top : each.bottom - top, each.left - left : each.right - left]
        np.maximum(part, each.ink, out=part)
    return Atom(left, top, ink, atoms[0].cut_left, atoms[-1].cut_right)


def in_order(atoms: Sequence[Atom]) -> list[Atom]:
    """From left to right, with those that are one digit for certain put together, and without far dots.

    Empty where there are so many pieces that it is no number.
    """
    if len(atoms) > 2 * _MOST:
        return []
    atoms = _stacked(atoms)
    tallest = max((each.height for each in atoms), default=0)
    whole = [each for each in atoms if max(each.width, each.height) >= _TINY * tallest]
    for dot in atoms:
        if max(dot.width, dot.height) < _TINY * tallest:
            nearest = min(range(len(whole)), key=lambda index: _distance(dot, whole[index]))
            if _distance(dot, whole[nearest]) < _NEAR * tallest:
                whole[nearest] = joined([whole[nearest], dot])
    return [] if len(whole) > _MOST else sorted(whole, key=lambda each: each.middle)


def shared(one: Atom, other: Atom) -> int:
    """Pixels that have ink of both."""
    left, right = max(one.left, other.left), min(one.right, other.right)
    top, bottom = max(one.top, other.top), min(one.bottom, other.bottom)
    if left >= right or top >= bottom:
        return 0
    mine, others = (
        each.ink[top - each.top : bottom - each.top, left - each.left : right - each.left] > _DRAWN
        for each in (one, other)
    )
    return int(np.count_nonzero(mine & others))


def _stacked(atoms: Sequence[Atom]) -> list[Atom]:
    """With those put together that cross each other, or lie one above the other."""
    done: list[Atom] = []
    for each in atoms:
        at = 0
        while at < len(done):
            if _is_upon(each, done[at]):
                each, at = joined([done.pop(at), each]), 0  # the larger piece may lie upon others
            else:
                at += 1
        done.append(each)
    return done


def _is_upon(one: Atom, other: Atom) -> bool:
    across = min(one.right, other.right) - max(one.left, other.left)
    if across < _UPON * min(one.width, other.width):
        return False
    if max(one.top, other.top) >= min(one.bottom, other.bottom):
        return True
    return shared(one, other) >= (_CROSSING * max(one.height, other.height)) ** 2


def _distance(one: Atom, other: Atom) -> int:
    """Pixels between the two boxes, the longer way of across and down; 0 or less where they overlap."""
    across = max(one.left, other.left) - min(one.right, other.right)
    down = max(one.top, other.top) - min(one.bottom, other.bottom)
    return max(across, down)
