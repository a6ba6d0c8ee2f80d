"""How a network takes what is no digit: how much of it is rejected, and how much is called a digit all the same."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from core.evaluation.auroc import auroc
from core.evaluation.evaluation import Evaluation
from core.inference.scores import Scores

SURE = 0.9
"""What is over this probably one digit, and a digit at all, leaves no doubt to whoever sees it."""


@dataclass(frozen=True)
class Rejections:
    """The figures of one network on things that are no digits, beside digits."""

    count: int
    """Things that are no digits."""
    rejected: int
    """Of these, said to be no digits."""
    mistaken: int
    """Of these, called a digit without doubt: over 0.9 probably that digit, and one at all."""
    digits: int
    """Digits that they are compared with."""
    digits_rejected: int
    """Of the digits, said to be none."""
    auroc: float
    """How probably one that is no digit is doubted more than a digit, 0 to 1 (0.5 is guessing)."""
    measure: str
    """What the doubt is: `no digit`, or `1 - confidence` of a network that tells nothing of what is no digit."""

    @classmethod
    def of(cls, others: Scores, digits: Evaluation) -> Rejections:
        """What a network says of N things that are no digits, and of M digits; one of each at least."""
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
