"""Removes frames: lines around an image, as in scanned forms and boxes cut out of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.preprocessing.median import median
from core.preprocessing.paper import otsu

Grey = NDArray[np.uint8]

_DEEPEST = 0.2
"""Share of the shorter side within which a frame must end; a digit that fills its image may reach deeper."""
_LINE, _CUT_LINE = 0.85, 0.97
"""Minimum share of line pixels in a ring for it to be a frame: hand-drawn frames have gaps, but a frame along which the
image was cut out has none."""
_PAPER = 0.9
"""Minimum share of paper pixels in the rings inside and outside the line; the rings of a bold 0 have less."""
_LEAST_INSIDE = 0.005
"""Minimum share of the area inside the frame that is ink; with less, the frame is the drawing itself, such as a 0."""


def without_frame(image: Grey) -> Grey:
    """A (H, W) uint8 image, of either polarity, with a frame along its edges replaced by paper; else the same array.

    Examines rings of pixels from the outside in. A frame is one or more rings that belong nearly all round to one of
    the image's two classes (N. Otsu, 1979), followed by one that belongs nearly all round to the other. There may be
    paper outside the frame.
    """
    depth = int(_DEEPEST * min(image.shape))
    if depth < 2 or image.max() == image.min():
        return image
    level = otsu(image)
    dark = np.asarray(image <= level)
    shares = _rings(dark, depth)
    for line_is_dark in (True, False):
        shares_of_line = shares if line_is_dark else 1 - shares
        inside = _inside(shares_of_line)
        if inside is None:
            continue
        held = dark[inside:-inside, inside:-inside] == line_is_dark
        if not _LEAST_INSIDE <= held.mean() <= 0.5:
            continue
        ring = _ring(image, inside)
        paper = ring[(ring <= level) != line_is_dark]
        found = np.full_like(image, np.uint8(median(paper)))
        found[inside:-inside, inside:-inside] = image[inside:-inside, inside:-inside]
        return found
    return image


def _inside(shares: NDArray[np.float64]) -> int | None:
    """The index of the first ring inside a frame; None if there is no frame.

    `shares` is the share of line pixels in each ring, from the outside in. The line's soft inner edge belongs to the
    frame.
    """
    first = 0
    if shares[0] < _CUT_LINE:
        lines = np.flatnonzero(shares >= _LINE)
        if not len(lines) or (shares[: max(1, lines[0] - 1)] > 1 - _PAPER).any():  # without the soft outer edge
            return None  # there is no line, or no margin of paper outside it
        first = int(lines[0])
    bare = np.flatnonzero(shares[first:] <= 1 - _PAPER)
    return min(first + int(bare[0]) + 1, len(shares) - 1) if len(bare) else None


def _rings(mask: NDArray[np.bool_], depth: int) -> NDArray[np.float64]:
    """The share of mask pixels in each of the `depth` outermost rings, (depth,), 0 to 1."""
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
