"""Reads a folder of ten class folders `0` … `9` with image files into a Collection.

Class folders may be one level down, or in `train/` and `test/`. Each image is decoded and normalised once and cached
by name, size and time of change, so adding one image decodes only that one. Decisions from a check-up about single
images are applied.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.config.shape import CLASSES, SIDE
from core.data import amendments, file_rows
from core.data.collection import Collection, LabelledImages, Skipped
from core.data.image_file import seen_in
from core.data.listing import Listing, layout, listing
from core.errors import DataError
from core.printable import printable
from core.system import pool
from core.words import plural

__all__ = [
    "BLANK",
    "LEFT_OUT",
    "Decoded",
    "amended",
    "decoded_of",
    "gather",
    "keep",
    "layout",
    "recall",
    "seconds_each",
]

LEFT_OUT = 255
"""The label, in the result of `amended`, of an image that a person left out."""
BLANK = "is blank: no ink was found in it"
_NO_IMAGE = {"images": np.zeros((1, SIDE, SIDE), np.uint8)}


@dataclass(frozen=True)
class Decoded:
    """The images in N files."""

    images: NDArray[np.uint8]
    """(N, 28, 28) uint8, normalised; all zero for a file that is blank or cannot be read."""
    reasons: dict[int, str]
    """Why a file has no image, by its index."""
    complaint: str = ""
    """Why the images could not be cached."""


def gather(folder: Path, report: pool.Report | None = None) -> Collection:
    """All usable images below `folder`, from the cache or decoded.

    Raises DataError if there is no class folder, or no usable image in any.
    """
    files = listing(folder)
    decoded = decoded_of(files, report)
    labels, notes = amended(files)
    wanted = labels != LEFT_OUT
    drawn = decoded.images.any(axis=(1, 2))
    skipped = tuple(
        Skipped(printable(files.path(index)), decoded.reasons.get(index, BLANK))
        for index in np.flatnonzero(wanted & ~drawn).tolist()
    )
    usable = wanted & drawn
    train = _part(files, decoded.images, labels, usable & ~files.is_test)
    test = _part(files, decoded.images, labels, usable & files.is_test)
    if not len(train):
        raise DataError(_nothing_usable(files, wanted, skipped))
    notes = [*files.notes, *notes, *_missing(train, ""), *filter(None, [decoded.complaint])]
    if files.has_test and not len(test):
        notes.append("The test folder has no usable images.")
    elif files.has_test:
        notes += _missing(test, " in the test folder")
    return Collection(train, test if len(test) else None, tuple(notes), skipped)


def amended(files: Listing) -> tuple[NDArray[np.uint8], list[str]]:
    """The labels (N,) uint8 with a person's decisions applied, 255 for images left out, and notes with the numbers."""
    decisions = amendments.read(files.folder)
    labels = files.labels.copy()
    left_out = relabelled = 0
    if decisions:
        where = {name: index for index, name in enumerate(files.names)}
        for path, decision in decisions.items():
            index = where.get(path.encode(errors="surrogateescape"))
            if index is None:
                continue  # the file is gone
            labels[index] = LEFT_OUT if decision.label is None else decision.label
            left_out += decision.label is None
            relabelled += decision.label is not None
    notes = list(amendments.complaints(files.folder))
    counts = [(count, what) for count, what in ((left_out, "left out"), (relabelled, "relabelled")) if count]
    if counts:
        (count, what), *others = counts
        texts = [f"{plural(count, 'image')} {what}", *(f"{count:,} {what}" for count, what in others)]
        notes.append(f"{' and '.join(texts)} by your check-up.")
    return labels, notes


def recall(files: Listing) -> tuple[NDArray[np.uint8], NDArray[np.bool_], int]:
    """The images (N, 28, 28) from the cache, a mask (N,) of those it has, and the number of files in the cache."""
    rows, known, kept = file_rows.recall(files.folder, files, _NO_IMAGE)
    return rows["images"], known, kept


def keep(files: Listing, images: NDArray[np.uint8], known: NDArray[np.bool_]) -> str:
    """Cache the images that are `known` (N,) bool; returns why that failed, else an empty string."""
    return file_rows.keep(files.folder, files, {"images": images}, known)


def decoded_of(files: Listing, report: pool.Report | None) -> Decoded:
    """The images in the files, from the cache or decoded."""
    images, known, kept = recall(files)
    new = np.flatnonzero(~known)
    notify = report or (lambda done, total: None)
    done = len(files) - len(new)
    notify(done, len(files))
    reasons: dict[int, str] = {}
    paths = [files.path(index) for index in new.tolist()]
    with closing(pool.parts(_image, paths, seconds_each(files, new))) as parts:
        place = 0
        for part in parts:
            for image in part:
                index = int(new[place])
                place += 1
                if isinstance(image, str):
                    reasons[index] = image
                else:
                    images[index], known[index] = image, True
            notify(done + place, len(files))
    # Rewrite the cache if files are new or gone.
    changed = len(reasons) < len(new) or int(known.sum()) < kept
    return Decoded(images, reasons, keep(files, images, known) if changed else "")


def seconds_each(files: Listing, which: NDArray[np.int64]) -> float:
    """An estimate of the time to decode one of these files, in seconds."""
    # 28×28 PNG and 100×100 JPEG files took 1 to 2 ms of a server core; the time of large files grows with their size.
    return 0.0015 + 1e-7 * (float(files.stamps[which, 0].clip(0).mean()) if len(which) else 0.0)


def _image(path: str) -> NDArray[np.uint8] | str:
    """The image (28, 28) uint8, all zero if it is blank, or the reason why it cannot be read."""
    try:
        return seen_in(Path(path))
    except DataError as error:
        return str(error)


def _part(
    files: Listing, images: NDArray[np.uint8], labels: NDArray[np.uint8], which: NDArray[np.bool_]
) -> LabelledImages:
    if which.all():  # 100,000 images are 78 MB: do not copy them if all are used
        return LabelledImages(images, labels, files.names)
    names = [files.names[index] for index in np.flatnonzero(which).tolist()]
    return LabelledImages(images[which], labels[which], names)


def _nothing_usable(files: Listing, wanted: NDArray[np.bool_], skipped: tuple[Skipped, ...]) -> str:
    train_files = np.flatnonzero(~files.is_test)
    if not len(train_files):
        return f"{files.folder} has class folders, but they are empty; put images of each digit into its folder"
    if not wanted[train_files].any():
        return f"{files.folder} has no images left: your check-up leaves out all {len(train_files):,}; take some back"
    first = next(
        each for each in skipped if each.path == printable(files.path(int(train_files[wanted[train_files]][0])))
    )
    return (
        f"{files.folder} has no usable images: none of {len(train_files):,} files can be used. "
        f"The first, {first.path}, {first.reason}"
    )


def _missing(part: LabelledImages, where: str) -> list[str]:
    missing = [str(label) for label, count in enumerate(part.counts()) if not count]
    if not missing:
        return []
    return [f"No usable images of {', '.join(missing)}{where} ({CLASSES - len(missing)} of {CLASSES} classes)."]
