"""Measures all files of a folder, in several processes and each file only once.

Facts are columns, with one row per file. The cache recognises files by name, size and time of change; the normalised
images are in the same cache that training reads.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.checkup.finding import Picture
from core.checkup.measure import FACTS, VERSION, measured
from core.config.shape import SIDE
from core.data import file_rows, folders
from core.data.division import Division
from core.data.listing import Listing, listing
from core.printable import printable
from core.system import pool

_BLANK = {"facts": np.zeros(1, FACTS), "whole": np.zeros((1, SIDE, SIDE), np.uint8)}


@dataclass(frozen=True)
class Survey:
    """The measurements of the N files that are not left out."""

    files: Listing
    index: NDArray[np.int64]
    """(N,) their indices in `files`."""
    labels: NDArray[np.uint8]
    """(N,) uint8, 0 to 9, from the class folders or from the user."""
    facts: NDArray[Any]
    """(N,) with the fields of `measure.FACTS`; zeros for a file that could not be read."""
    images: NDArray[np.uint8]
    """(N, 28, 28) uint8, normalised."""
    whole: NDArray[np.uint8]
    """(N, 28, 28) uint8, the whole image, ink bright."""
    reasons: dict[int, str]
    """Why a file could not be read, by position."""
    notes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.index)

    @cached_property
    def drawn(self) -> NDArray[np.int64]:
        """Positions of the files that show something, ascending: those that a network learns from."""
        return np.flatnonzero(self.images.any(axis=(1, 2)))

    @cached_property
    def division(self) -> Division:
        """How a training with default settings divides the `drawn` images."""
        return Division.of(self.labels[self.drawn], self.is_test[self.drawn])

    @property
    def readable(self) -> NDArray[np.int64]:
        """Positions of the files that could be read, ascending."""
        return np.setdiff1d(np.arange(len(self)), np.fromiter(self.reasons, np.int64, len(self.reasons)))

    @property
    def is_test(self) -> NDArray[np.bool_]:
        """(N,) whether each file belongs to the set's own test set."""
        return self.files.is_test[self.index]

    def name(self, position: int) -> str:
        """The path relative to the folder."""
        return self.files.name(int(self.index[position]))

    def named(self, position: int, detail: str = "", other: int | None = None, suggested: int | None = None) -> Picture:
        """The file at `position`, for a finding; `other` is also a position."""
        return Picture(
            self.name(position),
            int(self.labels[position]),
            printable(detail),
            None if other is None else self.name(other),
            suggested,
        )


def survey(folder: Path, report: Callable[[int, int], None] = lambda done, total: None) -> Survey:
    """Measure the files that are new or changed; `report` is called with the number of files done and the total.

    Raises DataError if there are no class folders.
    """
    files = listing(folder)
    images, have_image, kept_images = folders.recall(files)
    rows, known, kept_rows = file_rows.recall(_place(folder), files, _BLANK, f"measured {VERSION}")
    known = known & have_image
    new = np.flatnonzero(~known)
    done = len(files) - len(new)
    report(done, len(files))
    reasons: dict[int, str] = {}
    paths = [files.path(each) for each in new.tolist()]
    # Measuring takes about twice as long as decoding alone.
    with closing(pool.parts(measured, paths, 2 * folders.seconds_each(files, new))) as parts:
        place = 0
        for part in parts:
            for result in part:
                each = int(new[place])
                place += 1
                if isinstance(result, str):
                    reasons[each] = result
                    continue
                rows["facts"][each], images[each], rows["whole"][each] = result
                known[each] = True
            report(done + place, len(files))
    complaint = ""
    if len(reasons) < len(new) or int(known.sum()) < max(kept_images, kept_rows):
        folders.keep(files, images, known)
        complaint = file_rows.keep(_place(folder), files, rows, known, f"measured {VERSION}")
    labels, notes = folders.amended(files)
    wanted = np.flatnonzero(labels != folders.LEFT_OUT)
    everything = len(wanted) == len(files)
    return Survey(
        files,
        wanted,
        labels[wanted],
        rows["facts"][wanted],
        images if everything else images[wanted],
        rows["whole"] if everything else rows["whole"][wanted],
        {position: reasons[each] for position, each in enumerate(wanted.tolist()) if each in reasons},
        (*files.notes, *notes, *filter(None, [complaint])),
    )


def _place(folder: Path) -> Path:
    """The path under which the cache stores the measurements; the folder itself stands for the images."""
    return folder / ".digits-tui-check-up"
