"""What a run has found out so far, over all its stages: the part of its state that is not of the network at work."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor

from core.training.cross_validation import Fold


@dataclass
class Tally:
    """Changed by the trainer as it goes."""

    seconds_before: float = 0.0
    """Training time of the processes before this one."""
    epoch_seconds: float = 0.0
    """Of the epoch in progress, those spent before this process."""
    loss_sum: Tensor | None = None
    """Of the epoch in progress, () on the device; None before its first step."""
    best: tuple[float, int] = (-1.0, 0)
    """The highest validation accuracy, and its epoch."""
    validation_accuracy: float | None = None
    """The last one."""
    kept: dict[str, Tensor] | None = None
    """The weights of the training on all images, once the folds have begun."""
    mnist: tuple[float, float] | None = None
    """MNIST's test accuracy with the weights that were begun with, and with the new ones."""
    folds: list[Fold] = field(default_factory=list)

    def to_state(self, seconds: float, epoch_seconds: float) -> dict[str, Any]:
        """Plain containers and tensors; the times are those up to now."""
        state = {each.name: getattr(self, each.name) for each in dataclasses.fields(self)}
        folds = [dataclasses.asdict(fold) for fold in self.folds]
        return {**state, "seconds_before": seconds, "epoch_seconds": epoch_seconds, "folds": folds}

    @classmethod
    def of_state(cls, state: Mapping[str, Any]) -> Tally:
        """The inverse of `to_state`."""
        best, mnist = state["best"], state["mnist"]
        return cls(
            seconds_before=state["seconds_before"],
            epoch_seconds=state["epoch_seconds"],
            loss_sum=state["loss_sum"],
            best=(best[0], best[1]),
            validation_accuracy=state["validation_accuracy"],
            kept=state["kept"],
            mnist=(mnist[0], mnist[1]) if mnist else None,
            folds=[Fold(**fold) for fold in state["folds"]],
        )
