"""Which training of a run is going on: of a cross-validation it has one on all images, and one for each fold."""

from __future__ import annotations

import math
from dataclasses import dataclass

from core.runs.events import Started


@dataclass(frozen=True)
class RunStage:
    """A stretch of a run's epochs that begins with fresh weights, or with those that are fine-tuned."""

    fold: int
    """From 1; 0 for the training on all images."""
    folds: int
    """Of the run; 0 where it is no cross-validation."""
    first: int
    """Its first epoch, from 1, in the run's counting."""
    epochs: int
    """How many it takes."""

    @classmethod
    def of(cls, started: Started, epoch: int) -> RunStage:
        """The part that `epoch`, from 1, of a run belongs to."""
        fold = started.fold_of(min(max(epoch, 1), started.epochs))
        first, following = (math.ceil(each * started.epochs / (started.folds + 1)) + 1 for each in (fold, fold + 1))
        return cls(fold, started.folds, first, following - first)

    @classmethod
    def all(cls, started: Started) -> list[RunStage]:
        """All parts of a run, in the order in which they are trained."""
        parts = [cls.of(started, 1)]
        while (following := parts[-1].first + parts[-1].epochs) <= started.epochs:
            parts.append(cls.of(started, following))
        return parts

    @property
    def name(self) -> str:
        """Such as `fold 2 of 5`."""
        return f"fold {self.fold} of {self.folds}" if self.fold else "all images"
