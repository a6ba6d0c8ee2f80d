"""The recogniser's answer to one bitmap, a digit or a number, in the form that the reader sends to the interface."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from core.reading.packed import image_of, image_text


class Verdict(StrEnum):
    """What a reading amounts to. The values are those of the JSON; the texts that people see are in `Reading.words`."""

    NOTHING = "nothing"
    """Nothing was drawn."""
    DIGIT = "digit"
    UNSURE = "unsure"
    NO_DIGIT = "not a digit"


UNSURE = 0.7
"""A reading of less certainty is unsure."""
RIVAL = 0.2
"""A second digit with at least this part of the first one's probability is named as well."""

REJECTED = "?"
"""Stands in a number for a piece that is not a digit."""


@dataclass(frozen=True)
class ReadDigit:
    """One digit of a number."""

    digit: int
    """The most probable one."""
    probabilities: tuple[float, ...]
    """Ten, for the digits 0 to 9, that sum to 1."""
    no_digit: float
    """The probability, 0 to 1, that it is not a digit."""
    box: tuple[int, int, int, int]
    """(left, top, width, height) of its ink, in pixels of the bitmap that was read."""
    seen: NDArray[np.uint8]
    """The network's input: (28, 28) uint8, ink bright on dark."""

    @property
    def confidence(self) -> float:
        """The probability of `digit`."""
        return self.probabilities[self.digit]

    @property
    def certainty(self) -> float:
        """The joint probability that it is a digit, and that digit is `digit`."""
        return self.confidence * (1 - self.no_digit)

    @property
    def is_unsure(self) -> bool:
        """Whether it is read with too little certainty to rely on."""
        return self.certainty < UNSURE

    def to_json(self) -> dict[str, Any]:
        """A JSON object; `seen` as base64 of its 784 bytes, row by row."""
        return {
            "digit": self.digit,
            "probability": round(self.confidence, 6),
            "probabilities": [round(value, 6) for value in self.probabilities],
            "no_digit": round(self.no_digit, 6),
            "box": list(self.box),
            "seen": image_text(self.seen),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ReadDigit:
        """The inverse of `to_json`. Raises KeyError, TypeError or ValueError if `data` is something else."""
        left, top, width, height = (int(side) for side in data["box"])
        return cls(
            digit=int(data["digit"]),
            probabilities=tuple(float(value) for value in data["probabilities"]),
            no_digit=float(data["no_digit"]),
            box=(left, top, width, height),
            seen=image_of(data["seen"]),
        )


@dataclass(frozen=True)
class Reading:
    """The answer to one bitmap.

    For a number, all fields except `digits` are those of its least sure digit: a number is no surer than that.
    """

    digit: int | None
    """The most probable digit; None if nothing was drawn."""
    probabilities: tuple[float, ...]
    """Ten probabilities, for the digits 0 to 9, that sum to 1; all zero if nothing was drawn."""
    seen: NDArray[np.uint8]
    """The network's input: (28, 28) uint8, ink bright on dark."""
    checkpoint: str
    """The path of the checkpoint that answered."""
    milliseconds: float
    """How long normalising and the network took; for bitmaps that are read together, an equal part of the total."""
    no_digit: float = 0.0
    """The probability, 0 to 1, that it is not a digit; 0 for a network without a reject output."""
    threshold: float = 0.5
    """It is rejected if `no_digit` is at least this."""
    digits: tuple[ReadDigit, ...] = ()
    """The digits of a number, two or more, from left to right; empty if it is not a number."""

    @property
    def least_sure(self) -> int | None:
        """The index in `digits` of the least certain one; None if there are none."""
        if not self.digits:
            return None
        return min(range(len(self.digits)), key=lambda at: self.digits[at].certainty)

    @property
    def number(self) -> str:
        """All digits, or the single one, with `?` for each that is rejected; empty if nothing was drawn."""
        if self.digit is None:
            return ""
        if not self.digits:
            return REJECTED if self.verdict is Verdict.NO_DIGIT else str(self.digit)
        return "".join(REJECTED if self.rejects(each) else str(each.digit) for each in self.digits)

    def rejects(self, digit: ReadDigit) -> bool:
        """Whether this one of `digits` is rejected."""
        return digit.no_digit >= self.threshold

    @property
    def confidence(self) -> float:
        """The probability of `digit`; 0 if there is none."""
        return 0.0 if self.digit is None else self.probabilities[self.digit]

    @property
    def certainty(self) -> float:
        """The joint probability that it is a digit, and that digit is `digit`."""
        return self.confidence * (1 - self.no_digit)

    @property
    def shares(self) -> tuple[float, ...]:
        """The joint probability of each of the ten digits; with `no_digit` they sum to 1."""
        return tuple(value * (1 - self.no_digit) for value in self.probabilities)

    @property
    def verdict(self) -> Verdict:
        """What the probabilities amount to."""
        if self.digit is None:
            return Verdict.NOTHING
        if self.no_digit >= self.threshold:
            return Verdict.NO_DIGIT
        return Verdict.UNSURE if self.certainty < UNSURE else Verdict.DIGIT

    @property
    def rivals(self) -> tuple[int, ...]:
        """The most probable digit, and every other with at least `RIVAL` times its probability, best first."""
        if self.digit is None:
            return ()
        best = sorted(range(len(self.probabilities)), key=lambda each: -self.probabilities[each])
        return tuple(each for each in best if self.probabilities[each] >= RIVAL * self.confidence)

    @property
    def doubt(self) -> int | Literal[Verdict.NO_DIGIT] | None:
        """What it most probably is if not `digit`: another digit, or not a digit; None if neither comes close."""
        if self.digit is None:
            return None
        other = self.rivals[1] if len(self.rivals) > 1 else None
        joint = 0.0 if other is None else self.shares[other]
        return Verdict.NO_DIGIT if self.no_digit > max(joint, RIVAL * self.certainty) else other

    @property
    def words(self) -> str:
        """The verdict as people see it.

        `nothing yet`, `7`, `407`, `4?7`, `not a digit`, `unsure: 4 or 9` or `unsure: 4 or no digit`.
        """
        verdict = self.verdict
        if verdict is Verdict.NOTHING:
            return "nothing yet"
        if self.digits and any(not self.rejects(each) for each in self.digits):
            return f"unsure: {self.number}" if verdict is Verdict.UNSURE else self.number
        if verdict is not Verdict.UNSURE:
            return "not a digit" if verdict is Verdict.NO_DIGIT else str(self.digit)
        if self.doubt is None:
            return f"unsure: {self.digit}"
        return f"unsure: {self.digit} or {'no digit' if self.doubt is Verdict.NO_DIGIT else self.doubt}"

    def to_json(self) -> dict[str, Any]:
        """A JSON object; `seen` as base64 of its 784 bytes, row by row."""
        return {
            "digit": self.digit,
            "probabilities": [round(value, 6) for value in self.probabilities],
            "seen": image_text(self.seen),
            "checkpoint": self.checkpoint,
            "milliseconds": round(self.milliseconds, 3),
            "no_digit": round(self.no_digit, 6),
            "threshold": self.threshold,
            "verdict": self.verdict,
            "digits": [each.to_json() for each in self.digits],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Reading:
        """The inverse of `to_json`. Raises KeyError, TypeError or ValueError if `data` is something else."""
        digit = data["digit"]
        return cls(
            digit=None if digit is None else int(digit),
            probabilities=tuple(float(value) for value in data["probabilities"]),
            seen=image_of(data["seen"]),
            checkpoint=str(data["checkpoint"]),
            milliseconds=float(data["milliseconds"]),
            no_digit=float(data.get("no_digit", 0.0)),
            threshold=float(data.get("threshold", 0.5)),
            digits=tuple(ReadDigit.from_json(each) for each in data.get("digits", ())),
        )
