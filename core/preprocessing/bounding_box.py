"""Where the ink of a bitmap is, and the bitmap cut to it. Knows no drawing and no network."""

# Not Pillow's getbbox, though it takes 8 µs of 28×28 pixels where this takes 9, and 11 µs of 256×256 where this takes
# 26: the pad uses this too, and would load Pillow at the app's start. scipy.ndimage.find_objects takes 7 and 158 µs
# (AMD EPYC, NumPy 2.4, SciPy 1.17, Pillow 13, the least of 200).

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class BoundingBox(NamedTuple):
    """Pixels from the left and the top; the last two are the first column and row that are outside."""

    left: int
    top: int
    right: int
    bottom: int

    def cut(self, image: NDArray[Any]) -> NDArray[Any]:
        """The part of an image (H, W) that lies in the box, not copied."""
        return image[self.top : self.bottom, self.left : self.right]


def bounding_box(image: NDArray[Any]) -> BoundingBox | None:
    """The smallest box around all pixels of an image or a mask (H, W) that are not 0; None where all are."""
    rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
    if not len(rows):
        return None
    return BoundingBox(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)


def cropped(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The image (H, W) cut to its ink, (0, 0) where there is none; not copied."""
    box = bounding_box(image)
    return image[:0, :0] if box is None else box.cut(image)
