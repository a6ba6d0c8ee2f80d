"""Reads a NumPy archive `.npz` with `images` and `labels` into a Collection.

`test_images` and `test_labels`, if present, become the test set; other arrays are ignored. Nothing in the file is
executed (no pickles), and shapes and types are checked before any image is unpacked.
"""

from __future__ import annotations

import math
import zipfile
from collections.abc import Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import IO, Any, overload

import numpy as np
from numpy.typing import NDArray

from core.config.shape import CLASSES, SIDE
from core.data import cache
from core.data.collection import Collection, LabelledImages, Skipped
from core.errors import DataError
from core.preprocessing.normalise import Polarity, normalise
from core.system import plain_file, pool
from core.system.damage import DAMAGE

_LARGEST = 2**31  # bytes of one array; all of EMNIST's digits take a tenth of it
_KEPT = {"train_images", "train_labels", "train_blank", "test_images", "test_labels", "test_blank"}


def gather(path: Path, report: pool.Report | None = None, polarity: Polarity = "auto") -> Collection:
    """All images of the archive, each normalised once and cached.

    Raises DataError if the file is not such an archive; the message says what is wrong with which array.
    """
    try:
        stamp = f"{cache.stamp_of(path)} {polarity}"
    except OSError as error:
        raise DataError(f"{path} cannot be opened: {error.strerror}") from error
    notes: list[str] = []
    kept = cache.read(path, stamp)
    if kept is None or set(kept) != _KEPT:
        kept = _normalised(path, report, polarity)
        notes += filter(None, [cache.write(path, kept, stamp)])
    elif report is not None:
        done = len(kept["train_images"]) + len(kept["test_images"])
        report(done, done)
    skipped = [
        Skipped(f"{path}: {key}[{index}]", "is blank: no ink was found in it")
        for key, blank in (("images", kept["train_blank"]), ("test_images", kept["test_blank"]))
        for index in blank
    ]
    train, test = (LabelledImages(kept[f"{name}_images"], kept[f"{name}_labels"]) for name in ("train", "test"))
    if not len(train):
        raise DataError(f"{path} has no usable images: all {len(skipped):,} are blank")
    return Collection(train, test if len(test) else None, tuple(notes), tuple(skipped))


def _normalised(path: Path, report: pool.Report | None, polarity: Polarity) -> dict[str, NDArray[Any]]:
    """The arrays to cache, after all checks. Images are read while they are normalised, not all at once."""
    pairs, labels = _labels(path)
    total, done = sum(map(len, labels.values())), 0
    made: dict[str, NDArray[Any]] = {
        "test_images": np.zeros((0, SIDE, SIDE), np.uint8),
        "test_labels": np.zeros(0, np.uint8),
        "test_blank": np.zeros(0, np.int64),
    }
    for name, (key, label) in zip(("train", "test"), pairs, strict=False):
        count, at = len(labels[label]), 0
        images = np.empty((count, SIDE, SIDE), np.uint8)
        drawn = np.empty(count, bool)
        with _Stored(path, key) as stored, closing(pool.parts(partial(normalise, polarity=polarity), stored)) as found:
            for part in found:
                end = at + len(part)
                images[at:end] = part
                drawn[at:end] = images[at:end].any(axis=(1, 2))
                at, done = end, done + len(part)
                if report is not None:
                    report(done, total)
        whole = bool(drawn.all())  # avoids a copy of a million images
        made[f"{name}_images"] = images if whole else images[drawn]
        made[f"{name}_labels"] = labels[label].astype(np.uint8)[drawn]
        made[f"{name}_blank"] = np.flatnonzero(~drawn)
    return made


def _labels(path: Path) -> tuple[list[tuple[str, str]], dict[str, NDArray[Any]]]:
    """The names of the arrays of images and of labels, in pairs, and the labels by name, after all checks."""
    try:
        with zipfile.ZipFile(path) as file:
            names = {name.removesuffix(".npy") for name in file.namelist() if name.endswith(".npy")}
            pairs = _pairs(path, names)
            for images, labels in pairs:
                _check(path, images, labels, _header(file, images), _header(file, labels))
        with plain_file.opened(path) as opened, np.load(opened, allow_pickle=False) as stored:
            arrays = {key: stored[key] for _, key in pairs}
    except DAMAGE as error:
        raise _damaged(path, error) from error
    for _, key in pairs:
        wrong = np.flatnonzero((arrays[key] < 0) | (arrays[key] >= CLASSES))
        if len(wrong):
            raise DataError(f"{path}: {key}[{wrong[0]}] is {arrays[key][wrong[0]]}; labels must be 0 to {CLASSES - 1}")
    return pairs, arrays


