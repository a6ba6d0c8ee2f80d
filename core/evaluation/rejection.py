"""How a network treats non-digits: how many it rejects, and how many it takes for digits."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from core.evaluation.auroc import auroc
from core.evaluation.evaluation import Evaluation
from core.inference.scores import Scores

SURE = 0.9
"""Above this probability of being a digit, and this one, a reading looks certain to the user."""


@dataclass(frozen=True)
class Rejections:
    """The figures of one network on non-digits, compared with digits."""

    count: int
    """Non-digits."""
    rejected: int
    """Non-digits that are rejected."""
    mistaken: int
    """Non-digits taken for a digit with certainty: the probability of being a digit, and this one, is above 0.9."""
    digits: int
    """Digits that they are compared with."""
    digits_rejected: int
    """Digits that are rejected."""
    auroc: float
    """The probability that a non-digit is doubted more than a digit, 0 to 1 (0.5 is guessing)."""
    measure: str
    """The measure of doubt: `no digit`, or `1 - confidence` for a network without a reject output."""

    @classmethod
    def of(cls, others: Scores, digits: Evaluation) -> Rejections:
        """From the scores of N non-digits and the evaluation of M digits; at least one of each."""
        tells = bool(others.no_digit.any() or digits.no_digit.any())
        confidence = others.probabilities.max(axis=1)
        rejected = others.no_digit >= digits.threshold
        doubt = others.no_digit if tells else 1 - confidence
        doubt_of_digits = digits.no_digit if tells else 1 - digits.probabilities.max(axis=1)
        return cls(
            count=len(confidence),
            rejected=int(rejected.sum()),
            mistaken=int(((confidence * (1 - others.no_digit) > SURE) & ~rejected).sum()),
            digits=digits.count,
            digits_rejected=int(digits.rejected.sum()),
            auroc=auroc(doubt, doubt_of_digits),
            measure="no digit" if tells else "1 - confidence",
        )

    def to_json(self) -> dict[str, Any]:
        """The fields as a JSON object."""
        return dataclasses.asdict(self)
