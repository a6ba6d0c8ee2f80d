"""Things that are no digits, gathered to measure whether a network says so: letters, symbols, doodles.

Each is decoded, drawn and normalised as digits are.
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
    """N things that are no digits."""

    path: Path
    images: NDArray[np.uint8]
    """(N, 28, 28) uint8, normalised, N at least 1."""
    left_out: int
    """How many there are besides, which a person may take for digits."""
    notes: tuple[str, ...]
    skipped: tuple[Skipped, ...]


def gather(data: str, leave_out: str = "", report: Report | None = None) -> NotDigits:
    """All that lies at the path `data`, but for what is one of the characters in `leave_out`.

    What a trace is, its label says; what an image is, the folder that it lies in, where its name is one character.
    Raises DataError where nothing of it can be used, or it holds class folders of digits.
    """
    path = catalogue.absolute(data)
    source = sources.at(path)
    if source.gather_others is None:
        raise DataError(f"{path} is {source.short}; things that are no digits come as {sources.formats_of_others()}")
    found = source.gather_others(path, report)
    wanted = np.array([label == "" or label not in leave_out for label in found.labels], bool)
    if not wanted.any():
        raise DataError(f"{path} holds nothing but what is left out: all {len(wanted):,} are one of {leave_out!r:.60}")
    return NotDigits(path, found.images[wanted], int((~wanted).sum()), found.notes, found.skipped)
