"""Telling ink from paper in a grey image: which is the darker, how bright the paper is where, what is noise."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from PIL import Image

Grey = NDArray[np.uint8]
Real = NDArray[np.float32]

_COARSE = 48
"""Side, in pixels, of the small picture in which light is studied: light changes slowly."""
_TINY = 16
"""Side of the still smaller one for medians, which cost more."""
_UNCLEAR = 0.15
"""A vote of which each side has at least this share is taken again without the light."""
_EVEN = 3
"""Grey levels by which even paper may vary (rounding, compression)."""
_FLAT = 0.15
"""Neighbours that differ by less than this part of the ink's depth are no edge of a stroke."""
_SHADE = 0.05
"""Part of the page that must be flat and of a middling brightness for it to be in shade."""
_WIDEST_STROKE = 0.35
"""Width of the boldest stroke, as part of the image's longer side."""
_LEAST_INK = 0.2
"""Ink fainter than this part of the strongest, and not beside stronger ink, is taken for noise."""
_NOISE = 5.0
"""Ink must stand out of the paper's noise by this many standard deviations."""
_LEAST_CONTRAST = 6 / 255
"""Part of the paper's brightness that the strongest ink must take away for there to be a drawing."""

_BINS = 256
_STEPS = np.arange(_BINS + 1.0)
_SORTED = 1 << 16
"""Pixels up to which sorting them takes less than `np.histogram`."""


def is_ink_dark(image: Grey) -> bool:
    """Whether a (H, W) uint8 image is dark ink on brighter paper.

    The paper is what covers more: of the whole area and, weighing the same, of the outermost pixels, where
    ink comes only by chance. One alone is fooled: the area by bold digits that fill their crop, the edge by
    drawings that were cut off. Where that is not clear, light may be uneven (the vote was between a bright
    and a dark half of the page): the vote is taken again without the light, and the clearer one counts.
    """
    small = _coarse(image, _COARSE)
    share = _dark_share(small)
    if _UNCLEAR < share < 1 - _UNCLEAR:
        evened = _dark_share(small - _local_median(image, small.shape))
        share = max(share, evened, key=lambda each: abs(each - 0.5))
    return share < 0.5


