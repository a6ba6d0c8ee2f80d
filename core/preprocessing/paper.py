"""Telling dark ink from paper in a grey image: how bright the paper is where, and what is noise."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Grey = NDArray[np.uint8]
Real = NDArray[np.float32]

COARSE = 48
"""Side, in pixels, of the small picture in which light is studied: light changes slowly."""
_EVEN = 3
"""Grey levels by which even paper may vary (rounding, compression)."""
_FLAT = 0.15
"""Neighbours that differ by less than this part of the ink's depth are no edge of a stroke."""
_SHADE = 0.05
"""Share of the page that must be flat and of a middling brightness for it to be in shade."""
_LEAST_LIT = 12
"""Side, in pixels, below which no light is looked for: so coarse an image is all edges, and no photograph."""
_WIDEST_STROKE = 0.35
"""Width of the boldest stroke, as part of the image's longer side."""
_LEAST_INK = 0.2
"""Ink fainter than this part of the strongest, and not beside stronger ink, is taken for noise."""
_NOISE = 5.0
"""Ink must stand out of the paper's noise by this many standard deviations."""
_LEAST_CONTRAST = 6 / 255
"""Share of the paper's brightness that the strongest ink must take away for there to be a drawing."""

_BINS = 256
_STEPS = np.arange(_BINS + 1.0)
_LEVELS = np.arange(256, dtype=np.uint8)
_LARGE = 1 << 14
"""Pixels from which Pillow counts levels faster than numpy, which makes whole numbers of them first."""
_FINEST = (1 << 16) - 1


def ink_on_paper(image: Grey) -> Grey:
    """How much ink is where, 0 (paper) to 255, from a (H, W) uint8 image of dark ink on brighter paper.

    Light falls on the page as a factor, so ink is what part of the paper's brightness is missing. Noise
    becomes 0; the strongest ink is not stretched to 255. All zero where no ink stands out.
    """
    counts = _counts(image)
    paper = _paper(image, counts)
    if isinstance(paper, int):  # even: ink goes by the grey level alone, so that 256 of them are worked on
        ink = 1 - _LEVELS / np.float32(paper)
        ordered = None if 2 * counts[paper] > image.size else np.repeat(ink[::-1], counts[::-1])
        strongest = ink[int((counts > 0).argmax())]
    else:
        ink = 1 - image / paper
        ordered = _in_order(ink)
        strongest = ordered[-1]

    def spread(found: NDArray[Any]) -> NDArray[Any]:
        return found.take(image) if isinstance(paper, int) else found

    # Where more than half of all pixels are of the paper's very level, as in a drawing, that decides every median.
    level, noise = (0.0, 0.0) if ordered is None else _level_and_noise(ordered)
    ink = ink - level
    peak = float(strongest - level)
    strong = ink >= max(_LEAST_INK * peak, _NOISE * noise)
    if peak < _LEAST_CONTRAST or not spread(strong).any():
        return np.zeros(image.shape, np.uint8)
    # Antialiasing spreads an edge over one pixel: fainter ink than that is kept beside strong ink only.
    kept = grown(spread(strong)) & spread(ink > 2 * noise)
    grey = (np.clip(ink, 0, 1) * 255 + 0.5).astype(np.uint8)
    return np.where(kept, spread(grey), np.uint8(0))


def _in_order(values: NDArray[Any]) -> NDArray[Any]:
    """All of them, the lowest first; of a photograph's million each to one of 65,536 steps, in a tenth of the time."""
    low, high = float(values.min()), float(values.max())
    if values.size < _LARGE or low == high:
        return np.sort(values, axis=None)
    step = (high - low) / _FINEST
    counts = np.bincount(((values - np.float32(low)) / np.float32(step) + np.float32(0.5)).astype(np.uint16).ravel())
    return np.repeat((low + step * np.arange(len(counts))).astype(np.float32), counts)


