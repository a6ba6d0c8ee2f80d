"""The worth of a span of atoms as a digit, and of two neighbours as a pair: weighted sums of a few measured terms.

The weights maximise the likelihood of the right segmentations (semi-Markov model) of numbers generated from MNIST's
training images. `python -m tests.benchmarks.number_weights` found them with a `thorough` network; weights found with
later networks read fewer numbers by other writers right.
"""

from __future__ import annotations

import math

from core.reading.numbers.atom import shared
from core.reading.numbers.lattice import Span

_SHAPE = (
    (-0.09, 0.18), (-1.2, 0.6), (-0.06, 0.2), (-0.2, 0.2), (-0.21, 0.2),
    (-0.07, 0.23), (-0.29, 0.21), (-0.23, 0.2), (-0.25, 0.21), (-0.35, 0.2),
)  # fmt: skip
"""Mean and standard deviation of log(width / height) of each digit, 0 to 9, in MNIST's training images.

The pair for 1 is not the measured one (-0.84, 0.43) but narrower in mean and wider in deviation: MNIST's are slanted,
and an upright 1 is only a brush wide."""
_UNLIKELY = 1e-3
"""Lower probabilities count as this one: a network's certainty means no more."""
_STRANGE = 4.0
"""Shapes further from the mean, in standard deviations, count as this far."""
OWN_TERMS = ("certainty", "shape", "gap", "cut", "height", "one", "digit")
BESIDE_TERMS = ("heights", "offset", "overlap", "shared ink")
OWN_WEIGHTS = (4.09, -0.42, -3.03, -3.59, -1.88, -1.37, 2.75)
BESIDE_WEIGHTS = (-1.86, -0.95, -2.64, -3.36)


def own_terms(span: Span, line: int, digit: int, probability: float) -> tuple[float, ...]:
    """The terms of a span that is most probably `digit`; `line` is the height of the tallest atom, in pixels.

    `probability` is the probability that it is a digit, and this one.
    """
    whole = span.whole
    mean, deviation = _SHAPE[digit]
    strange = min(_STRANGE, abs(math.log(whole.width / whole.height) - mean) / deviation)
    return (
        math.log(max(probability, _UNLIKELY)),
        strange**2 / 2,
        min(1.0, span.gap / line),
        (whole.cut_left + whole.cut_right) / line,
        abs(math.log(whole.height / line)),
        float(digit == 1),  # any straight piece of another digit looks like one
        1.0,
    )


def beside_terms(left: Span, right: Span) -> tuple[float, ...]:
    """The terms of two neighbours."""
    one, other = left.whole, right.whole
    mean, tallest = (one.height + other.height) / 2, max(one.height, other.height)
    return (
        abs(math.log(one.height / other.height)),
        abs(one.middle[1] - other.middle[1]) / tallest,
        max(0, one.right - other.left) / mean,
        math.sqrt(shared(one, other)) / mean,  # strokes of one digit cross, those of two digits hardly do
    )


def own_worth(span: Span, line: int, digit: int, probability: float) -> float:
    """The weighted sum of `own_terms`."""
    return _sum(OWN_WEIGHTS, own_terms(span, line, digit, probability))


def most_worth(span: Span, line: int) -> float:
    """The most that a span can be worth, whatever it is read as: certain, of the usual shape, and not a 1."""
    gap, cut, height = own_terms(span, line, 0, 1.0)[2:5]
    return _sum(OWN_WEIGHTS, (0.0, 0.0, gap, cut, height, 0.0, 1.0))


def beside_worth(left: Span, right: Span) -> float:
    """The weighted sum of `beside_terms`."""
    return _sum(BESIDE_WEIGHTS, beside_terms(left, right))


def _sum(weights: tuple[float, ...], terms: tuple[float, ...]) -> float:
    return sum(weight * term for weight, term in zip(weights, terms, strict=True))
