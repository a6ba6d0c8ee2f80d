"""The results of a run so far, over all its stages: the part of its state that does not belong to one network."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from core.training.cross_validation import Fold


@dataclass
class TrainingState:
    """Losses, accuracies and folds so far; the trainer updates it as it goes."""

    loss_sum: Tensor | None = None
    """The sum of the losses of the epoch in progress, () on the device; None before its first step."""
    best: tuple[float, int] = (-1.0, 0)
    """The highest validation accuracy, and its epoch."""
    validation_accuracy: float | None = None
    """The validation accuracy of the last epoch."""
    weights: dict[str, Tensor] | None = None
    """The weights from the training on all images, once the folds have begun."""
    mnist: tuple[float, float] | None = None
    """MNIST's test accuracy of the starting weights, and of the new ones."""
    folds: list[Fold] = field(default_factory=list)

    def add(self, loss: Tensor) -> None:
        """Count the loss of one step, () on the device, without waiting for it."""
        self.loss_sum = loss.clone() if self.loss_sum is None else self.loss_sum.add_(loss)

    def validated(self, accuracy: float, epoch: int) -> None:
        """Count the validation accuracy of an epoch."""
        self.validation_accuracy = accuracy
        if accuracy > self.best[0]:
            self.best = (accuracy, epoch)

    def to_state(self) -> dict[str, Any]:
        """Plain containers and tensors, for a snapshot."""
        return {
            "loss_sum": self.loss_sum,
            "best": self.best,
            "validation_accuracy": self.validation_accuracy,
            "kept": self.weights,
            "mnist": self.mnist,
            "folds": [dataclasses.asdict(fold) for fold in self.folds],
        }

    @classmethod
    def of_state(cls, state: Mapping[str, Any], device: torch.device) -> TrainingState:
        """The inverse of `to_state`, with the loss on `device`."""
        best, mnist, loss_sum = state["best"], state["mnist"], state["loss_sum"]
        return cls(
            loss_sum=loss_sum.to(device) if loss_sum is not None else None,
            best=(best[0], best[1]),
            validation_accuracy=state["validation_accuracy"],
            weights=state["kept"],
            mnist=(mnist[0], mnist[1]) if mnist else None,
            folds=[Fold(**fold) for fold in state["folds"]],
        )
