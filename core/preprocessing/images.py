"""Decodes image files into grey levels, by their content and not their name. Knows nothing of digits."""

from __future__ import annotations

import contextlib
import stat
import struct
import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from core.errors import DataError
from core.preprocessing.median import median

FORMATS = ("PNG", "JPEG", "BMP", "WEBP")
MOST_PIXELS = 64_000_000
"""Larger images are refused before they are decoded; a phone's photograph has 12 to 50 million pixels."""

_LARGEST_SIDE = 1024
_LEVELS = np.arange(256.0)
_OTHERS = {b"GIF8": "a GIF", b"II*\0": "a TIFF", b"MM\0*": "a TIFF", b"%PDF": "a PDF", b"<svg": "an SVG",
           b"<?xm": "an XML file", b"<htm": "an HTML page", b"<!DO": "an HTML page", b"PK\3\4": "a ZIP"}  # fmt: skip


def decode(path: Path) -> NDArray[np.uint8]:
    """(H, W) uint8 grey levels of an image file, upright; larger ones are reduced by a whole factor, so that no side is
    over 2,048 pixels.

    Reads PNG, JPEG, BMP and WebP, the first frame if there are several. Colour becomes the grey that keeps most of
    its contrast; a transparent image is laid on paper that its ink stands out from. Raises DataError, with the file's
    name.
    """
    try:
        return read(path)
    except DataError as error:
        raise DataError(f"{path} cannot be read as an image: it {error}") from error


def read(path: Path) -> NDArray[np.uint8]:
    """Like `decode`, but the DataError has only the reason, such as `is empty`, for lists that name the file."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise DataError("is a folder, not an image; its files are not read")
        if not stat.S_ISREG(status.st_mode):
            raise DataError("is not a file but a device, a pipe or a socket")
        if not status.st_size:
            raise DataError("is empty")
        with path.open("rb") as file:
            start = file.read(16)
    except FileNotFoundError:
        broken = "is a link to a file that is gone" if path.is_symlink() else "does not exist"
        raise DataError(broken) from None
    except OSError as error:
        raise DataError(f"cannot be opened: {error.strerror}") from error
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of damaged metadata; only the pixels count here
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        return _grey(_pixels(path, start))


def _pixels(path: Path, start: bytes) -> Image.Image:
    """The decoded image as L, RGB or RGBA, reduced in size and turned upright."""
    try:
        with Image.open(path, formats=FORMATS) as image:
            width, height = image.size
            if width * height > MOST_PIXELS:
                raise Image.DecompressionBombError
            image.draft(None, (_LARGEST_SIDE, _LARGEST_SIDE))  # decodes a large JPEG at ½, ¼ or ⅛ of its size
            image.load()
            _turn(image)
            plain = _plain(image)
            factor = max(plain.size) // _LARGEST_SIDE
            return plain.reduce(factor) if factor > 1 else plain
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise DataError(
            f"is too large: over {MOST_PIXELS // 10**6} million pixels; reduce it or crop it to the digit"
        ) from None
    except UnidentifiedImageError:
        what = _OTHERS.get(start[:4], "not an image that can be read, or its first bytes are damaged")
        raise DataError(f"is {what}; PNG, JPEG, BMP and WebP are read") from None
    except MemoryError:
        raise DataError("does not fit into memory") from None
    except Exception as error:  # Pillow's decoders were seen to raise nearly anything for damaged files
        raise DataError(f"is damaged: {str(error) or type(error).__name__}") from error


def _turn(image: Image.Image) -> None:
    """Turn the image upright, as its EXIF data says. In place: most are upright, and copying a photograph is slow."""
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError, SyntaxError, struct.error):
        ImageOps.exif_transpose(image, in_place=True)  # damaged EXIF data says nothing about the pixels


def _plain(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):  # 16 bits, or 12 stored in 16; Pillow would clip at 255
        deep = np.asarray(image).astype(np.int64).clip(0, 65535)
        return Image.fromarray((deep >> max(0, int(deep.max()).bit_length() - 8)).astype(np.uint8))
    if image.has_transparency_data:
        return image.convert("RGBA")
    wanted = "L" if image.mode in ("1", "L") else "RGB"
    return image if image.mode == wanted else image.convert(wanted)


def _grey(image: Image.Image) -> NDArray[np.uint8]:
    pixels = np.asarray(image)
    if image.mode == "L":
        return pixels
    if image.mode == "RGBA":
        alpha = pixels[..., 3]
        return _on_paper(_most_contrast(image.convert("RGB"), Image.fromarray(alpha > 127)), alpha)
    return _most_contrast(image)


def _most_contrast(image: Image.Image, visible: Image.Image | None = None) -> NDArray[np.uint8]:
    """(H, W) from RGB: the luminance, or the one channel in which yellow or light blue ink is clear.

    `visible`, of mode 1, marks the pixels that count; without it all do.
    """
    luminance = image.convert("L")
    contrasts = [(_contrast(channel, visible), channel) for channel in image.split()]
    most, best = max(contrasts, key=lambda found: found[0])
    return np.asarray(best if most > 2 * _contrast(luminance, visible) else luminance)


def _contrast(grey: Image.Image, visible: Image.Image | None) -> float:
    """The standard deviation of the grey levels, from a histogram, since a photograph has millions of pixels."""
    counts = np.array(grey.histogram(visible), np.float64)
    if not (many := counts.sum()):
        return 0.0
    mean = counts @ _LEVELS / many
    return float(np.sqrt(counts @ (_LEVELS - mean) ** 2 / many))


def _on_paper(grey: NDArray[np.uint8], alpha: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Lay `grey` on paper: the image's own if it shows some, else of the opposite brightness to its ink."""
    visible = alpha > 127
    if not visible.any():
        # Nothing, or only faint traces: they stand out on paper of the opposite brightness.
        paper = 255 if not alpha.any() or grey[alpha > 0].mean() < 128 else 0
    else:
        middle = int(median(grey[visible]))
        drawn_on = visible.mean() > 0.5 and int(np.ptp(grey[visible])) > 64
        paper = middle if drawn_on else 255 if middle < 128 else 0
    weight = alpha.astype(np.uint16)
    return ((grey * weight + np.uint16(paper) * (255 - weight) + 127) // 255).astype(np.uint8)
