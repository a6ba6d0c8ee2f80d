"""The smallest pieces of a drawing, never divided further: strokes, connected components, or pieces between cuts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.preprocessing.bounding_box import bounding_box

Grey = NDArray[np.uint8]

_TINY = 0.25
"""A piece whose width and height are both below this part of the tallest piece's height is a dot, never a digit."""
_NEAR = 0.2
"""A dot at least this part of that height away from all digits belongs to none."""
_MOST = 24
"""A drawing with more pieces is not a number but shading, text or noise."""
_UPON = 0.5
"""Pieces that overlap by this part of the narrower one's width are one digit if they cross or lie above each other."""
_CROSSING = 0.09
"""Strokes cross if they share at least a square with this side, a part of the taller one's height: nearly a brush."""
_DRAWN = 127
"""Grey level over which a pixel counts as drawn."""


@dataclass(frozen=True)
class Atom:
    """Ink in its bounding box."""

    left: int
    top: int
    ink: Grey
    """(height, width) uint8, bright on 0; other atoms' ink in the same box is not included."""
    cut_left: float = 0.0
    """The ink, in pixels of full ink, that was cut through to separate it from its neighbour on the left."""
    cut_right: float = 0.0
    """The same on the right."""

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
        """The first column to its right."""
        return self.left + self.width

    @property
    def bottom(self) -> int:
        """The first row below it."""
        return self.top + self.height

    @property
    def middle(self) -> tuple[float, float]:
        """(x, y) of the box's centre."""
        return self.left + self.width / 2, self.top + self.height / 2


def atom(ink: Grey, left: int = 0, top: int = 0, cut_left: float = 0.0, cut_right: float = 0.0) -> Atom | None:
    """The atom of a bitmap (H, W) whose corner is at (left, top), cropped to its ink; None if it has none."""
    box = bounding_box(ink)
    return None if box is None else Atom(left + box.left, top + box.top, box.cut(ink), cut_left, cut_right)


def joined(atoms: Sequence[Atom]) -> Atom:
    """One or more atoms, in order from left to right, as one piece."""
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
    """`atoms` from left to right, with certain parts of one digit joined, and without distant dots.

    Empty if there are too many pieces for a number.
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
    """The number of pixels with ink of both."""
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
    """`atoms`, with those joined that cross each other or lie one above the other."""
    done: list[Atom] = []
    for each in atoms:
        at = 0
        while at < len(done):
            if _is_upon(each, done[at]):
                each, at = joined([done.pop(at), each]), 0  # the larger piece may cross others
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
    """Pixels between the two boxes, the larger of across and down; 0 or less if they overlap."""
    across = max(one.left, other.left) - min(one.right, other.right)
    down = max(one.top, other.top) - min(one.bottom, other.bottom)
    return max(across, down)
