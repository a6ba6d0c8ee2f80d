"""Any bitmap becomes the 28×28 that MNIST's makers would have made of it.

Their recipe (Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits"): the black and white
digit is size-normalised to fit a 20×20 box while its proportions are kept, grey levels come from the
antialiasing of that, and the result is placed in a 28×28 field by the centre of mass of its pixels. Measured on
their images: the longer side of the box is 20 in every one, the centre of mass (of pixel indices) lies within
half a pixel of 14 both ways, and the brightest pixel is 254 or 255, so that greys were stretched.

What they did not need comes before it: lines round a picture, which of light and dark is the ink, uneven light,
noise, specks, and the hard edges of coarse scans in black and white. The width of strokes stays as it is: networks
learn from pens of all widths, and thickening thin lines was measured to read 0.1 to 0.5 points fewer of photographed
digits right, at each of three limits.
Everything that shows an image to a network uses `normalise` and nothing else; knows no network.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from core.errors import DataError
from core.preprocessing.bounding_box import cropped
from core.preprocessing.frames import without_frame
from core.preprocessing.paper import ink_on_paper
from core.preprocessing.polarity import is_ink_dark
from core.preprocessing.specks import without_specks

VERSION: int = 4
"""Raised whenever the result changes for some image, so that caches and checkpoints can tell."""

FIELD = 28
BOX = 20
_LARGEST = 1024
"""Larger images are reduced to this side first: a digit is then still tens of pixels, and a photograph of
12 megapixels takes tens of milliseconds rather than seconds."""

_SOFTENED = 40
"""Pixels of the longer side below which hard edges are softened: above, scaling down does that."""
_PALEST, _DARKEST = 0.1, 0.9
"""A middling grey, as parts of the strongest ink."""
_HARD = 0.1
"""Edges are hard where less than this part of the ink is of such a grey."""
_SOFT = 0.6
"""Standard deviation, in pixels, of the Gaussian that softens them."""
_FINE = 4
"""Times as large as it is an image is softened."""
_FAINTEST = 0.2
"""Share of the strongest ink up to which what is softened still counts as paper."""

Polarity = Literal["auto", "bright", "dark"]
"""Whether the ink is `bright` or `dark`; `auto` judges each image by itself."""


class Step(Enum):
    """One step of the way; what a person reads of it is the interface's."""

    INK = "ink"
    """Each pixel is how much ink lies there."""
    SPECKS = "specks"
    """Without specks."""
    CROPPED = "cropped"
    SOFTENED = "softened"
    """Without hard edges."""
    BOXED = "boxed"
    """In the 20×20 box."""
    CENTRED = "centred"
    """By mass in the 28×28: the end."""
    BLANK = "blank"
    """The end where nothing is drawn."""


def normalise(bitmap: NDArray[np.uint8], polarity: Polarity = "auto") -> NDArray[np.uint8]:
    """(28, 28) uint8 from a (H, W) uint8 bitmap of any size, ink bright; all zero where nothing is drawn.

    Raises DataError where `bitmap` is not a two-dimensional uint8 array with at least one pixel.
    """
    *_, (_, image) = steps(bitmap, polarity)
    return image


def steps(bitmap: NDArray[np.uint8], polarity: Polarity = "auto") -> Iterator[tuple[Step, NDArray[np.uint8]]]:
    """The image after each step of `normalise`, with that step; the last one is (28, 28). All have bright ink.

    Raises DataError as `normalise` does, and for a polarity that is none.
    """
    if bitmap.ndim != 2 or bitmap.dtype != np.uint8 or not bitmap.size:
        raise DataError(
            f"an image of shape {bitmap.shape} and type {bitmap.dtype} cannot be read as a digit; "
            "it must be (height, width) grey levels of type uint8, at least 1 × 1"
        )
    if polarity not in ("auto", "bright", "dark"):
        raise DataError(f"polarity is {polarity!r}; it must be auto, bright or dark")
    image = reduced(bitmap)
    if image.max() == 1:  # truth values, or bits of a scan, and no grey that hardly differs from black
        image = image * np.uint8(255)
    if polarity == "auto":  # a drawing's own lines are the person's
        image = without_frame(image)
    dark = is_ink_dark(image) if polarity == "auto" else polarity == "dark"
    image = 255 - image if not dark else image
    image = ink_on_paper(image)
    yield Step.INK, image
    image = without_specks(image)
    yield Step.SPECKS, image
    image = cropped(image)
    if not image.size:
        yield Step.BLANK, np.zeros((FIELD, FIELD), np.uint8)
        return
    yield Step.CROPPED, image
    soft = softened(image)
    if soft is not image:
        image = soft
        yield Step.SOFTENED, image
    image = boxed(image)
    if not image.any():  # specks so small and so far apart that none is left of them at this size
        yield Step.BLANK, np.zeros((FIELD, FIELD), np.uint8)
        return
    yield Step.BOXED, image
    yield Step.CENTRED, centred(image)


def reduced(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The image, averaged in square blocks where a side is over 1,024 pixels."""
    factor = -(-max(image.shape) // _LARGEST)
    return image if factor == 1 else np.asarray(Image.fromarray(image).reduce(factor))


def boxed(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The longer side scaled to 20 pixels, antialiased, proportions kept, greys stretched up to 255.

    What has that size already keeps its pixels: MNIST's own images come back as they are.
    """
    height, width = image.shape
    longer = max(height, width)
    if longer != BOX:
        size = max(1, round(width * BOX / longer)), max(1, round(height * BOX / longer))
        image = np.asarray(Image.fromarray(image).resize(size, Image.Resampling.BICUBIC))
    peak = int(image.max())
    if 0 < peak < 254:
        image = (image * np.float32(255 / peak) + np.float32(0.5)).astype(np.uint8)
    return image


def softened(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A cropped image as an antialiasing scanner would have made it, where it is coarse and each pixel ink or paper.

    Four times as large then; any other comes back as it is, the same array. Of MNIST's digits, of photographed ones
    and of pen traces, made black or white at 12 to 28 pixels, 0 to 3.7 points more are read right by that, and 0.4 to
    16 points fewer are taken for no digit (measured with a network that had not learned from such images).
    """
    if max(image.shape) >= _SOFTENED:
        return image
    peak = int(image.max())
    ink = image > _PALEST * peak
    if np.count_nonzero(ink & (image < _DARKEST * peak)) >= _HARD * np.count_nonzero(ink):
        return image
    around = np.pad(image, 2)
    size = _FINE * around.shape[1], _FINE * around.shape[0]
    large = Image.fromarray(around).resize(size, Image.Resampling.NEAREST)
    soft = np.asarray(large.filter(ImageFilter.GaussianBlur(_FINE * _SOFT)))
    return cropped(np.where(soft > _FAINTEST * soft.max(), soft, np.uint8(0)))


def centred(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A (28, 28) field with the image moved, by whole pixels, so that its centre of mass is in the middle."""
    height, width = image.shape
    mass = float(image.sum(dtype=np.int64))
    down = float(image.sum(axis=1, dtype=np.int64) @ np.arange(height)) / mass
    across = float(image.sum(axis=0, dtype=np.int64) @ np.arange(width)) / mass
    top = min(max(round(FIELD / 2 - down), 0), FIELD - height)
    left = min(max(round(FIELD / 2 - across), 0), FIELD - width)
    field = np.zeros((FIELD, FIELD), np.uint8)
    field[top : top + height, left : left + width] = image
    return field
