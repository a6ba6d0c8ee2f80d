"""The trainings that one run consists of: a single one, or one on all images and then one for each fold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.data.collection import CLASSES, SIDE, Part
from core.data.datasets import Dataset
from core.data.splits import folds, split
from core.errors import DataError

_NOTHING = Part(np.zeros((0, SIDE, SIDE), np.uint8), np.zeros(0, np.uint8))


@dataclass(frozen=True)
class Stage:
    """One network's training."""

    fold: int
    """0 where the network is kept; from 1 where it only measures how well others like it read."""
    learn: Part
    validate: Part
    """Read after each epoch; empty in the training on all images that precedes the folds."""

    @property
    def parts(self) -> tuple[Part, Part]:
        """Both."""
        return self.learn, self.validate


def stages(dataset: Dataset, validation: float, count: int, seed: int, *, consume: bool = False) -> list[Stage]:
    """The trainings of a run on `dataset` with `count` folds, or with none where that is 0.

    Without folds `validation` (0 to 1) of the training images is held out. With them all images are divided, those
    of a test part too, copies of an image into the same fold. With `consume` the data set's training part is not to
    be used any more (`Part.parted`). Raises DataError where they cannot be.
    """
    if not count:
        return [Stage(0, *_hold_out(dataset.train, validation, consume))]
    every = whole(dataset)
    from core.data.near_duplicates import groups

    try:
        fold_of = folds(every.labels, count, seed, groups(every.images))
    except ValueError as error:
        raise DataError(f"{dataset.name} cannot be cross-validated: {error}; ask for fewer folds") from error
    found = [Stage(0, every, _NOTHING)]
    for fold in range(count):
        held = fold_of == fold
        found.append(Stage(fold + 1, every.take(np.flatnonzero(~held)), every.take(np.flatnonzero(held))))
        if sum(each > 0 for each in found[-1].learn.counts()) < 2 or not held.any():
            raise DataError(
                f"{dataset.name} cannot be cross-validated in {count} parts: part {fold + 1} would leave fewer than "
                f"two of the {CLASSES} digits to learn from; ask for fewer folds, or add images"
            )
    return found


def fewest(every: Sequence[Stage]) -> int:
    """Images that the smallest of the trainings learns from, which decide how the recipe is for all of them."""
    return min(len(stage.learn) for stage in every)


def whole(dataset: Dataset) -> Part:
    """All images of `dataset`, those of its test part last."""
    train, test = dataset.train, dataset.test
    return Part(np.concatenate([train.images, test.images]), np.concatenate([train.labels, test.labels]))


def _hold_out(part: Part, fraction: float, consume: bool) -> tuple[Part, Part]:
    """`part` without and with only the validation images: the fraction, or up to 500 of a small set's 15%."""
    count = len(part.labels)
    kept, held = split(part.labels, max(fraction, min(0.15, 500 / count)), seed=0)
    return part.parted(kept, held, consume=consume)
