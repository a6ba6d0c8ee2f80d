"""Measures one image file: its format, where its ink is and how broad, and what surrounds it. Judges nothing."""

from __future__ import annotations

import hashlib
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.config.shape import BOX, SIDE
from core.errors import DataError
from core.preprocessing.bounding_box import bounding_box
from core.preprocessing.images import FORMATS, read
from core.preprocessing.normalise import Step, reduced, steps
from core.preprocessing.polarity import is_ink_dark
from core.system import plain_file

VERSION = 1
"""Raised whenever a measure changes, so that files in the cache are measured again."""

FACTS = np.dtype(
    [
        ("format", "S8"),
        ("mode", "S8"),
        ("width", np.uint32),  # pixels, as the file says
        ("height", np.uint32),
        ("digest", np.uint64, 2),  # of the file's bytes
        ("dark", np.bool_),  # ink on brighter paper
        ("blank", np.bool_),
        ("box", np.float32, 4),  # left, top, right, bottom of the ink, parts of the image's sides
        ("longer", np.float32),  # side of that box in pixels
        ("sides", np.uint8, 4),  # hundredths of each border (left, top, right, bottom) that are ink
        ("stroke", np.float32),  # its width where the box's longer side is 20
        ("seen_stroke", np.float32),  # the same, measured in the 28×28
        ("border", np.uint8, 3),  # red, green, blue: the median of the outermost pixels
        ("paper", np.uint8, 3),  # the median of all
        ("clear", np.bool_),  # whether the outermost pixels are transparent
    ]
)
_INK = 0.35
"""Share of the strongest ink from which the border counts as touched: less is the edge of a stroke next to it."""
_FEW_PIXELS = 512
"""Longest side, in pixels, of the reduced image from which colours are taken."""


def measured(path: str) -> tuple[Any, NDArray[np.uint8], NDArray[np.uint8]] | str:
    """The fields of `FACTS`, the normalised image (28, 28) and the whole image (28, 28), or why they are missing.

    The whole image also has bright ink; both its sides are scaled to 28, whatever their ratio.
    """
    file = Path(path)
    try:
        grey = read(file)
        with plain_file.opened(file) as opened:
            digest = hashlib.file_digest(opened, lambda: hashlib.blake2b(digest_size=16)).digest()
        kind = _kind(file)
    except DataError as error:
        return str(error)
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    grey = reduced(grey)
    dark = is_ink_dark(grey)
    made = dict(steps(grey, "dark" if dark else "bright"))
    ink, (image, drawn) = made[Step.SPECKS], (made.get(Step.CENTRED), made.get(Step.CROPPED))
    head = (*kind[:4], np.frombuffer(digest, np.uint64), dark, image is None)
    if image is None or drawn is None:
        blank = np.zeros((SIDE, SIDE), np.uint8)
        return (*head, (0, 0, 0, 0), 0, (0, 0, 0, 0), 0, 0, *kind[4:]), blank, blank
    peak = int(ink.max())
    height, width = ink.shape
    around = bounding_box(ink)
    assert around is not None  # what was drawn of it has ink
    box = (around.left / width, around.top / height, around.right / width, around.bottom / height)
    longer = max((box[2] - box[0]) * kind[2], (box[3] - box[1]) * kind[3])
    sides = [100 * float((edge >= _INK * peak).mean()) for edge in (ink[:, 0], ink[0], ink[:, -1], ink[-1])]
    stroke = stroke_width(drawn[None], peak)[0] * BOX / max(drawn.shape)
    seen = stroke_width(image[None], 255)[0]
    whole = Image.fromarray((ink * np.float32(255 / peak)).astype(np.uint8)).resize((SIDE, SIDE), Image.Resampling.BOX)
    # Rounded up, so that a single pixel of a long border counts.
    edges = tuple(int(np.ceil(side)) for side in sides)
    return (*head, box, longer, edges, stroke, seen, *kind[4:]), image, np.asarray(whole)


def stroke_width(images: NDArray[np.uint8], peak: int) -> NDArray[np.float64]:
    """(M,) pixels: the mean width of the strokes in images (M, H, W) with ink up to `peak` on 0.

    It is twice the area divided by the length of the outline. Grey edges count as fractions of pixels (the outline of a
    grey image is the sum of its gradients: the co-area formula).
    """
    grey = np.pad(images.astype(np.float32) / np.float32(peak), ((0, 0), (1, 1), (1, 1)))
    across, down = np.diff(grey, axis=2) ** 2, np.diff(grey, axis=1) ** 2
    # Each horizontal difference is paired with the vertical ones on both sides, so that both diagonals count equally.
    outline = sum(
        np.sqrt(side + down[:, :, :-1]).sum(axis=(1, 2), dtype=np.float64) / 2
        for side in (across[:, :-1], across[:, 1:])
    )
    area = grey.sum(axis=(1, 2), dtype=np.float64)
    width: NDArray[np.float64] = np.divide(2 * area, outline, out=np.zeros(len(images)), where=outline > 0)
    return width


def _kind(file: Path) -> tuple[Any, ...]:
    """Format, mode, width, height, the colours of border and paper, and whether the border is transparent."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(file, formats=FORMATS) as image:
                facts = ((image.format or "").encode(), image.mode.encode(), *image.size)
                image.draft(None, (_FEW_PIXELS, _FEW_PIXELS))
                return (*facts, *_colours(image))
        except Exception as error:  # `read` could decode it, but Pillow's converters may still fail
            raise DataError(f"is damaged: {str(error) or type(error).__name__}") from error


def _colours(image: Image.Image) -> tuple[tuple[int, ...], tuple[int, ...], bool]:
    if image.mode.startswith("I"):
        image = image.convert("I").point(lambda level: level / 256).convert("L")
    if max(image.size) > _FEW_PIXELS:
        image = image.resize((min(image.width, _FEW_PIXELS), min(image.height, _FEW_PIXELS)), Image.Resampling.NEAREST)
    pixels = np.asarray(image.convert("RGBA"))
    edge = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    clear = bool(np.median(edge[:, 3]) < 128)
    border = np.median(edge[:, :3], axis=0).astype(np.uint8)
    paper = np.median(pixels[..., :3].reshape(-1, 3), axis=0).astype(np.uint8)
    return tuple(border.tolist()), tuple(paper.tolist()), clear
