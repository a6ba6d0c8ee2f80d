"""Connected pieces of ink, and which of them are specks of dust rather than parts of a digit."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_LARGEST = 256
"""Pieces are told apart in a picture of at most this side; more would only tell finer dust."""
_SPECK = 0.02
"""A piece with less than this part of the largest one's ink is a speck."""


def without_specks(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A (H, W) uint8 image, ink bright on 0, without pieces that have too little ink to be a part of a digit."""
    height, width = image.shape
    factor = -(-max(height, width) // _LARGEST)
    labels = pieces(_blocks(image > 0, factor))
    if factor > 1:
        labels = labels.repeat(factor, axis=0).repeat(factor, axis=1)[:height, :width]
    masses = np.bincount(labels.ravel(), weights=image.ravel())
    specks = masses < _SPECK * masses.max(initial=0)
    specks[0] = False  # no piece, but what lies between them
    return np.where(specks[labels], np.uint8(0), image) if specks.any() else image


def _blocks(mask: NDArray[np.bool_], factor: int) -> NDArray[np.bool_]:
    """Of each square block of `factor` × `factor` pixels whether anything is in the mask (H, W)."""
    if factor == 1:
        return mask
    rows, columns = (-(-side // factor) for side in mask.shape)
    padded = np.zeros((rows * factor, columns * factor), bool)
    padded[: mask.shape[0], : mask.shape[1]] = mask
    return np.asarray(padded.reshape(rows, factor, columns, factor).any(axis=(1, 3)))


def pieces(mask: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Labels (H, W) int32 of the 8-connected pieces of a mask: 0 outside, 1, 2, … inside.

    Runs of each row are joined to those they touch in the row above (union-find), so that the cost is that of
    the runs, a few for each row of a digit, and not of the pixels.
    """
    height, width = mask.shape
    padded = np.zeros((height, width + 2), np.int8)
    padded[:, 1:-1] = mask
    change = np.diff(padded, axis=1).ravel()
    starts, ends = np.flatnonzero(change == 1), np.flatnonzero(change == -1)
    rows = (starts // (width + 1)).tolist()
    parents = list(range(len(rows)))

    def root(run: int) -> int:
        while parents[run] != run:
            parents[run] = parents[parents[run]]
            run = parents[run]
        return run

    # Positions count along the rows, one more a row than the mask is wide; a row further up is this far back.
    first, last = starts.tolist(), ends.tolist()
    above = 0
    for run, row in enumerate(rows):
        begin, end = first[run] - (width + 1), last[run] - (width + 1)
        while above < run and (rows[above] < row - 1 or (rows[above] == row - 1 and last[above] < begin)):
            above += 1
        other = above
        while other < run and rows[other] == row - 1 and first[other] <= end:
            parents[root(other)] = root(run)
            other += 1
    names: dict[int, int] = {}
    numbers = [names.setdefault(root(run), len(names) + 1) for run in range(len(rows))]
    labels = np.zeros(height * width, np.int32)
    for run, number in enumerate(numbers):
        offset = rows[run]  # the difference between the two ways to count
        labels[first[run] - offset : last[run] - offset] = number
    return labels.reshape(height, width)
