"""The stages of a run: one trains on all images; in a cross-validation one more for each fold follows."""

from __future__ import annotations

import math
from dataclasses import dataclass

from core.runs.events import Started


@dataclass(frozen=True)
class RunStage:
    """A range of a run's epochs that starts with new weights, or with the weights to be fine-tuned."""

    fold: int
    """From 1; 0 for the stage that trains on all images."""
    folds: int
    """The run's number of folds; 0 if it is not a cross-validation."""
    first: int
    """Its first epoch, counted from 1 over the whole run."""
    epochs: int
    """Its number of epochs."""

    @classmethod
    def of(cls, started: Started, epoch: int) -> RunStage:
        """The stage that a run's `epoch`, from 1, belongs to."""
        fold = started.fold_of(min(max(epoch, 1), started.epochs))
        first, following = (math.ceil(each * started.epochs / (started.folds + 1)) + 1 for each in (fold, fold + 1))
        return cls(fold, started.folds, first, following - first)

    @classmethod
    def all(cls, started: Started) -> list[RunStage]:
        """All stages of a run, in training order."""
        stages = [cls.of(started, 1)]
        while (following := stages[-1].first + stages[-1].epochs) <= started.epochs:
            stages.append(cls.of(started, following))
        return stages

    @property
    def name(self) -> str:
        """Such as `fold 2 of 5`."""
        return f"fold {self.fold} of {self.folds}" if self.fold else "all images"
