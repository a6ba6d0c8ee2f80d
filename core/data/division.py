"""Divides a data set into images to learn from, to validate with and to test on, and into folds.

Training, evaluation, the held-out comparison and the check-up all receive the division made here. It also says which
recipe applies, which depends on the number of images left to learn from. Knows labels and, to keep near duplicates
together, images; neither files nor networks.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.config.configuration import TrainingConfig
from core.config.recipes import RECIPES, Recipe
from core.data.collection import Collection
from core.data.near_duplicates import groups
from core.data.splits import folds, split

Indices = NDArray[np.int64]

TEST_SHARE = 0.15
"""Share of each class held out for testing if a set has no test set."""
_TEST_SEED, _VALIDATION_SEED = 2026, 0
"""Fixed, so that all runs hold out the same images."""
_VALIDATION_SHARE, _VALIDATION_IMAGES = 0.15, 500
"""A small set holds out this share for validation, but at most this many images, unless the recipe holds out more."""

LEAST_OF_CLASS = 3
"""Minimum images of a class to learn it: one to learn from, one to validate with, one to test on."""

LEARN, VALIDATE, TEST = 0, 1, 2
"""What a run does with an image."""


@dataclass(frozen=True)
class DivisionRule:
    """The settings by which a run divides its data set."""

    recipe: str
    """A name in `RECIPES`."""
    folds: int = 0
    """Folds for cross-validation, or 0 for none."""
    seed: int = 0
    """Determines the folds; without folds, all seeds hold out the same images."""

    @classmethod
    def of(cls, config: TrainingConfig) -> DivisionRule:
        """The rule of a training by `config`."""
        return cls(config.recipe, config.folds, config.seed)


USUAL = DivisionRule.of(TrainingConfig())
"""The rule of a training with the default configuration."""


@dataclass(frozen=True, eq=False)  # compared by identity, since comparing arrays gives no single bool
class Division:
    """The use of each of the N images of a set, by position.

    In a `Collection`, the images of the training set come first, then those of its test set.
    """

    rule: DivisionRule
    learn: Indices
    """(L,) ascending, the images that a network learns from if there are no folds."""
    validation: Indices
    """(V,) ascending, the images that validate it after each epoch if there are no folds."""
    test: Indices
    """(T,) ascending, the test images."""
    fold_of: Indices | None = field(default=None)
    """(N,) the fold of each image, from 0, if there are folds; each fold's network learns from all other folds."""

    @classmethod
    def of(cls, labels: NDArray[np.uint8], is_test: NDArray[np.bool_], rule: DivisionRule = USUAL) -> Division:
        """Divide by `labels` (N,), without folds; `is_test` (N,) marks the set's own test images.

        If it marks none, `TEST_SHARE` of each class is held out.
        """
        train, test = np.flatnonzero(~is_test), np.flatnonzero(is_test)
        if not len(test):
            train, test = split(labels, TEST_SHARE, _TEST_SEED)
        if not len(train):
            return cls(rule, train, train, test)
        share = max(RECIPES[rule.recipe].validation, min(_VALIDATION_SHARE, _VALIDATION_IMAGES / len(train)))
        kept, held = split(labels[train], share, _VALIDATION_SEED)
        return cls(rule, train[kept], train[held], test)

    @classmethod
    def of_collection(cls, collection: Collection, rule: DivisionRule = USUAL) -> Division:
        """Divide `collection`, into folds too if `rule` asks for them.

        Raises IndivisibleError if there are fewer different images than folds.
        """
        labels = np.concatenate([part.labels for part in collection.parts])
        division = cls.of(labels, np.arange(len(labels)) >= len(collection.train), rule)
        if not rule.folds:
            return division
        # In the order that the stages of a training use, since the random draw depends on it.
        order = division.order
        images = np.concatenate([part.images for part in collection.parts])[order]
        fold_of = np.empty(len(labels), np.int64)
        fold_of[order] = folds(labels[order], rule.folds, rule.seed, groups(images))
        return cls(rule, division.learn, division.validation, division.test, fold_of)

    @classmethod
    def in_folds(cls, images: NDArray[np.uint8], labels: NDArray[np.uint8], rule: DivisionRule) -> Division:
        """Divide `images` (N, 28, 28) into folds only, so that each is read by a network that did not learn from it.

        Raises IndivisibleError if there are fewer different images than folds.
        """
        fold_of = folds(labels, rule.folds, rule.seed, groups(images))
        nothing = np.zeros(0, np.int64)
        return cls(rule, np.arange(len(labels)), nothing, nothing, fold_of)

    def __len__(self) -> int:
        return len(self.learn) + len(self.validation) + len(self.test)

    @property
    def train(self) -> Indices:
        """Positions of all images but the test images, ascending."""
        return np.sort(np.concatenate([self.learn, self.validation]))

    @property
    def order(self) -> Indices:
        """(N,) all positions, the test images last."""
        return np.concatenate([self.train, self.test])

    @property
    def roles(self) -> Indices:
        """(N,) LEARN, VALIDATE or TEST for each image, as if there were no folds."""
        roles = np.full(len(self), LEARN, np.int64)
        roles[self.validation], roles[self.test] = VALIDATE, TEST
        return roles

    def fold(self, number: int) -> tuple[Indices, Indices]:
        """Positions of the images to learn from and to read in fold `number`, from 0, each ascending."""
        if self.fold_of is None:
            raise ValueError("the set is not divided into folds")
        return np.flatnonzero(self.fold_of != number), np.flatnonzero(self.fold_of == number)

    @property
    def fewest(self) -> int:
        """The number of images that the smallest of the run's trainings learns from."""
        if self.fold_of is None:
            return len(self.learn)
        return len(self) - int(np.bincount(self.fold_of, minlength=self.rule.folds).max())

    @property
    def recipe(self) -> Recipe:
        """The recipe for the `fewest` images: the same for all trainings of a run and for the probe before it."""
        return RECIPES[self.rule.recipe].on(self.fewest)
