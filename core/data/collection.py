"""Labelled images in memory, as every source of data hands them over. Knows neither files nor splits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import DataError

CLASSES = 10
SIDE = 28
_MOVED = 4096
"""Images that are moved at once."""


@dataclass(frozen=True)
class Skipped:
    """Something of a data set that could not be used."""

    path: str
    """The file, and within it the line or the index where it holds many images."""
    reason: str


@dataclass(frozen=True)
class LabelledImages:
    """Images with their labels. Raises DataError where the arrays do not fit each other."""

    images: NDArray[np.uint8]
    """(N, 28, 28) uint8, ink bright on 0, normalised."""
    labels: NDArray[np.uint8]
    """(N,) uint8, 0 to 9."""

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

    def __len__(self) -> int:
        return len(self.labels)

    def counts(self) -> list[int]:
        """How many images each of the ten classes has."""
        return [int(count) for count in np.bincount(self.labels, minlength=CLASSES)]

    def take(self, indices: NDArray[np.int64]) -> LabelledImages:
        """The images at `indices`, in that order."""
        return LabelledImages(self.images[indices], self.labels[indices])

    def parted(
        self, kept: NDArray[np.int64], held: NDArray[np.int64], *, consume: bool = False
    ) -> tuple[LabelledImages, LabelledImages]:
        """The images at `kept` and those at `held`, both ascending, together all of them.

        With `consume` both lie where these lay, the first before the second, which are then not to be used any more:
        of a million images two copies are more memory than a laptop may have.
        """
        images = self.images
        if not (consume and images.flags.writeable):
            return self.take(kept), self.take(held)
        # One half after the other: what is held out is set aside meanwhile, and so only half of it at a time.
        middle = len(images) // 2
        first, second = int(np.searchsorted(kept, middle)), int(np.searchsorted(held, middle))
        _move_behind(images[:middle], kept[:first], held[:second])
        _move_behind(images[middle:], kept[first:] - middle, held[second:] - middle)
        _move_behind(
            images[first : middle + len(kept) - first],
            np.arange(middle - first, middle - first + len(kept) - first),
            np.arange(middle - first),
        )
        return LabelledImages(images[: len(kept)], self.labels[kept]), LabelledImages(
            images[len(kept) :], self.labels[held]
        )


def _move_behind(images: NDArray[np.uint8], kept: NDArray[np.int64], held: NDArray[np.int64]) -> None:
    """Put the images at `held` behind those at `kept`, each in their order, ascending, where they are."""
    aside = images[held]
    for start in range(0, len(kept), _MOVED):
        rows = kept[start : start + _MOVED]
        images[start : start + len(rows)] = images[rows]  # from further behind: what is written over was moved
    images[len(kept) :] = aside


@dataclass(frozen=True)
class Collection:
    """All that a source holds and that can be used, before anything is held out for a test."""

    train: LabelledImages
    """The training set, or everything where the source has no test set."""
    test: LabelledImages | None = None
    """The test set, where the source has one of its own."""
    notes: tuple[str, ...] = ()
    """What a person should know, one sentence each."""
    skipped: tuple[Skipped, ...] = ()
    """What could not be used, and why."""

    @property
    def parts(self) -> tuple[LabelledImages, ...]:
        """The training set, then the test set where there is one."""
        return (self.train,) if self.test is None else (self.train, self.test)

    def counts(self) -> list[int]:
        """How many images each of the ten classes has, the test set included."""
        return [sum(counts) for counts in zip(*(part.counts() for part in self.parts), strict=True)]


@dataclass(frozen=True)
class Others:
    """N images of things that are no digits, as a source hands them over."""

    images: NDArray[np.uint8]
    """(N, 28, 28) uint8, normalised."""
    labels: list[str]
    """What each is, such as `A`; empty where that is not said."""
    notes: tuple[str, ...]
    skipped: tuple[Skipped, ...]


def labelled_images(images: Sequence[NDArray[np.uint8]], labels: Sequence[int]) -> LabelledImages:
    """From single (28, 28) images; empty ones too. Raises DataError as LabelledImages does."""
    stacked = np.stack(images) if images else np.zeros((0, SIDE, SIDE), np.uint8)
    return LabelledImages(stacked, np.asarray(labels, np.uint8))
