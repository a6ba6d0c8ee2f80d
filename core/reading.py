"""What the recogniser says of one bitmap, as it crosses from the reader process to the interface."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Verdict = Literal["nothing", "digit", "unsure", "not a digit"]
UNSURE = 0.7
"""A most probable digit that is less probable than this is named with doubt."""
RIVAL = 0.2
"""A second digit that has at least this part of the first one's probability is named beside it."""


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
    no_digit: float = 0.0
    """How probably, 0 to 1, it is no digit at all; 0 of a network that was never shown anything else."""
    threshold: float = 0.5
    """From this `no_digit` on it is refused."""

    @property
    def confidence(self) -> float:
        """The probability of `digit`, 0 where there is none."""
        return 0.0 if self.digit is None else self.probabilities[self.digit]

    @property
    def verdict(self) -> Verdict:
        """What the figures come to."""
        if self.digit is None:
            return "nothing"
        if self.no_digit >= self.threshold:
            return "not a digit"
        return "unsure" if self.confidence < UNSURE else "digit"

    @property
    def rivals(self) -> tuple[int, ...]:
        """The most probable digit, and each other one that is at least a `RIVAL` part as probable, best first."""
        if self.digit is None:
            return ()
        best = sorted(range(len(self.probabilities)), key=lambda each: -self.probabilities[each])
        return tuple(each for each in best if self.probabilities[each] >= RIVAL * self.confidence)

    @property
    def words(self) -> str:
        """The verdict for a person: `nothing yet`, `7`, `unsure: 4 or 9`, `not a digit`."""
        if self.verdict == "nothing":
            return "nothing yet"
        if self.verdict == "not a digit":
            return "not a digit"
        if self.verdict == "unsure" and len(self.rivals) > 1:
            return f"unsure: {self.rivals[0]} or {self.rivals[1]}"
        return f"unsure: {self.digit}" if self.verdict == "unsure" else str(self.digit)

    def to_json(self) -> dict[str, Any]:
        """A JSON object; `seen` as base64 of its 784 bytes, row by row."""
        return {
            "digit": self.digit,
            "probabilities": [round(value, 6) for value in self.probabilities],
            "seen": base64.b64encode(self.seen.tobytes()).decode(),
            "checkpoint": self.checkpoint,
            "milliseconds": round(self.milliseconds, 3),
            "no_digit": round(self.no_digit, 6),
            "threshold": self.threshold,
            "verdict": self.verdict,
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
            no_digit=float(data.get("no_digit", 0.0)),
            threshold=float(data.get("threshold", 0.5)),
        )
