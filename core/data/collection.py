"""Labelled images in memory, as every source returns them. Knows neither files nor splits."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.config.shape import CLASSES, SIDE
from core.errors import DataError

_MOVED = 4096
"""Images moved at a time."""


@dataclass(frozen=True)
class Skipped:
    """A part of a data set that could not be used."""

    path: str
    """The file, with the line or the index if it holds many images."""
    reason: str


@dataclass(frozen=True)
class LabelledImages:
    """Images with their labels. Raises DataError if the arrays do not fit each other."""

    images: NDArray[np.uint8]
    """(N, 28, 28) uint8, ink bright on 0, normalised."""
    labels: NDArray[np.uint8]
    """(N,) uint8, 0 to 9."""
    names: Sequence[bytes] = ()
    """N paths relative to the set's folder; none if the images are not files of their own."""

    def __post_init__(self) -> None:
        if self.images.dtype != np.uint8 or self.images.shape[1:] != (SIDE, SIDE) or self.images.ndim != 3:
            raise DataError(
                f"images have shape {self.images.shape} and type {self.images.dtype}; "
                f"they must be (N, {SIDE}, {SIDE}) of type uint8"
            )
        if self.labels.dtype != np.uint8 or self.labels.shape != self.images.shape[:1]:
            raise DataError(
                f"labels have shape {self.labels.shape} and type {self.labels.dtype}; "
                f"they must be ({len(self.images)},) of type uint8, one for each image"
            )
        if self.labels.size and self.labels.max() >= CLASSES:
            raise DataError(f"labels go up to {self.labels.max()}; they must be 0 to {CLASSES - 1}")
        if len(self.names) not in (0, len(self.labels)):
            raise DataError(f"there are {len(self.names)} names of {len(self.labels)} images; give one each, or none")

    def __len__(self) -> int:
        return len(self.labels)

    def counts(self) -> list[int]:
        """The number of images of each of the ten classes."""
        return [int(count) for count in np.bincount(self.labels, minlength=CLASSES)]

    def take(self, indices: NDArray[np.int64]) -> LabelledImages:
        """The images at `indices`, in that order."""
        return LabelledImages(self.images[indices], self.labels[indices], self._names_at(indices))

    def name(self, index: int) -> str:
        """The path of an image relative to the set's folder, as amendments name it; empty if it is no file."""
        return os.fsdecode(self.names[index]) if self.names else ""

    def _names_at(self, indices: NDArray[np.int64]) -> list[bytes]:
        return [self.names[index] for index in indices.tolist()] if self.names else []

    def parted(
        self, kept: NDArray[np.int64], held: NDArray[np.int64], *, consume: bool = False
    ) -> tuple[LabelledImages, LabelledImages]:
        """The images at `kept` and at `held`, both ascending, which together are all images.

        With `consume` the images are rearranged in place, `kept` before `held`, and the caller must not use this object
        afterwards: a second copy of a million images may be more memory than a laptop has.
        """
        images = self.images
        if not (consume and images.flags.writeable):
            return self.take(kept), self.take(held)
        # One half after the other, so that only half of the held-out images are copied aside at a time.
        middle = len(images) // 2
        first, second = int(np.searchsorted(kept, middle)), int(np.searchsorted(held, middle))
        _move_behind(images[:middle], kept[:first], held[:second])
        _move_behind(images[middle:], kept[first:] - middle, held[second:] - middle)
        _move_behind(
            images[first : middle + len(kept) - first],
            np.arange(middle - first, middle - first + len(kept) - first),
            np.arange(middle - first),
        )
        return (
            LabelledImages(images[: len(kept)], self.labels[kept], self._names_at(kept)),
            LabelledImages(images[len(kept) :], self.labels[held], self._names_at(held)),
        )


def _move_behind(images: NDArray[np.uint8], kept: NDArray[np.int64], held: NDArray[np.int64]) -> None:
    """Move the images at `held` behind those at `kept`, in place; both are ascending and keep their order."""
    aside = images[held]
    for start in range(0, len(kept), _MOVED):
        rows = kept[start : start + _MOVED]
        images[start : start + len(rows)] = images[rows]  # moves to the front: the rows overwritten were already moved
    images[len(kept) :] = aside


@dataclass(frozen=True)
class Collection:
    """All usable images of a source, before any are held out for testing."""

    train: LabelledImages
    """The training set, or all images if the source has no test set."""
    test: LabelledImages | None = None
    """The source's own test set, if it has one."""
    notes: tuple[str, ...] = ()
    """What a person should know, one sentence each."""
    skipped: tuple[Skipped, ...] = ()
    """What could not be used, with the reasons."""

    @property
    def parts(self) -> tuple[LabelledImages, ...]:
        """The training set, then the test set if there is one."""
        return (self.train,) if self.test is None else (self.train, self.test)

    def counts(self) -> list[int]:
        """The number of images of each of the ten classes, the test set included."""
        return [sum(counts) for counts in zip(*(part.counts() for part in self.parts), strict=True)]


@dataclass(frozen=True)
class Others:
    """N images that are not digits, as a source returns them."""

    images: NDArray[np.uint8]
    """(N, 28, 28) uint8, normalised."""
    labels: list[str]
    """What each image shows, such as `A`; empty if unknown."""
    notes: tuple[str, ...]
    skipped: tuple[Skipped, ...]


def labelled_images(images: Sequence[NDArray[np.uint8]], labels: Sequence[int]) -> LabelledImages:
    """LabelledImages from a list of (28, 28) uint8 images, possibly empty. Raises DataError as LabelledImages does."""
    stacked = np.stack(images) if images else np.zeros((0, SIDE, SIDE), np.uint8)
    return LabelledImages(stacked, np.asarray(labels, np.uint8))
