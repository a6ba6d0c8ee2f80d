"""How well a network reads labelled images: accuracy, confusion, calibration, mistakes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from core.calibration import Calibration
from core.scores import scores


@dataclass(frozen=True)
class Bin:
    """The readings whose confidence lies in one of 15 equal parts of 0 to 1."""

    count: int
    confidence: float
    """Mean confidence."""
    accuracy: float


@dataclass(frozen=True)
class Evaluation:
    """The figures of one network on one set of images."""

    probabilities: NDArray[np.float32]
    """(N, 10), of 0 to 9."""
    labels: NDArray[np.uint8]
    """(N,)."""
    no_digit: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))
    """(N,), how probably each is no digit; empty where that was not asked."""

    @property
    def count(self) -> int:
        """Images read."""
        return len(self.labels)

    @property
    def predictions(self) -> NDArray[np.int64]:
        """(N,), the most probable digits."""
        return np.asarray(self.probabilities.argmax(axis=1), np.int64)

    @property
    def accuracy(self) -> float:
        """Part read right, 0 to 1."""
        return float((self.predictions == self.labels).mean())

    @property
    def loss(self) -> float:
        """Mean cross-entropy in nats."""
        right = self.probabilities[np.arange(self.count), self.labels]
        return float(-np.log(np.maximum(right, 1e-12)).mean())

    @property
    def confusion(self) -> NDArray[np.int64]:
        """(10, 10): images of digit [row] read as digit [column]."""
        return np.bincount(self.labels.astype(np.int64) * 10 + self.predictions, minlength=100).reshape(10, 10)

    @property
    def per_class(self) -> list[float | None]:
        """Part of each digit read right; None for a digit without images."""
        confusion = self.confusion
        totals = confusion.sum(axis=1)
        return [float(confusion[digit, digit] / total) if total else None for digit, total in enumerate(totals)]

    @property
    def reliability(self) -> list[Bin]:
        """15 bins of confidence, the lowest first."""
        confidence = self.probabilities.max(axis=1)
        right = self.predictions == self.labels
        index = np.minimum((confidence * 15).astype(np.int64), 14)
        bins = []
        for number in range(15):
            chosen = index == number
            some = bool(chosen.any())
            bins.append(
                Bin(
                    count=int(chosen.sum()),
                    confidence=float(confidence[chosen].mean()) if some else 0.0,
                    accuracy=float(right[chosen].mean()) if some else 0.0,
                )
            )
        return bins

    @property
    def calibration_error(self) -> float:
        """Expected calibration error over 15 bins, 0 to 1 (Guo et al. 2017)."""
        return sum(each.count * abs(each.confidence - each.accuracy) for each in self.reliability) / self.count

    @property
    def mistakes(self) -> NDArray[np.int64]:
        """Indices of the images read wrong, the most confident first."""
        wrong = np.flatnonzero(self.predictions != self.labels)
        return wrong[np.argsort(-self.probabilities[wrong].max(axis=1), kind="stable")]

    def to_json(self) -> dict[str, Any]:
        """The figures as a JSON object."""
        return {
            "accuracy": self.accuracy,
            "count": self.count,
            "loss": self.loss,
            "per_class": self.per_class,
            "confusion": self.confusion.tolist(),
            "calibration_error": self.calibration_error,
            "mistakes": self.mistakes[:100].tolist(),
        }


def evaluate(
    network: nn.Module,
    images: NDArray[np.uint8],
    labels: NDArray[np.uint8],
    device: torch.device,
    calibration: Calibration | None = None,
) -> Evaluation:
    """Read all of `images` (N, 28, 28) uint8, N at least 1, and compare with `labels` (N,) uint8, 0 to 9."""
    read = scores(network, images, device, calibration)
    return Evaluation(read.probabilities, labels, read.no_digit)