def ink_on_paper(image: Grey) -> Grey:
    """How much ink is where, 0 (paper) to 255, from a (H, W) uint8 image of dark ink on brighter paper.

    Light falls on the page as a factor, so ink is what part of the paper's brightness is missing. Noise
    becomes 0; the strongest ink is not stretched to 255. All zero where no ink stands out.
    """
    ink = 1 - image / _paper(image)
    level, noise = _level_and_noise(ink)
    ink = ink - level
    peak = float(ink.max())
    strong = ink >= max(_LEAST_INK * peak, _NOISE * noise)
    if peak < _LEAST_CONTRAST or not strong.any():
        return np.zeros(image.shape, np.uint8)
    # Antialiasing spreads an edge over one pixel: fainter ink than that is kept beside strong ink only.
    kept = grown(strong) & (ink > 2 * noise)
    return np.where(kept, np.minimum(ink, 1) * 255 + 0.5, 0).astype(np.uint8)


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
    low, high = float(image.min()), float(image.max())
    if high <= low:
        return low
    # np.histogram takes several times as long for an image of a digit's size; these are its bins.
    edges = _STEPS * ((high - low) / _BINS) + low
    edges[-1] = high
    if image.dtype == np.float32:
        edges = edges.astype(np.float32)
    below = _below(image, edges)
    counts = below.copy()
    counts[1:] -= below[:-1]
    weighted = np.cumsum(counts * (edges[:-1] + edges[1:]) / 2)
    # Nothing is above the last bin, and something in the first: both classes have members.
    lower, total = below[:-1], below[-1]
    between = (weighted[-1] * lower / total - weighted[:-1]) ** 2 / (lower * (total - lower))
    best = (between >= between.max() * (1 - 1e-9)).nonzero()[0]
    return float(edges[1:][best[len(best) // 2]])  # the middle of a plateau: empty bins between two levels


def _below(image: NDArray[np.generic], edges: NDArray[np.floating]) -> NDArray[np.int64]:
    """How many values lie in each of the bins between `edges` or in a lower one; the last is the number of all."""
    if image.dtype == np.uint8:
        below = np.bincount(image.ravel(), minlength=256).cumsum()
        below[:-1] = below[np.ceil(edges[1:-1]).astype(np.intp) - 1]  # the highest level that is less than the edge
        return below
    if image.size > _SORTED:
        return np.cumsum(np.histogram(image, len(edges) - 1, (float(edges[0]), float(edges[-1])))[0])
    below = np.empty(len(edges) - 1, np.int64)
    below[:-1], below[-1] = np.sort(image, axis=None).searchsorted(edges[1:-1]), image.size
    return below


def _dark_share(image: NDArray[np.generic]) -> float:
    """The dark class's part of the area and of the edge, their mean, 0 to 1."""
    dark = image <= otsu(image)  # type: ignore[operator]
    edge = np.concatenate([dark[0], dark[-1], dark[:, 0], dark[:, -1]])
    return float(dark.mean() + edge.mean()) / 2


def _paper(image: Grey) -> Real:
    """The paper's brightness at each pixel, at least 1: one level where it is even, else a smooth surface."""
    bare = image[image > otsu(image)] if image.min() < image.max() else image.ravel()
    counts = np.bincount(bare, minlength=256)
    level = int(counts.argmax())
    small = _coarse(image, _COARSE)
    if counts[max(level - _EVEN, 0) : level + _EVEN + 1].sum() >= len(bare) / 2 and not _is_shaded(small, level):
        return np.full(image.shape, max(level, 1), np.float32)
    # Closing (the largest, then the smallest value around) wipes out whatever is dark and narrower than its
    # window, which strokes are and shadows are not. A plane comes through it unchanged. The second window is
    # larger by a pixel each way, so that the soft edge of a shadow does not count as ink.
    window = max(3, round(max(small.shape) * _WIDEST_STROKE)) | 1
    padded = np.pad(small, window, mode="edge")
    closed = -_largest(-_largest(padded, window), window + 2)
    return np.maximum(_resized(closed[window:-window, window:-window], image.shape), 1)


def _is_shaded(small: Real, level: int) -> bool:
    """Whether there are flat places that are neither of the paper's level nor as dark as the ink."""
    depth = level - float(small.min())
    between = (small > level - 0.75 * depth) & (small < level - max(_EVEN, _FLAT * depth))
    if between.mean() <= _SHADE:
        return False
    flat = _largest(small, 3) + _largest(-small, 3) < min(10, _FLAT * depth)
    return float((flat & between).mean()) > _SHADE


def _level_and_noise(ink: NDArray[np.floating]) -> tuple[float, float]:
    """The ink that bare paper seems to have, and the standard deviation of its noise.

    Both from the most frequent value of the fainter class and what lies below that, where there is no ink
    (1.4826 medians of a half normal distribution are its standard deviation).
    """
    bare = np.sort(ink[ink <= otsu(ink)])
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


def _coarse(image: Grey, side: int) -> Real:
    """The image averaged in square blocks, so that no side is over `side` pixels."""
    factor = -(-max(image.shape) // side)
    small = image if factor == 1 else np.asarray(Image.fromarray(image).reduce(factor))
    return small.astype(np.float32)


def _resized(image: Real, shape: tuple[int, ...]) -> Real:
    return np.asarray(Image.fromarray(image).resize((shape[1], shape[0]), Image.Resampling.BILINEAR))


def _local_median(image: Grey, shape: tuple[int, ...]) -> Real:
    """The median of the half of the page around each place: the light, in either polarity; of shape `shape`."""
    tiny = _coarse(image, _TINY)
    padded = np.pad(tiny, _TINY // 4, mode="edge")
    windows = sliding_window_view(padded, (_TINY // 2 + 1, _TINY // 2 + 1))
    return _resized(np.median(windows, axis=(2, 3)).astype(np.float32), shape)


def _largest(image: Real, window: int) -> Real:
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
