"""Which runs are listed, and in which order. Knows no files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from core.runs.outline import RunOutline

Key = Callable[[RunOutline], Any]

NEWEST = "name"
"""The order of the runs' names, which begin with the time."""
SORTS: dict[str, Key] = {
    NEWEST: lambda each: each.run.name,
    "title": lambda each: each.label.title.casefold() or None,
    "data": lambda each: each.data.casefold(),
    "recipe": lambda each: each.recipe,
    "state": lambda each: each.state,
    "validation": lambda each: each.best_validation_accuracy,
    "test": lambda each: each.test_accuracy,
    "time": lambda each: each.seconds,
}
"""What runs can be sorted by. None comes last, whichever the direction."""
DESCENDING = {NEWEST, "validation", "test"}
"""Of these the highest comes first, unless it is asked for the other way round."""


def in_order(outlines: Sequence[RunOutline], by: str, *, reverse: bool = False) -> list[int]:
    """The indices of the runs in the order of `by`, one of `SORTS`; equal ones stay as they are."""
    key = SORTS[by]
    known = [index for index, each in enumerate(outlines) if key(each) is not None]
    unknown = [index for index, each in enumerate(outlines) if key(each) is None]
    return sorted(known, key=lambda index: key(outlines[index]), reverse=(by in DESCENDING) != reverse) + unknown


def matches(outline: RunOutline, words: Sequence[str]) -> bool:
    """Whether all words occur in what is said of the run, in any order; they are compared without case."""
    label = outline.label
    text = f"{outline.run.name} {label.title} {label.note} {outline.data} {outline.recipe} {outline.state}".casefold()
    return all(word.casefold() in text for word in words)
