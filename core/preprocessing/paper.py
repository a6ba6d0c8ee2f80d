"""Tells dark ink from paper in a grey image, in uneven light and with noise."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Grey = NDArray[np.uint8]
Real = NDArray[np.float32]

COARSE = 48
"""Side, in pixels, of the reduced image in which light is estimated, since light changes slowly."""
_EVEN = 3
"""Grey levels by which even paper may vary (rounding, compression)."""
_FLAT = 0.15
"""Neighbours that differ by less than this fraction of the ink's depth are not the edge of a stroke."""
_SHADE = 0.05
"""Minimum share of flat places of medium brightness for a page to be partly in shade."""
_LEAST_LIT = 12
"""Side, in pixels, below which the light counts as even: an image that coarse is all edges, and no photograph."""
_WIDEST_STROKE = 0.35
"""Width of the boldest stroke, as a fraction of the image's longer side."""
_LEAST_INK = 0.2
"""Ink fainter than this fraction of the strongest is noise, unless it is next to stronger ink."""
_NOISE = 5.0
"""Ink must differ from the paper by this many standard deviations of the paper's noise."""
_LEAST_CONTRAST = 6 / 255
"""Fraction of the paper's brightness that the strongest ink must absorb for there to be a drawing."""

_BINS = 256
_STEPS = np.arange(_BINS + 1.0)
_LEVELS = np.arange(256, dtype=np.uint8)
_LARGE = 1 << 14
"""Pixels from which Pillow's histogram is faster than NumPy's, which converts to integers first."""
_FINEST = (1 << 16) - 1


def ink_on_paper(image: Grey) -> Grey:
    """The amount of ink at each pixel, 0 (paper) to 255, of a (H, W) uint8 image of dark ink on brighter paper.

    Light acts on the page as a factor, so ink is the fraction of the paper's brightness that is missing. Noise
    becomes 0; the strongest ink is not stretched to 255. All zero if no ink stands out.
    """
    counts = _counts(image)
    paper = _paper(image, counts)
    if isinstance(paper, int):  # even paper: ink depends on the grey level only, so 256 levels stand for all pixels
        ink = 1 - _LEVELS / np.float32(paper)
        ordered = None if 2 * counts[paper] > image.size else np.repeat(ink[::-1], counts[::-1])
        strongest = ink[int((counts > 0).argmax())]
    else:
        ink = 1 - image / paper
        ordered = _in_order(ink)
        strongest = ordered[-1]

    def spread(found: NDArray[Any]) -> NDArray[Any]:
        return found.take(image) if isinstance(paper, int) else found

    # If more than half of the pixels have exactly the paper's level, as in a drawing, every median is that level.
    level, noise = (0.0, 0.0) if ordered is None else _level_and_noise(ordered)
    ink = ink - level
    peak = float(strongest - level)
    strong = ink >= max(_LEAST_INK * peak, _NOISE * noise)
    if peak < _LEAST_CONTRAST or not spread(strong).any():
        return np.zeros(image.shape, np.uint8)
    # Antialiasing spreads an edge over one pixel, so fainter ink is kept only next to strong ink.
    kept = grown(spread(strong)) & spread(ink > 2 * noise)
    grey = (np.clip(ink, 0, 1) * 255 + 0.5).astype(np.uint8)
    return np.where(kept, spread(grey), np.uint8(0))


def _in_order(values: NDArray[Any]) -> NDArray[Any]:
    """All values in ascending order, (N,). Those of a large image are rounded to 65,536 steps: a tenth of the time."""
    low, high = float(values.min()), float(values.max())
    if values.size < _LARGE or low == high:
        return np.sort(values, axis=None)
    step = (high - low) / _FINEST
    counts = np.bincount(((values - np.float32(low)) / np.float32(step) + np.float32(0.5)).astype(np.uint16).ravel())
    return np.repeat((low + step * np.arange(len(counts))).astype(np.float32), counts)


