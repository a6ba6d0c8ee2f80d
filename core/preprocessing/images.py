"""An image file becomes grey levels. Knows nothing of digits; what a file is, its content says, not its name."""

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

FORMATS = ("PNG", "JPEG", "BMP", "WEBP")
MOST_PIXELS = 64_000_000
"""Larger images are refused before they are unpacked: a telephone's photograph has 12 to 50 million."""

_LARGEST_SIDE = 1024
_LEVELS = np.arange(256.0)
_OTHERS = {b"GIF8": "a GIF", b"II*\0": "a TIFF", b"MM\0*": "a TIFF", b"%PDF": "a PDF", b"<svg": "an SVG",
           b"<?xm": "an XML file", b"<htm": "an HTML page", b"<!DO": "an HTML page", b"PK\3\4": "a ZIP"}  # fmt: skip


def decode(path: Path) -> NDArray[np.uint8]:
    """(H, W) uint8 grey levels of an image file, upright, no side over 2,048 pixels.

    PNG, JPEG, BMP and WebP; the first frame where there are several. Colour becomes the grey that keeps most
    of its contrast; a transparent image is laid on the paper that its ink shows on. Raises DataError that
    names the file.
    """
    try:
        return read(path)
    except DataError as error:
        raise DataError(f"{path} cannot be read as an image: it {error}") from error


def read(path: Path) -> NDArray[np.uint8]:
    """As `decode`, but the DataError is only the reason, such as `is empty`: for lists that name the file."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise DataError("is a folder, not an image; what is in it is not looked at")
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
        warnings.simplefilter("ignore")  # Pillow warns of damaged metadata; the pixels decide here
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        return _grey(_pixels(path, start))


def _pixels(path: Path, start: bytes) -> Image.Image:
    """The decoded image as L, RGB or RGBA, reduced, and turned as its camera says."""
    try:
        with Image.open(path, formats=FORMATS) as image:
            width, height = image.size
            if width * height > MOST_PIXELS:
                raise Image.DecompressionBombError
            image.draft(None, (_LARGEST_SIDE, _LARGEST_SIDE))  # a JPEG is unpacked at ½, ¼ or ⅛ then
            image.load()
            _turn(image)
            plain = _plain(image)
            factor = max(plain.size) // _LARGEST_SIDE
            return plain.reduce(factor) if factor > 1 else plain
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise DataError(
            f"is too large: over {MOST_PIXELS // 10**6} million pixels; reduce it or cut the digit out"
        ) from None
    except UnidentifiedImageError:
        what = _OTHERS.get(start[:4], "not an image that can be read, or damaged at its very beginning")
        raise DataError(f"is {what}; PNG, JPEG, BMP and WebP are read") from None
    except MemoryError:
        raise DataError("does not fit into memory") from None
    except Exception as error:  # damaged files were seen to raise nearly anything from Pillow's decoders
        raise DataError(f"is damaged: {str(error) or type(error).__name__}") from error


def _turn(image: Image.Image) -> None:
    """As its camera says; in place, since most lie upright, and a copy of a photograph takes as long as a look."""
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError, SyntaxError, struct.error):
        ImageOps.exif_transpose(image, in_place=True)  # damaged EXIF data says nothing about the pixels


def _plain(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):  # 16 bits, or 12 in them; Pillow itself would cut off what is over 255
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
    """(H, W) from RGB: the luminance, or one channel where yellow or light blue ink is clear only there.

    `visible`, of mode 1, are the pixels that count; without it all do.
    """
    luminance = image.convert("L")
    contrasts = [(_contrast(channel, visible), channel) for channel in image.split()]
    most, best = max(contrasts, key=lambda found: found[0])
    return np.asarray(best if most > 2 * _contrast(luminance, visible) else luminance)


def _contrast(grey: Image.Image, visible: Image.Image | None) -> float:
    """The standard deviation of its grey levels, of how many there are of each: a photograph has millions."""
    counts = np.array(grey.histogram(visible), np.float64)
    if not (many := counts.sum()):
        return 0.0
    mean = counts @ _LEVELS / many
    return float(np.sqrt(counts @ (_LEVELS - mean) ** 2 / many))


def _on_paper(grey: NDArray[np.uint8], alpha: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Lay `grey` on what its transparent pixels should show: paper like that around it, or against the ink."""
    visible = alpha > 127
    if not visible.any():
        # Nothing but faint traces, or nothing at all: what there is shows on paper of the other end.
        paper = 255 if not alpha.any() or grey[alpha > 0].mean() < 128 else 0
    else:
        middle = int(np.median(grey[visible]))
        drawn_on = visible.mean() > 0.5 and int(np.ptp(grey[visible])) > 64
        paper = middle if drawn_on else 255 if middle < 128 else 0
    weight = alpha.astype(np.uint16)
    return ((grey * weight + np.uint16(paper) * (255 - weight) + 127) // 255).astype(np.uint8)
