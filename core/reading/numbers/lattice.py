"""All ways in which neighbouring atoms may make digits, and the most probable one as a whole.

A digit is a span of some neighbouring atoms. A reading is a row of spans that uses each atom once; its score is the
sum of what each span and each two neighbours are worth (a semi-Markov model: S. Sarawagi, W. Cohen, 2004), and the
best one is found by dynamic programming over the spans.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.reading.numbers.atom import Atom, joined

_LONGEST = 5
"""Atoms that one digit may be made of."""
_WIDEST = 1.5
"""A span wider than this times the line's height is no digit, unless it is all there is."""
_MOST = 160
"""Runs that are read at most; drawings with more of them are no numbers."""


@dataclass(frozen=True)
class Span:
    """Atoms `first` up to, but without, `last`, as one piece that may be a digit."""

    first: int
    last: int
    whole: Atom
    gap: int
    """The widest empty column band between its atoms, in pixels; 0 where they overlap."""


def spans(atoms: Sequence[Atom]) -> list[Span]:
    """Those that may be digits, in order of their first atom; the span of all atoms is always among them.

    Empty where there are no atoms, or more spans than can be read.
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
    """The score of the best reading and its spans, as places in `candidates`, from left to right.

    `candidates` is not empty and ordered as by `spans`; `own` has the worth of each, `beside(left, right)` that of two
    neighbours.
    """
    end = max(each.last for each in candidates)
    ending: dict[int, list[int]] = {}
    total: list[float] = []
    before: list[int | None] = []
    for index, span in enumerate(candidates):
        # A span begins after those that end where it begins, and these stand before it.
        previous = ending.get(span.first, [])
        worth = [total[each] + beside(candidates[each], span) for each in previous]
        most = max(range(len(worth)), key=worth.__getitem__, default=None)
        reachable = span.first == 0 or most is not None
        total.append(own[index] + (worth[most] if most is not None else 0.0 if reachable else float("-inf")))
        before.append(previous[most] if most is not None else None)
        ending.setdefault(span.last, []).append(index)
    at: int | None = max(ending[end], key=total.__getitem__)
    assert at is not None
    score, path = total[at], []
    while at is not None:
        path.append(at)
        at = before[at]
    return score, path[::-1]
