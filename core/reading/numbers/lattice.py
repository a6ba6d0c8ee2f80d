"""All ways in which neighbouring atoms may form digits, and the most probable way overall.

A digit is a span of neighbouring atoms. A reading is a sequence of spans that uses each atom once; its score is the sum
of the worths of its spans and of each two neighbours (a semi-Markov model: S. Sarawagi, W. Cohen, 2004), and the best
one is found by dynamic programming over the spans.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.reading.numbers.atom import Atom, joined

_LONGEST = 5
"""Most atoms in one digit."""
_WIDEST = 1.5
"""A span of several atoms wider than this times the line's height is not a digit, unless it is the whole drawing."""
_MOST = 160
"""Most spans that are read; a drawing with more of them is not a number."""


@dataclass(frozen=True)
class Span:
    """Atoms `first` to `stop`, the latter excluded, as one piece that may be a digit."""

    first: int
    stop: int
    whole: Atom
    gap: int
    """The width of the widest empty band of columns between its atoms, in pixels; 0 if they overlap."""


def spans(atoms: Sequence[Atom]) -> list[Span]:
    """The spans that may be digits, in order of their first atom; the span of all atoms is always among them.

    Empty if there are no atoms, or more spans than can be read.
    """
    line = max((each.height for each in atoms), default=0)
    found = []
    for first in range(len(atoms)):
        for last in range(first + 1, len(atoms) + 1):
            everything = (first, last) == (0, len(atoms))
            if not everything and last - first > _LONGEST:
                continue
            part = atoms[first:last]
            width = max(each.right for each in part) - min(each.left for each in part)
            if everything or last - first == 1 or width <= _WIDEST * line:
                found.append(Span(first, last, joined(part), _gap(part)))
    return found if len(found) <= _MOST else []


def _gap(atoms: Sequence[Atom]) -> int:
    widest, reached = 0, atoms[0].right
    for each in sorted(atoms, key=lambda each: each.left):
        widest = max(widest, each.left - reached)
        reached = max(reached, each.right)
    return widest


def best(
    candidates: Sequence[Span], own: Sequence[float], beside: Callable[[Span, Span], float]
) -> tuple[float, list[int]]:
    """The score of the best reading, and the indices in `candidates` of its spans, from left to right.

    `candidates` is not empty and in the order of `spans`; `own` holds the worth of each, and `beside(left, right)`
    returns that of two neighbours.
    """
    end = max(each.stop for each in candidates)
    ending: dict[int, list[int]] = {}
    total: list[float] = []
    before: list[int | None] = []
    for index, span in enumerate(candidates):
        # Spans that end where this one begins come earlier in `candidates`, so their totals are known.
        previous = ending.get(span.first, [])
        worth = [total[each] + beside(candidates[each], span) for each in previous]
        most = max(range(len(worth)), key=worth.__getitem__, default=None)
        reachable = span.first == 0 or most is not None
        total.append(own[index] + (worth[most] if most is not None else 0.0 if reachable else float("-inf")))
        before.append(previous[most] if most is not None else None)
        ending.setdefault(span.stop, []).append(index)
    at: int | None = max(ending[end], key=total.__getitem__)
    assert at is not None
    score, path = total[at], []
    while at is not None:
        path.append(at)
        at = before[at]
    return score, path[::-1]
