"""How a data set is divided: into what a training learns from, validates with and tests on, and into folds.

Decided here alone: training, evaluation, the held-out comparison and the check-up are given the same value. It also
says which recipe applies, since the images that are left to learn from decide that. Knows labels and, where copies
are to be kept together, images; neither files nor networks.
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
"""Share of each class that is held out for the test where a set has no test set."""
_TEST_SEED, _VALIDATION_SEED = 2026, 0
"""Fixed, so that the same images are held out from every training."""
_VALIDATION_SHARE, _VALIDATION_IMAGES = 0.15, 500
"""Of a small set so large a part, but no more than so many images, is for validation, whatever the recipe says."""

LEARN, VALIDATE, TEST = 0, 1, 2
"""What a training does with an image."""


@dataclass(frozen=True)
class DivisionRule:
    """What a training asks of a division."""

    recipe: str
    """A name in `RECIPES`."""
    folds: int = 0
    """Parts for cross-validation, or 0 for none."""
    seed: int = 0
    """Fixes the folds; what is held out without them is the same for all seeds."""

    @classmethod
    def of(cls, config: TrainingConfig) -> DivisionRule:
        """What a training by `config` asks for."""
        return cls(config.recipe, config.folds, config.seed)


USUAL = DivisionRule.of(TrainingConfig())
"""The rule of a training of which nothing else is asked."""


@dataclass(frozen=True, eq=False)  # arrays have no single truth value
class Division:
    """Which of the N images of a set are for what, by their positions in it.

    Of a `Collection` the images of the training set come first, then those of its test set.
    """

    rule: DivisionRule
    learn: Indices
    """(L,) ascending, what a network learns from where there are no folds."""
    validation: Indices
    """(V,) ascending, what it is validated with after each epoch where there are no folds."""
    test: Indices
    """(T,) ascending, the rest."""
    fold_of: Indices | None = field(default=None)
    """(N,) of each image its fold, from 0, where there are folds: a network learns from all others."""

    @classmethod
    def of(cls, labels: NDArray[np.uint8], is_test: NDArray[np.bool_], rule: DivisionRule = USUAL) -> Division:
        """Divide by `labels` (N,), without folds; `is_test` (N,) marks the set's own test images.

        Without any, `TEST_SHARE` of each class is held out.
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
        """Divide all of `collection`, into folds too where `rule` has some.

        Raises IndivisibleError where there are fewer different images than folds.
        """
        labels = np.concatenate([part.labels for part in collection.parts])
        division = cls.of(labels, np.arange(len(labels)) >= len(collection.train), rule)
        if not rule.folds:
            return division
        # As the stages of a training have them: the draw depends on the order.
        order = division.order
        images = np.concatenate([part.images for part in collection.parts])[order]
        fold_of = np.empty(len(labels), np.int64)
        fold_of[order] = folds(labels[order], rule.folds, rule.seed, groups(images))
        return cls(rule, division.learn, division.validation, division.test, fold_of)

    @classmethod
    def in_folds(cls, images: NDArray[np.uint8], labels: NDArray[np.uint8], rule: DivisionRule) -> Division:
        """Divide `images` (N, 28, 28) into folds only, so that each is read by a network that had not seen it.

        Raises IndivisibleError where there are fewer different images than folds.
        """
        fold_of = folds(labels, rule.folds, rule.seed, groups(images))
        nothing = np.zeros(0, np.int64)
        return cls(rule, np.arange(len(labels)), nothing, nothing, fold_of)

    def __len__(self) -> int:
        return len(self.learn) + len(self.validation) + len(self.test)

    @property
    def train(self) -> Indices:
        """Positions that are not for the test, ascending."""
        return np.sort(np.concatenate([self.learn, self.validation]))

    @property
    def order(self) -> Indices:
        """(N,) all positions, those for the test last."""
        return np.concatenate([self.train, self.test])

    @property
    def roles(self) -> Indices:
        """(N,) LEARN, VALIDATE or TEST of each image, where there are no folds."""
        roles = np.full(len(self), LEARN, np.int64)
        roles[self.validation], roles[self.test] = VALIDATE, TEST
        return roles

    def fold(self, number: int) -> tuple[Indices, Indices]:
        """Positions that are learned from and that are read in fold `number`, from 0, each ascending."""
        if self.fold_of is None:
            raise ValueError("the set is not divided into folds")
        return np.flatnonzero(self.fold_of != number), np.flatnonzero(self.fold_of == number)

    @property
    def fewest(self) -> int:
        """Images that the smallest of the run's trainings learns from."""
        if self.fold_of is None:
            return len(self.learn)
        return len(self) - int(np.bincount(self.fold_of, minlength=self.rule.folds).max())

    @property
    def recipe(self) -> Recipe:
        """The recipe as it is for the `fewest` images: one for all trainings of a run, and for what is timed before."""
        return RECIPES[self.rule.recipe].on(self.fewest)
