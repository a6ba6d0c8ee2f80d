"""What a confusion matrix says: recall, precision and F1 of each digit, and its mistakes in words. Knows no torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Table = Sequence[Sequence[int]]
"""(10, 10): images of digit [row] read as digit [column]."""
_MOST = 3
"""How many kinds of mistakes are listed in words."""


@dataclass(frozen=True)
class ClassFigures:
    """How well one digit is read; a figure of which there is no image is None."""

    recall: float | None
    """Of its images, the share that are read as it."""
    precision: float | None
    """Of the images read as it, the share that are."""
    f1: float | None
    """The harmonic mean of both."""


def class_figures(table: Table) -> tuple[ClassFigures, ...]:
    """The figures of each digit."""
    figures = []
    for digit, row in enumerate(table):
        right, there, read = row[digit], sum(row), sum(other[digit] for other in table)
        figures.append(ClassFigures(_share(right, there), _share(right, read), _share(2 * right, there + read)))
    return tuple(figures)


def mistakes(table: Table) -> list[tuple[int, int, int]]:
    """Each kind of mistake as (images, true digit, digit read), the most frequent first."""
    found = [
        (count, digit, read)
        for digit, counts in enumerate(table)
        for read, count in enumerate(counts)
        if count and digit != read
    ]
    return sorted(found, key=lambda mistake: (-mistake[0], mistake[1:]))


def in_words(table: Table) -> str:
    """The most frequent mistakes in words."""
    kinds = [f"{digit} as {read} ({count:,})" for count, digit, read in mistakes(table)]
    if not kinds:
        return "Every image was read correctly."
    more = f", {len(kinds) - _MOST} more" if len(kinds) > _MOST else ""
    return f"Most often: {', '.join(kinds[:_MOST])}{more}"


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
