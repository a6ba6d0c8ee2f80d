"""What a span of atoms is worth as a digit, and two neighbours as a pair: sums of a few measured terms.

The weights are those of the most probable right segmentations (maximum likelihood of the semi-Markov model) on numbers
generated from MNIST's training images, found by `python -m tests.benchmarks.number_weights` with a `thorough` network;
those found with later ones read fewer numbers of other hands right.
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

That of the 1 is wider than measured (-0.84, 0.43): theirs are slanted, and an upright one is a brush wide."""
_UNLIKELY = 1e-3
"""Less probable than this counts as this: a network's certainty goes no further."""
_STRANGE = 4.0
"""Standard deviations of shape beyond which it does not matter how many."""
OWN_TERMS = ("certainty", "shape", "gap", "cut", "height", "one", "digit")
BESIDE_TERMS = ("heights", "offset", "overlap", "shared ink")
OWN_WEIGHTS = (4.09, -0.42, -3.03, -3.59, -1.88, -1.37, 2.75)
BESIDE_WEIGHTS = (-1.86, -0.95, -2.64, -3.36)


def own_terms(span: Span, line: int, digit: int, probability: float) -> tuple[float, ...]:
    """The terms of a span that is most probably `digit`; `line` is the tallest atom's height in pixels.

    `probability` is that of its being this digit and of its being a digit at all.
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
        math.sqrt(shared(one, other)) / mean,  # strokes of one digit cross, those of two hardly do
    )


def own_worth(span: Span, line: int, digit: int, probability: float) -> float:
    """The weighted sum of `own_terms`."""
    return _sum(OWN_WEIGHTS, own_terms(span, line, digit, probability))


def most_worth(span: Span, line: int) -> float:
    """What a span is worth at most, whatever it is read as: certain, of the usual shape, and no 1."""
    gap, cut, height = own_terms(span, line, 0, 1.0)[2:5]
    return _sum(OWN_WEIGHTS, (0.0, 0.0, gap, cut, height, 0.0, 1.0))


def beside_worth(left: Span, right: Span) -> float:
    """The weighted sum of `beside_terms`."""
    return _sum(BESIDE_WEIGHTS, beside_terms(left, right))


def _sum(weights: tuple[float, ...], terms: tuple[float, ...]) -> float:
    return sum(weight * term for weight, term in zip(weights, terms, strict=True))
