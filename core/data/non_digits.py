"""Gathers images that are not digits (letters, symbols, doodles), to measure whether a network rejects them.

Each is decoded, drawn and normalised like a digit.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.data import catalogue, sources
from core.data.collection import Skipped
from core.errors import DataError
from core.system.pool import Report


@dataclass(frozen=True)
class NotDigits:
    """N images that are not digits."""

    path: Path
    images: NDArray[np.uint8]
    """(N, 28, 28) uint8, normalised, N at least 1."""
    left_out: int
    """How many more were left out, since a person may take them for digits."""
    notes: tuple[str, ...]
    skipped: tuple[Skipped, ...]


def gather(data: str, leave_out: str = "", report: Report | None = None) -> NotDigits:
    """All images or traces at the path `data`, except those of the characters in `leave_out`.

    A trace's label says which character it is; for an image, the name of its folder does, if it is one character.
    Raises DataError if nothing there can be used, or if there are class folders of digits.
    """
    path = catalogue.absolute(data)
    source = sources.at(path)
    if source.gather_others is None:
        raise DataError(f"{path} is {source.short}; images that are not digits must be {sources.formats_of_others()}")
    found = source.gather_others(path, report)
    wanted = np.array([label == "" or label not in leave_out for label in found.labels], bool)
    if not wanted.any():
        raise DataError(f"{path} has no images left after leaving out {leave_out!r:.60} (all {len(wanted):,})")
    return NotDigits(path, found.images[wanted], int((~wanted).sum()), found.notes, found.skipped)
