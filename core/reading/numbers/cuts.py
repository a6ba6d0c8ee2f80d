"""Where touching digits may be cut apart: paths from top to bottom through little ink, slanted if that pays.

A path goes down one row at a time, straight or one column aside, and costs the ink under it. For each column, dynamic
programming from above and from below finds the cheapest path through it at half height. The local minima over all
columns are the cuts, such as a path that goes around the ink of one digit and across a thin joint.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from core.reading.numbers.atom import Atom, Grey, atom

Real = NDArray[np.float32]

_NARROW = 0.6
"""A piece narrower than this part of its own height or the line's, whichever is smaller, is hardly two digits."""
_ASIDE = np.float32(0.15)
"""The cost of a step aside, in pixels of ink, so that paths do not wander."""
_DEAREST = 0.9
"""A path through more ink than this part of the line's height cuts a digit lengthwise."""
_LEAST = 0.12
"""Cuts are at least this part of the line's height away from each other and from the ends."""
_MOST_EACH = 4.0
"""Most cuts for each line height of a piece's width."""


def pieces_of(whole: Atom, line: int) -> list[Atom]:
    """The pieces between the possible cuts of an atom, from left to right; the atom itself if there are none.

    `line` is the height of the line of digits, in pixels.
    """
    if whole.width < _NARROW * min(whole.height, line):
        return [whole]
    seams = _seams(whole.ink, line)
    if not seams:
        return [whole]
    columns = np.arange(whole.width)
    # Each path is found on its own, so two may cross: beyond that point the right one follows the left one.
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
    """The ink cut through and the column in each row, (H,), of each path worth trying, from left to right."""
    height, width = ink.shape
    cost = ink.astype(np.float32) / np.float32(255)
    above, below = _both_ways(cost)
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
    """Whether no column nearby is cheaper; of equal ones the caller takes the first that it asks about."""
    near = through[max(0, column - apart // 2) : column + apart // 2 + 1]
    return bool(through[column] <= near.min() + 1e-3)


def _both_ways(cost: Real) -> tuple[Real, Real]:
    """(H, W) each: the costs of the cheapest paths from the first and from the last row to each pixel, inclusive."""
    height, width = cost.shape
    total = np.full((height, 2, width + 2), np.inf, np.float32)  # infinite beyond the ends of a row
    total[:, 0, 1:-1], total[:, 1, 1:-1] = cost, cost[::-1]
    best = np.empty((2, width), np.float32)
    for last, each in pairwise(total):
        np.minimum(last[:, :-2], last[:, 2:], out=best)
        best += _ASIDE
        np.minimum(best, last[:, 1:-1], out=best)
        each[:, 1:-1] += best
    return total[:, 0, 1:-1], total[::-1, 1, 1:-1]


def _path(above: Real, below: Real, row: int, column: int) -> NDArray[np.int64]:
    """(H,) int64, the columns of the cheapest path through (row, column)."""
    last = above.shape[1] - 1
    halves = []
    for costs in (above[:row][::-1], below[row + 1 :]):
        at, half = column, []
        for straight, aside in zip(costs.tolist(), (costs + _ASIDE).tolist(), strict=True):
            here, cheapest = at, straight[at]
            if here < last and aside[here + 1] < cheapest:
                at, cheapest = here + 1, aside[here + 1]
            if here > 0 and aside[here - 1] <= cheapest:  # of equal ones the left one
                at = here - 1
            half.append(at)
        halves.append(half)
    return np.array([*halves[0][::-1], column, *halves[1]])
