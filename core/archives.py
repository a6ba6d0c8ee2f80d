"""A NumPy archive `.npz` with `images` and `labels` becomes a Collection.

`test_images` and `test_labels` make a test part where they are there; other arrays are left aside. Nothing in
the file is run (no pickles), and shapes and types are looked at before a byte of an image is unpacked.
"""

from __future__ import annotations

import math
import zipfile
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import cache, pool
from core.collection import CLASSES, SIDE, Collection, Part, Skipped, part_of
from core.damage import DAMAGE
from core.errors import DataError
from core.normalise import Polarity, normalise

_LARGEST = 2**31  # bytes of one array; the whole of EMNIST's digits takes a tenth of it
_KEPT = {"train_images", "train_labels", "train_blank", "test_images", "test_labels", "test_blank"}


def gather(path: Path, report: pool.Report | None = None, polarity: Polarity = "auto") -> Collection:
    """All images of the archive, each normalised once and kept in the cache.

    Raises DataError where the file is no such archive, saying what is wrong with which array.
    """
    try:
        stamp = f"{cache.stamp_of(path)} {polarity}"
    except OSError as error:
        raise DataError(f"{path} cannot be opened: {error.strerror}") from error
    notes: list[str] = []
    kept = cache.read(path, stamp)
    if kept is None or set(kept) != _KEPT:
        kept = _normalised(_arrays(path), report, polarity)
        notes += filter(None, [cache.write(path, kept, stamp)])
    elif report is not None:
        done = len(kept["train_images"]) + len(kept["test_images"])
        report(done, done)
    skipped = [
        Skipped(f"{path}: {key}[{index}]", "is blank: no ink was found in it")
        for key, blank in (("images", kept["train_blank"]), ("test_images", kept["test_blank"]))
        for index in blank
    ]
    train, test = (Part(kept[f"{name}_images"], kept[f"{name}_labels"]) for name in ("train", "test"))
    if not len(train):
        raise DataError(f"{path} has no usable images: all {len(skipped):,} are blank")
    return Collection(train, test if len(test) else None, tuple(notes), tuple(skipped))


def _normalised(
    arrays: dict[str, NDArray[Any]], report: pool.Report | None, polarity: Polarity
) -> dict[str, NDArray[Any]]:
    raw: list[NDArray[np.uint8]] = [*arrays["images"], *arrays.get("test_images", ())]
    images = pool.each(partial(normalise, polarity=polarity), raw, report)
    count = len(arrays["images"])
    made: dict[str, NDArray[Any]] = {}
    for name, key, part in (("train", "labels", images[:count]), ("test", "test_labels", images[count:])):
        drawn = np.array([image.any() for image in part], bool)
        labels = arrays.get(key, np.zeros(0, np.uint8)).astype(np.uint8)
        stacked = part_of(part, [0] * len(part)).images
        made |= {f"{name}_images": stacked[drawn], f"{name}_labels": labels[drawn]}
        made[f"{name}_blank"] = np.flatnonzero(~drawn)
    return made


def _arrays(path: Path) -> dict[str, NDArray[Any]]:
    """The arrays of the file that are used, after all checks."""
    try:
        with zipfile.ZipFile(path) as file:
            names = {name.removesuffix(".npy") for name in file.namelist() if name.endswith(".npy")}
            wanted = _wanted(path, names)
            for images, labels in wanted:
                _check(path, images, labels, _header(file, images), _header(file, labels))
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as stored:
            arrays = {key: stored[key] for pair in wanted for key in pair}
    except DAMAGE as error:
        raise DataError(
            f"{path} is not a NumPy archive, or is damaged ({error}); write it with np.savez(path, images=…, labels=…)"
        ) from error
    for _, key in wanted:
        wrong = np.flatnonzero((arrays[key] < 0) | (arrays[key] >= CLASSES))
        if len(wrong):
            raise DataError(f"{path}: {key}[{wrong[0]}] is {arrays[key][wrong[0]]}; labels must be 0 to {CLASSES - 1}")
    return arrays


def _wanted(path: Path, names: set[str]) -> list[tuple[str, str]]:
    pairs = [("images", "labels")]
    if names & {"test_images", "test_labels"}:
        pairs.append(("test_images", "test_labels"))
    missing = [key for pair in pairs for key in pair if key not in names]
    if missing:
        has = ", ".join(sorted(names)[:8]) or "no arrays"
        raise DataError(
            f"{path} has no array {' and no '.join(missing)}; it has {has}. It needs images (N, H, W) uint8 "
            "and labels (N,), and may have test_images and test_labels"
        )
    return pairs


def _header(file: zipfile.ZipFile, key: str) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Shape and type of an array, without its values."""
    with file.open(f"{key}.npy") as member:
        version = np.lib.format.read_magic(member)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, _, dtype = read(member)
        return shape, dtype


def _check(
    path: Path,
    images: str,
    labels: str,
    images_header: tuple[tuple[int, ...], np.dtype[Any]],
    labels_header: tuple[tuple[int, ...], np.dtype[Any]],
) -> None:
    (shape, dtype), (labels_shape, labels_dtype) = images_header, labels_header
    if len(shape) != 3 or 0 in shape[1:]:
        raise DataError(f"{path}: {images} has shape {shape}; it must be (N, H, W), grey levels of N images")
    if dtype != np.uint8:
        raise DataError(
            f"{path}: {images} has type {dtype}; it must be uint8, grey levels 0 to 255 "
            "(values 0 to 1 are turned into them by: (images * 255).astype(np.uint8))"
        )
    if not shape[0]:
        raise DataError(f"{path}: {images} is empty; it must hold at least one image")
    if math.prod(shape) > _LARGEST:
        raise DataError(
            f"{path}: {images} has {math.prod(shape) / 2**30:,.1f} GiB of pixels, at most {_LARGEST // 2**30} "
            f"are read; reduce the images, {SIDE} × {SIDE} is what is made of them"
        )
    if labels_dtype.kind not in "iu" or len(labels_shape) != 1:
        raise DataError(
            f"{path}: {labels} has shape {labels_shape} and type {labels_dtype}; it must be (N,) whole numbers"
        )
    if labels_shape[0] != shape[0]:
        raise DataError(f"{path}: there are {shape[0]:,} {images} and {labels_shape[0]:,} {labels}; one each is needed")