def _damaged(path: Path, error: BaseException) -> DataError:
    return DataError(
        f"{path} is not a NumPy archive, or is damaged ({error}); write it with np.savez(path, images=…, labels=…)"
    )


class _Stored(Sequence[NDArray[np.uint8]]):
    """The images of an array in the file, read from first to last and not kept in memory.

    Raises DataError if the file is damaged.
    """

    def __init__(self, path: Path, key: str) -> None:
        self._path, self._key = path, key
        self._file = zipfile.ZipFile(path)
        (count, *sides), _ = _header(self._file, key)
        self._count, self._shape = count, tuple(sides)
        self._at = 0
        self._member = self._opened()
        self._whole: NDArray[np.uint8] | None = None

    def __enter__(self) -> _Stored:
        return self

    def __exit__(self, *_: object) -> None:
        self._member.close()
        self._file.close()

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, chosen: int) -> NDArray[np.uint8]: ...

    @overload
    def __getitem__(self, chosen: slice) -> Sequence[NDArray[np.uint8]]: ...

    def __getitem__(self, chosen: int | slice) -> NDArray[np.uint8] | Sequence[NDArray[np.uint8]]:
        if isinstance(chosen, int):
            return self[chosen : chosen + 1][0]
        start, stop, _ = chosen.indices(self._count)
        try:
            return [*self._read(start, max(0, stop - start))]
        except DAMAGE as error:
            raise _damaged(self._path, error) from error

    def _read(self, start: int, count: int) -> NDArray[np.uint8]:
        if self._columns_first:
            # The pixels of each image are spread over the whole array.
            if self._whole is None:
                with np.load(self._path, allow_pickle=False) as stored:
                    self._whole = stored[self._key]
            return self._whole[start : start + count]
        if start < self._at:
            self._member.close()
            self._member, self._at = self._opened(), 0
        size = math.prod(self._shape)
        while self._at < start:
            skipped = min(1024, start - self._at)
            self._member.read(skipped * size)
            self._at += skipped
        data = self._member.read(count * size)
        if len(data) < count * size:
            raise EOFError(f"{self._key} ends after {self._at + len(data) // size:,} of {self._count:,} images")
        self._at = start + count
        if self._at == self._count:
            self._member.read()  # zipfile verifies the checksum only at the end
        return np.frombuffer(data, np.uint8).reshape(count, *self._shape)

    def _opened(self) -> IO[bytes]:
        """The opened member, positioned at its first image."""
        member = self._file.open(f"{self._key}.npy")
        _, self._columns_first, _ = _read_header(member)
        return member


def _pairs(path: Path, names: set[str]) -> list[tuple[str, str]]:
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
        shape, _, dtype = _read_header(member)
        return shape, dtype


def _read_header(member: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """Shape, whether the array is in Fortran order, and type."""
    version = np.lib.format.read_magic(member)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    return read(member)


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
            "(convert values 0 to 1 with (images * 255).astype(np.uint8))"
        )
    if not shape[0]:
        raise DataError(f"{path}: {images} is empty; it must hold at least one image")
    if math.prod(shape) > _LARGEST:
        raise DataError(
            f"{path}: {images} has {math.prod(shape) / 2**30:,.1f} GiB of pixels; at most {_LARGEST // 2**30} GiB can "
            f"be read. Reduce the images: they become {SIDE} × {SIDE} anyway"
        )
    if labels_dtype.kind not in "iu" or len(labels_shape) != 1:
        raise DataError(
            f"{path}: {labels} has shape {labels_shape} and type {labels_dtype}; it must be (N,) whole numbers"
        )
    if labels_shape[0] != shape[0]:
        raise DataError(
            f"{path}: there are {shape[0]:,} {images} and {labels_shape[0]:,} {labels}; each image needs one label"
        )
