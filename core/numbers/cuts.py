"""Where digits that touch may be cut apart: paths from top to bottom through little ink, slanted where that pays.

A path goes down a row at a time, straight or to one side, and costs the ink under it. For each column the
cheapest path through it at half height is found by dynamic programming from above and from below, and the local
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
_LEAST = 0.12
"""Cuts are at least this part of the line's height apart, and from the ends."""
_MOST_EACH = 4.0
"""As many cuts are kept as this times the number of line heights that the piece is wide."""


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
    row = height // 2
    through = above[row] + below[row] - cost[row]
    apart = max(2, round(_LEAST * line))
    most = max(1, round(_MOST_EACH * width / line))
    found: list[int] = []
    for column in np.argsort(through, kind="stable").tolist():
        if not apart <= column < width - apart or through[column] > _DEAREST * line:
            continue
        if all(abs(column - other) >= apart for other in found) and _is_valley(through, column, apart):
            found.append(column)
        if len(found) == most:
            break
    return [(float(through[column]), _path(above, below, row, column)) for column in sorted(found)]


def _is_valley(through: Real, column: int, apart: int) -> bool:
    """Whether no column nearby is better; of equal ones the first that is asked for is taken."""
    near = through[max(0, column - apart // 2) : column + apart // 2 + 1]
    return bool(through[column] <= near.min() + 1e-3)


def _down(cost: Real) -> Real:
    """(H, W): the cost of the cheapest path from the first row to each pixel, that pixel's own included."""
    total = cost.copy()
    for row in range(1, len(cost)):
        last = total[row - 1]
        best = last.copy()
        np.minimum(best[1:], last[:-1] + _ASIDE, out=best[1:])
        np.minimum(best[:-1], last[1:] + _ASIDE, out=best[:-1])
        total[row] += best
    return total


def _path(above: Real, below: Real, row: int, column: int) -> NDArray[np.int64]:
    """(H,) columns of the cheapest path through (row, column)."""
    path = np.full(len(above), column, np.int64)
    for rows, costs in ((range(row - 1, -1, -1), above), (range(row + 1, len(above)), below)):
        at = column
        for each in rows:
            low = max(0, at - 1)
            near = costs[each, low : at + 2] + _ASIDE * (np.arange(low, min(at + 2, costs.shape[1])) != at)
            at = low + int(near.argmin())
            path[each] = at
    return path
