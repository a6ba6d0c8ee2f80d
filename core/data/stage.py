"""The stages of a run: a single training, or one on all images and then one for each fold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.config.shape import SIDE
from core.data.collection import LabelledImages
from core.data.datasets import Dataset

_NOTHING = LabelledImages(np.zeros((0, SIDE, SIDE), np.uint8), np.zeros(0, np.uint8))


@dataclass(frozen=True)
class Stage:
    """One network's training."""

    fold: int
    """0 if the network is kept; from 1 if it only measures how well such networks read."""
    learn: LabelledImages
    validate: LabelledImages
    """Read after each epoch; empty in the training on all images that precedes the folds."""

    @property
    def parts(self) -> tuple[LabelledImages, LabelledImages]:
        """The images to learn from and those to validate with."""
        return self.learn, self.validate


def stages(dataset: Dataset, *, consume: bool = False) -> list[Stage]:
    """The stages of a run on `dataset`, according to its division.

    Without folds, some of the training images are held out for validation. With folds, the first stage learns from all
    images, including the test set's. With `consume` the caller must not use the data set's training images afterwards
    (`LabelledImages.parted`).
    """
    division = dataset.division
    if division.fold_of is None:
        train = division.train
        learn, validation = (np.searchsorted(train, part) for part in (division.learn, division.validation))
        return [Stage(0, *dataset.train.parted(learn, validation, consume=consume))]
    every = whole(dataset)
    fold_of = division.fold_of[division.order]
    found = [Stage(0, every, _NOTHING)]
    for fold in range(division.rule.folds):
        held = fold_of == fold
        found.append(Stage(fold + 1, every.take(np.flatnonzero(~held)), every.take(np.flatnonzero(held))))
    return found


def whole(dataset: Dataset) -> LabelledImages:
    """All images of `dataset`, the test set last."""
    train, test = dataset.train, dataset.test
    return LabelledImages(np.concatenate([train.images, test.images]), np.concatenate([train.labels, test.labels]))
