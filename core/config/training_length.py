"""Epochs, steps and batch size of a recipe, which depend on the number of images. Knows no network."""

from __future__ import annotations

from dataclasses import dataclass

from core.config.recipes import SMALL, Recipe

_SMALL_STEPS = 25
"""Minimum batches per epoch for a small set, whose images are then shown more than once per epoch."""


@dataclass(frozen=True)
class TrainingLength:
    """Epochs and batches of one network's training."""

    epochs: int
    steps: int
    """Batches per epoch."""
    batch_size: int
    """Images in a batch, auxiliary ones included."""
    replayed: int
    """Images in each batch that are replayed from MNIST."""
    added: int
    """Auxiliary images in each batch, replayed and synthetic."""

    @property
    def total_steps(self) -> int:
        """Batches in all epochs together."""
        return self.epochs * self.steps

    @classmethod
    def of(cls, recipe: Recipe, count: int, epochs: int | None = None) -> TrainingLength:
        """The length for `count` images to learn from, at least 1, and a recipe already adapted by `recipe.on(count)`.

        `epochs` is the number that a person asked for, if any.
        """
        own = recipe.batch_size
        steps = max(_SMALL_STEPS, count // own) if count < SMALL else count // own
        replayed = round(own * recipe.replay / (1 - recipe.replay))
        added = replayed + recipe.redrawn + recipe.written + recipe.no_digits
        return cls(epochs or max(recipe.epochs, -(-recipe.least_steps // steps)), steps, own + added, replayed, added)
