"""Decides whether the ink of a grey image is dark or bright."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from core.preprocessing.median import median
from core.preprocessing.paper import COARSE, Grey, Real, coarse, largest, otsu, resized
from core.preprocessing.specks import pieces

_TINY = 16
"""Side, in pixels, of the reduced image for medians, which cost more."""
_UNCLEAR = 0.15
"""If both sides of the vote have at least this share, the vote is checked for uneven light."""
_CLOSE = 0.33
"""If both sides of the vote have at least this share, the number of connected components decides."""
_SEPARATED = 0.95
"""If the two classes explain this share of the variance, uneven light cannot have made them."""
_LIT = 0.95
"""Light is taken out if the classes without it explain at least this fraction of the variance that they did with it."""
_LINES = 0.1, 0.15
"""Widths of lines in an unevenly lit picture, as fractions of the longer side."""
_DIMMEST = 8.0
"""Added to all grey levels before their logarithm is taken, so that noise in the dark is not amplified."""
_PIECE = 0.01
"""Minimum share of the area for a component to count; smaller ones are dust."""


@dataclass(frozen=True)
class _Classes:
    """An image divided into its two classes (N. Otsu, 1979)."""

    dark: NDArray[np.bool_]
    share: float
    """Mean of the dark class's shares of the area and of the outermost pixels, 0 to 1."""
    explained: float
    """Variance between the classes as a fraction of all variance, 0 to 1."""

    @classmethod
    def of(cls, image: Real) -> _Classes:
        dark = np.asarray(image <= otsu(image))
        part = np.count_nonzero(dark) / dark.size
        edge = np.concatenate([dark[0], dark[-1], dark[:, 0], dark[:, -1]])
        share = (part + np.count_nonzero(edge) / edge.size) / 2
        if part == 1:
            return cls(dark, share, 1.0)
        between = part * (1 - part) * float(image[dark].mean() - image[~dark].mean()) ** 2
        return cls(dark, share, between / float(image.var()))

    def unclear(self, least: float) -> bool:
        """Whether each class has at least this share."""
        return least < self.share < 1 - least


def is_ink_dark(image: Grey) -> bool:
    """Whether a (H, W) uint8 image is dark ink on brighter paper.

    The paper is the class that covers more: of the whole area and, with the same weight, of the outermost pixels,
    where ink is rare. Either alone can be fooled: the area by bold digits that fill their crop, the edge by drawings
    that were cut off. If the vote is unclear, the light may be uneven, and the vote was between a bright and a dark
    half of the page. In a photograph, the stronger lines then decide, dark or bright; in a small image, the light is
    taken out if the classes are then separated as well. If the vote is still close, the ink is the class with fewer
    components: a digit's lines are one component and divide the paper into several. Of MNIST's digits stretched to
    fill 16×16 pixels, black or white, at most 1% get the wrong polarity.
    """
    small = coarse(image, COARSE)
    classes = _Classes.of(small)
    if classes.unclear(_UNCLEAR) and classes.explained < _SEPARATED:
        if max(image.shape) > COARSE:
            return _has_dark_lines(small)
        evened = _Classes.of(small - _local_median(image, small.shape))
        if evened.explained >= _LIT * classes.explained:
            classes = evened
    if classes.unclear(_CLOSE):
        dark, bright = _components(classes.dark), _components(~classes.dark)
        if dark != bright:
            return dark < bright
    return classes.share < 0.5


def _has_dark_lines(small: Real) -> bool:
    """Whether dark lines stand out more than bright ones, in any light.

    The closing of a picture fills dark features narrower than its window, and that of its negative fills bright ones
    (top-hat transforms: F. Meyer, 1979). Light acts as a factor, so logarithms are compared; a few strong lines weigh
    more than many faint ones. Of 1,500 pages in slanting, spotted and broken light, 51 get the wrong polarity this
    way, and 262 if the halves of the page decide (`tests/benchmarks/uneven_light.py`).
    """
    levels = np.log(small + np.float32(_DIMMEST))
    windows = [max(3, round(max(small.shape) * part)) | 1 for part in _LINES]

    def filled(picture: Real) -> float:
        closed = (-largest(-largest(picture, window), window + 2) for window in windows)
        return sum(float(((each - picture).clip(0) ** 3).sum()) for each in closed)

    return filled(levels) > filled(-levels)


def _components(mask: NDArray[np.bool_]) -> int:
    """The number of connected components of a mask, dust not counted."""
    sizes = np.bincount(pieces(mask).ravel())[1:]
    return int((sizes >= max(2, _PIECE * mask.size)).sum())


def _local_median(image: Grey, shape: tuple[int, ...]) -> Real:
    """The light, whatever the polarity: the median of the half page around each place, resized to `shape`."""
    tiny = coarse(image, _TINY)
    padded = np.pad(tiny, _TINY // 4, mode="edge")
    windows: NDArray[Any] = sliding_window_view(padded, (_TINY // 2 + 1, _TINY // 2 + 1))
    return resized(median(windows.reshape(*windows.shape[:2], -1)).astype(np.float32), shape)
