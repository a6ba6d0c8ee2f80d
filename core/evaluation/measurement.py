"""What `evaluate --json` prints, for programs: the figures of one network on one set, with examples. Knows no torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.config.shape import CLASSES
from core.evaluation.confusion import ClassFigures, Table, class_figures
from core.evaluation.example import Example


@dataclass(frozen=True)
class Confidences:
    """Readings whose confidence is in one part of 0 to 1."""

    begin: float
    end: float
    count: int
    confidence: float
    """Their mean confidence."""
    accuracy: float


@dataclass(frozen=True)
class Measurement:
    """How a network read a set. Of a cross-validation only the confusion is known."""

    confusion: Table
    """(10, 10): images of digit [row] read as digit [column]."""
    part: str = ""
    """Which images of the set, such as `MNIST's test set`."""
    calibration_error: float | None = None
    reliability: tuple[Confidences, ...] = ()
    rejection_curve: tuple[tuple[float, float], ...] = ()
    """The share of images rejected, the least sure ones first, and the accuracy on the others."""
    examples: tuple[Example, ...] = ()

    @property
    def count(self) -> int:
        """Images read."""
        return sum(map(sum, self.confusion))

    @property
    def wrong(self) -> int:
        """Images read wrong."""
        return self.count - sum(row[digit] for digit, row in enumerate(self.confusion))

    @property
    def figures(self) -> tuple[ClassFigures, ...]:
        """Of each digit."""
        return class_figures(self.confusion)

    def of(self, label: int, read: int) -> list[Example]:
        """The examples of one cell of the confusion, the most confident first."""
        return [each for each in self.examples if (each.label, each.read) == (label, read)]

    def to_json(self) -> dict[str, Any]:
        """A JSON object; `evaluate` adds figures to it."""
        return {
            "confusion": [list(row) for row in self.confusion],
            "part": self.part,
            "calibration_error": self.calibration_error,
            "reliability": [
                {
                    "from": each.begin,
                    "to": each.end,
                    "count": each.count,
                    "confidence": each.confidence,
                    "accuracy": each.accuracy,
                }
                for each in self.reliability
            ],
            "rejection_curve": [list(point) for point in self.rejection_curve],
            "examples": [each.to_json() for each in self.examples],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Measurement:
        """The inverse of `to_json`, also for what `evaluate` prints.

        Raises KeyError, TypeError or ValueError if `data` is something else.
        """
        confusion = tuple(tuple(int(count) for count in row) for row in data["confusion"])
        if len(confusion) != CLASSES or any(len(row) != CLASSES or min(row) < 0 for row in confusion):
            raise ValueError(f"the confusion is not {CLASSES} × {CLASSES} counts")
        return cls(
            confusion=confusion,
            part=str(data["part"]),
            calibration_error=None if (error := data["calibration_error"]) is None else float(error),
            reliability=tuple(
                Confidences(
                    begin=float(each["from"]),
                    end=float(each["to"]),
                    count=int(each["count"]),
                    confidence=float(each["confidence"]),
                    accuracy=float(each["accuracy"]),
                )
                for each in data["reliability"]
            ),
            rejection_curve=tuple((float(share), float(accuracy)) for share, accuracy in data["rejection_curve"]),
            examples=tuple(map(Example.from_json, data.get("examples", ()))),
        )