def grown(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The mask (H, W) with the eight neighbours of each of its pixels."""
    wide = mask.copy()
    wide[:, 1:] |= mask[:, :-1]
    wide[:, :-1] |= mask[:, 1:]
    high = wide.copy()
    high[1:] |= wide[:-1]
    high[:-1] |= wide[1:]
    return high


def otsu(image: NDArray[np.generic]) -> float:
    """The level that splits the values into the two classes of least variance (N. Otsu, 1979).

    The lower class is `image <= level`. Of 256 equal bins between the extremes.
    """
    if image.dtype == np.uint8:
        return _otsu_of_counts(_counts(image.astype(np.uint8, copy=False)))
    return _otsu_of_ordered(np.sort(image, axis=None))


def _otsu_of_counts(counts: NDArray[np.int64]) -> float:
    """Of how many pixels there are of each of the 256 levels."""
    levels = np.flatnonzero(counts)
    low, high = float(levels[0]), float(levels[-1])
    if high <= low:
        return low
    edges = _edges(low, high)
    below = counts.cumsum()
    below[:-1] = below[np.ceil(edges[1:-1]).astype(np.intp) - 1]  # the highest level that is less than the edge
    return _best_edge(below, edges)


def _otsu_of_ordered(values: NDArray[Any]) -> float:
    low, high = float(values[0]), float(values[-1])
    if high <= low:
        return low
    edges = _edges(low, high)
    if values.dtype == np.float32:
        edges = edges.astype(np.float32)
    return _best_edge(np.append(values.searchsorted(edges[1:-1]), len(values)), edges)


def _edges(low: float, high: float) -> NDArray[np.float64]:
    """Those of the bins, as `np.histogram` has them."""
    edges = _STEPS * ((high - low) / _BINS) + low
    edges[-1] = high
    return edges


def _best_edge(below: NDArray[np.int64], edges: NDArray[np.floating]) -> float:
    """`below` says how many values lie in each of the bins between `edges` or in a lower one."""
    counts = below.copy()
    counts[1:] -= below[:-1]
    weighted = np.cumsum(counts * (edges[:-1] + edges[1:]) / 2)
    # Nothing is above the last bin, and something in the first: both classes have members.
    lower, total = below[:-1], below[-1]
    between = (weighted[-1] * lower / total - weighted[:-1]) ** 2 / (lower * (total - lower))
    best = (between >= between.max() * (1 - 1e-9)).nonzero()[0]
    return float(edges[1:][best[len(best) // 2]])  # the middle of a plateau: empty bins between two levels


def _counts(image: Grey) -> NDArray[np.int64]:
    """(256,): how many pixels have each grey level."""
    if image.size < _LARGE:
        return np.bincount(image.ravel(), minlength=256)
    return np.array(Image.fromarray(image).histogram(), np.int64)


def _paper(image: Grey, counts: NDArray[np.int64]) -> Real | int:
    """The paper's brightness, at least 1: one level where it is even, else a smooth surface, one for each pixel.

    `counts` says how many pixels have each level.
    """
    bright = counts.copy()
    if np.count_nonzero(counts) > 1:
        bright[: int(_otsu_of_counts(counts)) + 1] = 0
    level = int(bright.argmax())
    small = coarse(image, COARSE)
    even = bright[max(level - _EVEN, 0) : level + _EVEN + 1].sum() >= bright.sum() / 2
    if max(image.shape) < _LEAST_LIT or (even and not _is_shaded(small, level)):
        return max(level, 1)
    # Closing (the largest, then the smallest value around) wipes out whatever is dark and narrower than its
    # window, which strokes are and shadows are not. A plane comes through it unchanged. The second window is
    # larger by a pixel each way, so that the soft edge of a shadow does not count as ink.
    window = max(3, round(max(small.shape) * _WIDEST_STROKE)) | 1
    padded = np.pad(small, window, mode="edge")
    closed = -largest(-largest(padded, window), window + 2)
    return np.maximum(resized(closed[window:-window, window:-window], image.shape), 1)


def _is_shaded(small: Real, level: int) -> bool:
    """Whether there are flat places that are neither of the paper's level nor as dark as the ink."""
    depth = level - float(small.min())
    between = (small > level - 0.75 * depth) & (small < level - max(_EVEN, _FLAT * depth))
    if between.mean() <= _SHADE:
        return False
    flat = largest(small, 3) + largest(-small, 3) < min(10, _FLAT * depth)
    return float((flat & between).mean()) > _SHADE


def _level_and_noise(ordered: NDArray[Any]) -> tuple[float, float]:
    """The ink that bare paper seems to have, and the standard deviation of its noise, from all ink in order.

    Both from the most frequent value of the fainter class and what lies below that, where there is no ink
    (1.4826 medians of a half normal distribution are its standard deviation).
    """
    bare = ordered[: np.searchsorted(ordered, ordered.dtype.type(_otsu_of_ordered(ordered)), "right")]
    low, high = bare[0], bare[-1]
    edges = np.linspace(low, high, 65, dtype=np.float32) if low < high else np.array([low, high])
    # Bins without their upper edges, but the last.
    places = np.append(np.searchsorted(bare, edges[:-1]), len(bare))
    most = int(np.diff(places).argmax())
    level = _median(bare[places[most] : np.searchsorted(bare, edges[most + 1], "right")])
    return level, 1.4826 * _median(np.float32(level) - bare[: np.searchsorted(bare, np.float32(level), "right")])


def _median(ordered: NDArray[np.floating]) -> float:
    """Of values in order, at least one."""
    return float((ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2)


def coarse(image: Grey, side: int) -> Real:
    """The image averaged in square blocks, so that no side is over `side` pixels."""
    factor = -(-max(image.shape) // side)
    small = image if factor == 1 else np.asarray(Image.fromarray(image).reduce(factor))
    return small.astype(np.float32)


def resized(image: Real, shape: tuple[int, ...]) -> Real:
    return np.asarray(Image.fromarray(image).resize((shape[1], shape[0]), Image.Resampling.BILINEAR))


def largest(image: Real, window: int) -> Real:
    """At each pixel the largest value of the square of `window` (odd) pixels around it, as far as the image goes."""
    down = image.copy()
    for shift in range(1, min(window // 2, len(image) - 1) + 1):
        np.maximum(down[shift:], image[:-shift], out=down[shift:])
        np.maximum(down[:-shift], image[shift:], out=down[:-shift])
    across = down.copy()
    for shift in range(1, min(window // 2, image.shape[1] - 1) + 1):
        np.maximum(across[:, shift:], down[:, :-shift], out=across[:, shift:])
        np.maximum(across[:, :-shift], down[:, shift:], out=across[:, :-shift])
    return across
