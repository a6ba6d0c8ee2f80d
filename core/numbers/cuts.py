"""Where digits that touch may be cut apart: paths from top to bottom through little ink, slanted where that pays.

A path goes down a row at a time, and to either side as far as it likes, and costs the ink under it. For each column
the cheapest path through it at some height is found by dynamic programming from above and from below, and the local
minima over all columns are taken; a path that goes around the ink of one digit and across a thin joint is one.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from core.numbers.atom import Atom, Grey, atom

Real = NDArray[np.float32]

_NARROW = 0.6
"""What is narrower than this part of its height, or of the line's, is hardly two digits."""
_ASIDE = np.float32(0.15)
"""A step to one side costs as much as so many pixels of ink, so that paths do not wander."""
_DEAREST = 0.9
"""A path through more ink than this part of the line's height cuts a digit lengthwise."""
_LEAST = 0.1
"""Cuts are at least this part of the line's height from the ends, and on average half of it apart."""
_MOST_EACH = 6.0
"""As many cuts are kept as this times the number of line heights that the piece is wide."""
_HEIGHTS = (0.25, 0.5, 0.75)
"""Parts of the height at which paths are looked for: one over the belly of a 2 is no minimum further down."""


def pieces_of(whole: Atom, line: int) -> list[Atom]:
    """What possible cuts leave of an atom, from left to right; the atom itself where there are none.

    `line` is the height of the line of digits, in pixels.
    """
    if whole.width < _NARROW * min(whole.height, line):
        return [whole]
    seams = _seams(whole.ink, line)
    if not seams:
        return [whole]
    columns = np.arange(whole.width)
    # Paths that were found apart from each other may cross: from there on the left one follows the right one.
    paths = np.maximum.accumulate(np.stack([path for _, path in seams]), axis=0)
    edges = [np.full(whole.height, -1), *paths, np.full(whole.height, whole.width)]
    costs = [whole.cut_left, *(cost for cost, _ in seams), whole.cut_right]
    found = []
    for (left, right), (before, after) in zip(pairwise(edges), pairwise(costs), strict=True):
        inside = (columns > left[:, None]) & (columns <= right[:, None])
        piece = atom(np.where(inside, whole.ink, np.uint8(0)), whole.left, whole.top, before, after)
        if piece is not None:
            found.append(piece)
    return found


def _seams(ink: Grey, line: int) -> list[tuple[float, NDArray[np.int64]]]:
    """The ink cut through and the column at each row, (H,), of the paths worth trying, from left to right."""
    height, width = ink.shape
    cost = ink.astype(np.float32) / np.float32(255)
    above, below = _down(cost), _down(cost[::-1])[::-1]
    apart = max(2, round(_LEAST * line))
    most = max(1, round(_MOST_EACH * width / line))
    valleys: list[tuple[float, int, int]] = []
    for row in sorted({int(part * height) for part in _HEIGHTS}):
        through = above[row] + below[row] - cost[row]
        valleys += [
            (float(through[column]), row, column)
            for column in range(apart, width - apart)
            if through[column] <= _DEAREST * line and _is_valley(through, column, apart)
        ]
    found: list[tuple[float, NDArray[np.int64]]] = []
    for dear, row, column in sorted(valleys):
        path = _path(cost, above, below, row, column)
        if all(np.abs(path - other).mean() >= apart / 2 for _, other in found):
            found.append((dear, path))
        if len(found) == most:
            break
    return sorted(found, key=lambda each: float(each[1].mean()))


def _is_valley(through: Real, column: int, apart: int) -> bool:
    """Whether no column nearby is better."""
    near = through[max(0, column - apart // 2) : column + apart // 2 + 1]
    return bool(through[column] <= near.min() + 1e-3)


def _down(cost: Real) -> Real:
    """(H, W): the cost of the cheapest path from the first row to each pixel, that pixel's own included."""
    total = np.empty_like(cost)
    before = np.zeros(cost.shape[1], np.float32)
    for row, own in enumerate(cost):
        straight = before + own
        # Sums along the row up to and including, and up to but without, each pixel: their difference is a way aside.
        after = np.cumsum(own + _ASIDE, dtype=np.float32)
        until = after - own - _ASIDE
        from_left = after + np.minimum.accumulate(straight - after)
        from_right = np.minimum.accumulate((straight + until)[::-1])[::-1] - until
        before = total[row] = np.minimum(straight, np.minimum(from_left, from_right))
    return total


def _path(cost: Real, above: Real, below: Real, row: int, column: int) -> NDArray[np.int64]:
    """(H,) columns of the cheapest path through (row, column): where it comes into each row, seen from there."""
    height = len(cost)
    path = np.full(height, column, np.int64)
    along = np.cumsum(cost + _ASIDE, axis=1, dtype=np.float32)
    for rows, towards in ((range(row, -1, -1), above), (range(row, height), below)):
        at = column
        for each in rows:
            path[each] = at
            ahead = each + (rows[1] - rows[0] if len(rows) > 1 else 0)
            further = towards[ahead] if 0 <= ahead < height and ahead != each else 0
            at = int((further + cost[each] + np.abs(along[each] - along[each, at])).argmin())
    return path
