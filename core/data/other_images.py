"""Reads a folder of images at any depth, none of which is a digit, into Others."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

import numpy as np

from core.data import folders, listing
from core.data.collection import Others, Skipped
from core.data.listing import Listing
from core.errors import DataError
from core.printable import printable
from core.system.pool import Report


def gather(folder: Path, report: Report | None = None) -> Others:
    """All usable images below `folder`, at any depth; the name of an image's folder says what it shows.

    Raises DataError if there are none, or if there are class folders of digits.
    """
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
    return Others(decoded.images[drawn], labels, tuple(filter(None, [decoded.complaint])), skipped)


def _listing(folder: Path) -> Listing:
    """All files below `folder` that are not hidden. Raises DataError if there are class folders of digits."""
    if _holds_digits(folder):
        raise DataError(
            f"{folder} has class folders of digits; give a folder of images that are not digits, "
            "and the folder of digits with --data"
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
    # None of them has a digit as label, so all get the label of images that were left out.
    return Listing(
        folder, names, np.full(count, folders.LEFT_OUT, np.uint8), np.zeros(count, bool), table, has_test=False
    )


def _holds_digits(folder: Path) -> bool:
    try:
        listing.layout(folder)
    except DataError:
        return False
    return True
