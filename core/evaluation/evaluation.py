"""How well a network reads labelled images: accuracy, confusion, calibration, rejections, mistakes."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from core.config.calibration import Calibration
from core.data.collection import LabelledImages
from core.evaluation.confusion import class_figures
from core.inference.scores import scores

if TYPE_CHECKING:
    from core.reading.recogniser import Recogniser

BINS = 15


@dataclass(frozen=True)
class Bin:
    """The readings whose confidence is in one of 15 equal parts of 0 to 1."""

    count: int
    confidence: float
    """Mean confidence."""
    accuracy: float


@dataclass(frozen=True)
class Evaluation:
    """The figures of one network on one set of images."""

    probabilities: NDArray[np.float32]
    """(N, 10), for the digits 0 to 9."""
    labels: NDArray[np.uint8]
    """(N,), 0 to 9."""
    no_digit: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))
    """(N,), the probability that each is not a digit; empty if that was not measured."""
    threshold: float = 0.5
    """From this `no_digit` on an image is rejected."""

    @classmethod
    def joined(cls, parts: Sequence[Evaluation]) -> Evaluation:
        """All of `parts`, at least one, of the same network, as one evaluation."""
        return cls(
            np.concatenate([part.probabilities for part in parts]),
            np.concatenate([part.labels for part in parts]),
            np.concatenate([part.no_digit for part in parts]),
            parts[0].threshold,
        )

    @property
    def count(self) -> int:
        """Images read."""
        return len(self.labels)

    @property
    def predictions(self) -> NDArray[np.int64]:
        """(N,), the most probable digits."""
        return np.asarray(self.probabilities.argmax(axis=1), np.int64)

    @property
    def right(self) -> NDArray[np.bool_]:
        """(N,), which images are read right, whether they are rejected or not."""
        return np.asarray(self.predictions == self.labels)

    @property
    def accuracy(self) -> float:
        """Share of images read right, 0 to 1."""
        return float(self.right.mean())

    @property
    def rejected(self) -> NDArray[np.bool_]:
        """(N,), which images the network rejects."""
        if not len(self.no_digit):
            return np.zeros(self.count, bool)
        return np.asarray(self.no_digit >= self.threshold)

    @property
    def accepted_accuracy(self) -> float | None:
        """Share read right of the images that are not rejected, 0 to 1; None if all are rejected."""
        accepted = ~self.rejected
        return float(self.right[accepted].mean()) if accepted.any() else None

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
        """Share of each digit read right; None for a digit without images."""
        return [each.recall for each in class_figures(self.confusion.tolist())]

    @property
    def precision(self) -> list[float | None]:
        """Of the images read as each digit, the share that are; None for a digit that nothing was read as."""
        return [each.precision for each in class_figures(self.confusion.tolist())]

    @property
    def f1(self) -> list[float | None]:
        """The harmonic mean of precision and recall, which is `per_class`; None for a digit without any image."""
        return [each.f1 for each in class_figures(self.confusion.tolist())]

    @property
    def rejection_curve(self) -> list[tuple[float, float]]:
        """The share of images rejected, the least sure ones first, and the accuracy on the others.

        From 0 in steps of 1%, or of one image if there are fewer than a hundred; the last one leaves some images.
        """
        surest = np.argsort(-self.probabilities.max(axis=1), kind="stable")
        right = np.cumsum(self.right[surest])
        kept = [self.count - rejected for rejected in sorted({self.count * each // 100 for each in range(100)})]
        return [(1 - each / self.count, float(right[each - 1] / each)) for each in kept]

    @property
    def reliability(self) -> list[Bin]:
        """15 bins of confidence, lowest first."""
        confidence = self.probabilities.max(axis=1)
        right = self.right
        index = np.minimum((confidence * BINS).astype(np.int64), BINS - 1)
        bins = []
        for number in range(BINS):
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
        """Indices of the images read wrong, most confident first."""
        wrong = np.flatnonzero(~self.right)
        return wrong[np.argsort(-self.probabilities[wrong].max(axis=1), kind="stable")]

    def to_json(self) -> dict[str, Any]:
        """The figures as a JSON object."""
        return {
            "accuracy": self.accuracy,
            "count": self.count,
            "loss": self.loss,
            "per_class": self.per_class,
            "precision": self.precision,
            "f1": self.f1,
            "confusion": self.confusion.tolist(),
            "calibration_error": self.calibration_error,
            "reliability": [
                {"from": index / BINS, "to": (index + 1) / BINS, **dataclasses.asdict(each)}
                for index, each in enumerate(self.reliability)
            ],
            "rejection_curve": [list(point) for point in self.rejection_curve],
            "threshold": self.threshold,
            "rejected": int(self.rejected.sum()),
            "accepted_accuracy": self.accepted_accuracy,
            "mistakes": self.mistakes[:100].tolist(),
        }


def evaluate(
    network: nn.Module,
    images: NDArray[np.uint8],
    labels: NDArray[np.uint8],
    device: torch.device,
    calibration: Calibration | None = None,
    *,
    augment: bool = True,
) -> Evaluation:
    """Read all of `images` (N, 28, 28) uint8, N at least 1, and compare with `labels` (N,) uint8, 0 to 9.

    `augment`: with test-time augmentation of the unsure ones.
    """
    read = scores(network, images, device, calibration, augment=augment)
    threshold = Calibration().threshold if calibration is None else calibration.threshold
    return Evaluation(read.probabilities, labels, read.no_digit, threshold)


def evaluate_parts(
    recogniser: Recogniser, parts: Sequence[LabelledImages], report: Callable[[int, int], None] | None = None
) -> Evaluation:
    """Read all images of `parts`, at least one, with `recogniser`, without copying them.

    `report` is called with the number of images read and their total.
    """
    total, done = sum(map(len, parts)), 0
    evaluations = []
    for part in parts:

        def report_all(read: int, _: int, before: int = done) -> None:
            if report is not None:
                report(before + read, total)

        read = recogniser.scores(part.images, report_all)
        evaluations.append(Evaluation(read.probabilities, part.labels, read.no_digit, recogniser.calibration.threshold))
        done += len(part)
    return evaluations[0] if len(evaluations) == 1 else Evaluation.joined(evaluations)
