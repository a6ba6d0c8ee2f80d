"""Things that are no digits, gathered to measure whether a network says so: letters, symbols, doodles.

A folder of images at any depth, or pen traces; each is decoded, drawn and normalised as digits are.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from core.data import catalogue, folders, listing, sources, traces
from core.data.collection import Skipped
from core.data.listing import Listing
from core.errors import DataError
from core.printable import printable
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
    kind = sources.kind_of(path)
    if kind == sources.ARCHIVE:
        raise DataError(f"{path} is an archive; things that are no digits come as a folder of images or pen traces")
    found = _of_folder(path, report) if kind == sources.FOLDER else traces.gather_others(path, report)
    wanted = np.array([label == "" or label not in leave_out for label in found.labels], bool)
    if not wanted.any():
        raise DataError(f"{path} holds nothing but what is left out: all {len(wanted):,} are one of {leave_out!r:.60}")
    return NotDigits(path, found.images[wanted], int((~wanted).sum()), found.notes, found.skipped)


def _of_folder(folder: Path, report: Report | None) -> traces.Others:
    files = _listing(folder)
    decoded = folders.decoded_of(files, report)
    drawn = decoded.images.any(axis=(1, 2))
    skipped = tuple(
        Skipped(printable(files.path(index)), decoded.reasons.get(index, folders.BLANK))
        for index in np.flatnonzero(~drawn).tolist()
    )
    if not drawn.any():
        first = f"; the first, {skipped[0].path}, {skipped[0].reason}" if skipped else ", it holds no files"
        raise DataError(f"{folder} has no usable images{first}")
    names = (PurePosixPath(files.name(index)).parent.name or folder.name for index in np.flatnonzero(drawn).tolist())
    labels = [name if len(name) == 1 else "" for name in names]
    return traces.Others(decoded.images[drawn], labels, tuple(filter(None, [decoded.complaint])), skipped)


def _listing(folder: Path) -> Listing:
    """All files below `folder`, hidden ones left aside. Raises DataError where they are those of digits."""
    if _holds_digits(folder):
        raise DataError(
            f"{folder} has class folders of digits; give a folder whose images are no digits, "
            "and that of the digits with --data"
        )
    names: list[bytes] = []
    stamps: list[int] = []
    for place, inner, _ in os.walk(folder):
        inner[:] = sorted(name for name in inner if not name.startswith("."))
        within = {os.fsencode(name) for name in inner}
        for name, size, moment in listing.files_in(folder, Path(place)):
            if name.rpartition(b"/")[2] not in within:
                names.append(name.removeprefix(b"./"))
                stamps += (size, moment)
    count = len(names)
    table = np.array(stamps, np.int64).reshape(-1, 2)
    # No label is a digit: what stands for one is what a check-up gives to files that are left out.
    return Listing(
        folder, names, np.full(count, folders.LEFT_OUT, np.uint8), np.zeros(count, bool), table, has_test=False
    )


def _holds_digits(folder: Path) -> bool:
    try:
        listing.layout(folder)
    except DataError:
        return False
    return True
