"""Which of light and dark is the ink in a grey image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from core.preprocessing.paper import COARSE, Grey, Real, coarse, largest, otsu, resized
from core.preprocessing.specks import pieces

_TINY = 16
"""Side, in pixels, of the picture for medians, which cost more."""
_UNCLEAR = 0.15
"""A vote of which each side has at least this share is looked at again: light may be uneven."""
_CLOSE = 0.33
"""One of which each side has at least this share is left to the pieces."""
_TOLD_APART = 0.95
"""Two classes that explain this part of all variance leave none that light could have made."""
_LIT = 0.95
"""Light is taken out where the classes without it explain at least this times as much."""
_LINES = 0.1, 0.15
"""Widths, as part of the longer side, of what counts as a line in a picture in which the light is uneven."""
_DIMMEST = 8.0
"""Grey levels that are added to all before their logarithm is taken: noise in the dark is not blown up."""
_PIECE = 0.01
"""Share of the area from which a piece counts as one, and no dust."""


@dataclass(frozen=True)
class _Classes:
    """An image divided into its two classes (N. Otsu, 1979)."""

    dark: NDArray[np.bool_]
    share: float
    """The dark one's part of the area and of the outermost pixels, their mean, 0 to 1."""
    explained: float
    """The variance between them as part of all variance, 0 to 1."""

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

    The paper is what covers more: of the whole area and, weighing the same, of the outermost pixels, where
    ink comes only by chance. One alone is fooled: the area by bold digits that fill their crop, the edge by
    drawings that were cut off. Where that is not clear, light may be uneven (the vote was between a bright
    and a dark half of the page): of a photograph the lines decide, dark or bright; of a small image light is taken
    out if the classes are then told apart as well. Where it is close even so, ink is what hangs together: a digit's
    lines are one piece, and divide the paper into several. Of MNIST's digits stretched to fill 16×16 pixels, black
    or white, at most 1% are taken for the other polarity by that.
    """
    small = coarse(image, COARSE)
    classes = _Classes.of(small)
    if classes.unclear(_UNCLEAR) and classes.explained < _TOLD_APART:
        if max(image.shape) > COARSE:
            return _has_dark_lines(small)
        evened = _Classes.of(small - _local_median(image, small.shape))
        if evened.explained >= _LIT * classes.explained:
            classes = evened
    if classes.unclear(_CLOSE):
        dark, bright = _many(classes.dark), _many(~classes.dark)
        if dark != bright:
            return dark < bright
    return classes.share < 0.5


def _has_dark_lines(small: Real) -> bool:
    """Whether dark lines stand out more than bright ones, in whatever light.

    The closing of a picture fills what is dark and narrower than its window, that of its negative what is bright and
    narrow (top-hat transforms: F. Meyer, 1979). Light falls as a factor, so that logarithms are compared, and few
    strong lines weigh more than much that is faint. Of 1,500 pages in slanting, spotted and
    broken light 51 are taken for the other polarity by that, and 262 were by the halves of the page
    (`tests/benchmarks/uneven_light.py`).
    """
    levels = np.log(small + np.float32(_DIMMEST))
    windows = [max(3, round(max(small.shape) * part)) | 1 for part in _LINES]

    def filled(picture: Real) -> float:
        closed = (-largest(-largest(picture, window), window + 2) for window in windows)
        return sum(float(((each - picture).clip(0) ** 3).sum()) for each in closed)

    return filled(levels) > filled(-levels)


def _many(mask: NDArray[np.bool_]) -> int:
    """Pieces of a mask."""
    sizes = np.bincount(pieces(mask).ravel())[1:]
    return int((sizes >= max(2, _PIECE * mask.size)).sum())


def _local_median(image: Grey, shape: tuple[int, ...]) -> Real:
    """The median of the half of the page around each place: the light, in either polarity; of shape `shape`."""
    tiny = coarse(image, _TINY)
    padded = np.pad(tiny, _TINY // 4, mode="edge")
    windows: NDArray[Any] = sliding_window_view(padded, (_TINY // 2 + 1, _TINY // 2 + 1))
    return resized(np.median(windows, axis=(2, 3)).astype(np.float32), shape)