def grown(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The mask (H, W) dilated by one pixel: with the eight neighbours of each of its pixels."""
    wide = mask.copy()
    wide[:, 1:] |= mask[:, :-1]
    wide[:, :-1] |= mask[:, 1:]
    high = wide.copy()
    high[1:] |= wide[:-1]
    high[:-1] |= wide[1:]
    return high


def otsu(image: NDArray[np.generic]) -> float:
    """The level that splits the values into the two classes with the smallest variance within them (N. Otsu, 1979).

    The lower class is `image <= level`. Computed on 256 equal bins between the extremes.
    """
    if image.dtype == np.uint8:
        return _otsu_of_counts(_counts(image.astype(np.uint8, copy=False)))
    return _otsu_of_ordered(np.sort(image, axis=None))


def _otsu_of_counts(counts: NDArray[np.int64]) -> float:
    """Otsu's level from `counts` (256,), the number of pixels of each level."""
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
    """The (257,) edges of the bins, as in `np.histogram`."""
    edges = _STEPS * ((high - low) / _BINS) + low
    edges[-1] = high
    return edges


def _best_edge(below: NDArray[np.int64], edges: NDArray[np.floating]) -> float:
    """Otsu's level among the bins' `edges`; `below` is the number of values in each bin and all lower ones."""
    counts = below.copy()
    counts[1:] -= below[:-1]
    weighted = np.cumsum(counts * (edges[:-1] + edges[1:]) / 2)
    # The last bin has nothing above it and is left out; the first is not empty: both classes have members.
    lower, total = below[:-1], below[-1]
    between = (weighted[-1] * lower / total - weighted[:-1]) ** 2 / (lower * (total - lower))
    best = (between >= between.max() * (1 - 1e-9)).nonzero()[0]
    return float(edges[1:][best[len(best) // 2]])  # the middle of a plateau: empty bins between two levels


def _counts(image: Grey) -> NDArray[np.int64]:
    """The number of pixels of each grey level, (256,)."""
    if image.size < _LARGE:
        return np.bincount(image.ravel(), minlength=256)
    return np.array(Image.fromarray(image).histogram(), np.int64)


def _paper(image: Grey, counts: NDArray[np.int64]) -> Real | int:
    """The paper's brightness, at least 1: a single level if it is even, else a smooth surface (H, W).

    `counts` is the number of pixels of each level.
    """
    bright = counts.copy()
    if np.count_nonzero(counts) > 1:
        bright[: int(_otsu_of_counts(counts)) + 1] = 0
    level = int(bright.argmax())
    small = coarse(image, COARSE)
    even = bright[max(level - _EVEN, 0) : level + _EVEN + 1].sum() >= bright.sum() / 2
    if max(image.shape) < _LEAST_LIT or (even and not _is_shaded(small, level)):
        return max(level, 1)
    # Morphological closing (the maximum, then the minimum of each neighbourhood) removes dark features narrower than
    # its window, which strokes are and shadows are not, and leaves a plane unchanged. The second window is one pixel
    # larger each way, so that the soft edge of a shadow does not count as ink.
    window = max(3, round(max(small.shape) * _WIDEST_STROKE)) | 1
    padded = np.pad(small, window, mode="edge")
    closed = -largest(-largest(padded, window), window + 2)
    return np.maximum(resized(closed[window:-window, window:-window], image.shape), 1)


def _is_shaded(small: Real, level: int) -> bool:
    """Whether enough of the page is flat, but neither as bright as the paper nor as dark as the ink."""
    depth = level - float(small.min())
    between = (small > level - 0.75 * depth) & (small < level - max(_EVEN, _FLAT * depth))
    if between.mean() <= _SHADE:
        return False
    flat = largest(small, 3) + largest(-small, 3) < min(10, _FLAT * depth)
    return float((flat & between).mean()) > _SHADE


def _level_and_noise(ordered: NDArray[Any]) -> tuple[float, float]:
    """The apparent ink of bare paper and the standard deviation of its noise, from all ink values in ascending order.

    Both come from the most frequent value of the fainter class and the values below it, where there is no ink
    (1.4826 × the median of a half-normal distribution is its standard deviation).
    """
    bare = ordered[: np.searchsorted(ordered, ordered.dtype.type(_otsu_of_ordered(ordered)), "right")]
    low, high = bare[0], bare[-1]
    edges = np.linspace(low, high, 65, dtype=np.float32) if low < high else np.array([low, high])
    # Bins exclude their upper edge, except the last.
    places = np.append(np.searchsorted(bare, edges[:-1]), len(bare))
    most = int(np.diff(places).argmax())
    level = _median(bare[places[most] : np.searchsorted(bare, edges[most + 1], "right")])
    return level, 1.4826 * _median(np.float32(level) - bare[: np.searchsorted(bare, np.float32(level), "right")])


def _median(ordered: NDArray[np.floating]) -> float:
    """The median of values in ascending order, at least one."""
    return float((ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2)


def coarse(image: Grey, side: int) -> Real:
    """The image averaged in square blocks until no side is over `side` pixels."""
    factor = -(-max(image.shape) // side)
    small = image if factor == 1 else np.asarray(Image.fromarray(image).reduce(factor))
    return small.astype(np.float32)


def resized(image: Real, shape: tuple[int, ...]) -> Real:
    return np.asarray(Image.fromarray(image).resize((shape[1], shape[0]), Image.Resampling.BILINEAR))


def largest(image: Real, window: int) -> Real:
    """At each pixel, the maximum of the square of `window` (odd) pixels around it, clipped to the image."""
    down = image.copy()
    for shift in range(1, min(window // 2, len(image) - 1) + 1):
        np.maximum(down[shift:], image[:-shift], out=down[shift:])
        np.maximum(down[:-shift], image[shift:], out=down[:-shift])
    across = down.copy()
    for shift in range(1, min(window // 2, image.shape[1] - 1) + 1):
        np.maximum(across[:, shift:], down[:, :-shift], out=across[:, shift:])
        np.maximum(across[:, :-shift], down[:, shift:], out=across[:, :-shift])
    return across
