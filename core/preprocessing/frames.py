"""Lines drawn round an image, as scans of forms and cut-out boxes have them: found, and taken for paper again."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.preprocessing.paper import otsu

Grey = NDArray[np.uint8]

_DEEPEST = 0.2
"""A frame ends within this part of the shorter side; a digit that is as wide and high as its image may go deeper."""
_LINE, _CUT_LINE = 0.85, 0.97
"""Share of a ring of pixels that is of the line for it to be a frame: hand-drawn ones have gaps, but not one along
which the image was cut out."""
_PAPER = 0.9
"""The same of paper, inside and outside of the line: the ring of a bold 0 is rounder than that."""
_LEAST_INSIDE = 0.005
"""Share of the area inside that is neither a frame nor paper: without it the frame is what was drawn, such as a 0."""


def without_frame(image: Grey) -> Grey:
    """A (H, W) uint8 image, of either polarity, with a frame along its edges replaced by paper; else the same array.

    Rings of pixels are looked at from outside inwards: a frame is some that are of one of the image's two classes
    (N. Otsu, 1979) nearly all round, and then one nearly all round of the other. Outside of it there may be paper.
    """
    depth = int(_DEEPEST * min(image.shape))
    if depth < 2 or image.max() == image.min():
        return image
    level = otsu(image)
    dark = np.asarray(image <= level)
    shares = _rings(dark, depth)
    for line_is_dark in (True, False):
        # How much of each ring is of the colour that the line may have.
        shares_of_line = shares if line_is_dark else 1 - shares
        inside = _inside(shares_of_line)
        if inside is None:
            continue
        held = dark[inside:-inside, inside:-inside] == line_is_dark
        if not _LEAST_INSIDE <= held.mean() <= 0.5:
            continue
        ring = _ring(image, inside)
        paper = ring[(ring <= level) != line_is_dark]
        found = np.full_like(image, np.uint8(np.median(paper)))
        found[inside:-inside, inside:-inside] = image[inside:-inside, inside:-inside]
        return found
    return image


def _inside(shares: NDArray[np.float64]) -> int | None:
    """The first ring within a frame whose line covers `shares` of each ring, from outside inwards; None without one.

    The line's soft inner edge still belongs to the frame.
    """
    first = 0
    if shares[0] < _CUT_LINE:
        lines = np.flatnonzero(shares >= _LINE)
        if not len(lines) or (shares[: max(1, lines[0] - 1)] > 1 - _PAPER).any():  # its soft outer edge aside
            return None  # there is no line, or what is outside of it is no margin of paper
        first = int(lines[0])
    bare = np.flatnonzero(shares[first:] <= 1 - _PAPER)
    return min(first + int(bare[0]) + 1, len(shares) - 1) if len(bare) else None


def _rings(mask: NDArray[np.bool_], depth: int) -> NDArray[np.float64]:
    """Of each of the `depth` outermost rings of pixels the part that is in the mask, 0 to 1."""
    rings = (_ring(mask, each) for each in range(depth))
    return np.array([np.count_nonzero(ring) / ring.size for ring in rings])


def _ring(image: NDArray[Any], depth: int) -> NDArray[Any]:
    end_row, end_column = image.shape[0] - 1 - depth, image.shape[1] - 1 - depth
    inner = slice(depth, image.shape[1] - depth)
    return np.concatenate(
        [
            image[depth, inner],
            image[end_row, inner],
            image[depth + 1 : end_row, depth],
            image[depth + 1 : end_row, end_column],
        ]
    )
