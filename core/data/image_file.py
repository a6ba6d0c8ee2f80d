"""Reads an image file as networks see it: our own drawings from their strokes, all others from their pixels."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.data.own.drawing_files import is_ours
from core.drawing.clean_copy import clean_copy
from core.drawing.ink import Ink
from core.drawing.strokes import from_json
from core.preprocessing.images import read
from core.preprocessing.normalise import normalise
from core.system import plain_file

_SAME = 8
"""Grey levels by which a redrawn pixel may differ: other programs may have rounded the coordinates."""


def seen_in(path: Path) -> NDArray[np.uint8]:
    """(28, 28) uint8, normalised. Raises DataError with only the reason, as `images.read` does."""
    bitmap = read(path)
    copied = _copied(path, bitmap) if is_ours(path) else None
    return normalise(bitmap) if copied is None else normalise(copied, "bright")


def _copied(path: Path, bitmap: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    """The drawing's clean copy, as read from the pad; None if it needs none, or its strokes do not match its pixels."""
    try:
        strokes = from_json(json.loads(plain_file.read_bytes(path.with_suffix(".json")))["strokes"])
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None  # read the pixels instead
    height, width = bitmap.shape
    copied = clean_copy(strokes)
    if copied is None:
        return None
    drawn = Ink.of(width, height, strokes).bitmap
    return copied if np.abs(drawn.astype(np.int16) - bitmap).max() <= _SAME else None
