"""What the recogniser says of one bitmap, as it crosses from the reader process to the interface."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Reading:
    """The answer to one bitmap."""

    digit: int | None
    """The most probable digit, or None where nothing was drawn."""
    probabilities: tuple[float, ...]
    """Ten probabilities, of 0 to 9, that sum to 1; all zero where nothing was drawn."""
    seen: NDArray[np.uint8]
    """What the network saw: (28, 28) uint8, ink bright on dark."""
    checkpoint: str
    """The path of the checkpoint that answered."""
    milliseconds: float
    """How long normalising and the network took."""

    @property
    def confidence(self) -> float:
        """The probability of `digit`, 0 where there is none."""
        return 0.0 if self.digit is None else self.probabilities[self.digit]

    def to_json(self) -> dict[str, Any]:
        """A JSON object; `seen` as base64 of its 784 bytes, row by row."""
        return {
            "digit": self.digit,
            "probabilities": [round(value, 6) for value in self.probabilities],
            "seen": base64.b64encode(self.seen.tobytes()).decode(),
            "checkpoint": self.checkpoint,
            "milliseconds": round(self.milliseconds, 3),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Reading:
        """The inverse of `to_json`. Raises KeyError or ValueError where `data` is something else."""
        seen = np.frombuffer(base64.b64decode(data["seen"]), np.uint8).reshape(28, 28)
        digit = data["digit"]
        return cls(
            digit=None if digit is None else int(digit),
            probabilities=tuple(float(value) for value in data["probabilities"]),
            seen=seen,
            checkpoint=str(data["checkpoint"]),
            milliseconds=float(data["milliseconds"]),
        )
