"""How often a recipe shows how many images at once, which depends on how many there are. Knows no network."""

from __future__ import annotations

from dataclasses import dataclass

from core.config.recipes import SMALL, Recipe

_SMALL_STEPS = 25
"""Batches an epoch of a small set has at least: its images are then shown more than once an epoch."""


@dataclass(frozen=True)
class TrainingLength:
    """Epochs and batches of one network's training."""

    epochs: int
    steps: int
    """Batches an epoch."""
    batch_size: int
    """Images of a batch, those included that are not of the data set."""
    replayed: int
    """How many images of each batch are MNIST's, replayed."""
    added: int
    """How many of each batch are not of the data set: replayed and made ones."""

    @property
    def total_steps(self) -> int:
        """Batches of all epochs."""
        return self.epochs * self.steps

    @classmethod
    def of(cls, recipe: Recipe, count: int, epochs: int | None = None) -> TrainingLength:
        """For `count` images to learn from, at least 1, by a recipe that is `on` so many.

        `epochs` is how many a person asked for, where one did.
        """
        own = recipe.batch_size
        steps = max(_SMALL_STEPS, count // own) if count < SMALL else count // own
        replayed = round(own * recipe.replay / (1 - recipe.replay))
        added = replayed + recipe.redrawn + recipe.written + recipe.no_digits
        return cls(epochs or max(recipe.epochs, -(-recipe.least_steps // steps)), steps, own + added, replayed, added)
