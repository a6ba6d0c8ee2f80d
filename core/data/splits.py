"""Holding images out of a set, class by class, the same ones every time. Knows only labels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class IndivisibleError(ValueError):
    """There are fewer different images than folds."""


def split(labels: NDArray[np.uint8], fraction: float, seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Indices to keep and indices to hold out, each ascending; together every index once.

    Of each class the nearest whole number to `fraction` (0 ≤ fraction < 1) is held out: at least one image
    where the class has two, never its last one. Each class is drawn for itself, so that more images of one
    class leave the others' draw as it was. Raises ValueError where `fraction` is outside its bounds.
    """
    if not 0 <= fraction < 1:
        raise ValueError(f"fraction is {fraction}; it must be at least 0 and less than 1")
    held = [np.zeros(0, np.int64)]
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        count = min(max(round(len(members) * fraction), 1 if fraction else 0), len(members) - 1)
        held.append(np.random.default_rng([seed, int(label)]).permutation(members)[:count])
    held_out = np.sort(np.concatenate(held))
    return np.setdiff1d(np.arange(len(labels)), held_out, assume_unique=True), held_out


def folds(
    labels: NDArray[np.uint8], count: int, seed: int, groups: NDArray[np.int64] | None = None
) -> NDArray[np.int64]:
    """For each image its fold, 0 to `count` − 1 (N,): each class dealt out evenly, after a shuffle.

    Images of one group, such as copies of one image, fall into one fold: a network that learned from a copy would
    be praised for reading it. `groups` (N,) are any numbers; without them each image is its own group. A group that
    holds more than half of a class is dealt out all the same, or that class could not be learned without it: plain
    strokes drawn for a 1 look like copies. Raises IndivisibleError where `count` is less than 2 or there are fewer
    groups than folds.
    """
    groups = np.arange(len(labels)) if groups is None else _without_large(labels, groups)
    _, first, member_of = np.unique(groups, return_index=True, return_inverse=True)
    if count < 2 or len(first) < count:
        raise IndivisibleError(f"{len(first)} different images cannot be divided into {count} parts")
    sizes = np.bincount(member_of)
    fold_of = np.zeros(len(first), np.int64)
    filled = np.zeros(count, np.int64)
    for label in np.unique(labels):
        members = np.flatnonzero(labels[first] == label)
        members = np.random.default_rng([seed, int(label)]).permutation(members)
        # Large groups first, each into the fold that has the fewest of this class, and of all where these are equal.
        here = np.zeros(count, np.int64)
        for member in members[np.argsort(-sizes[members], kind="stable")]:
            fold = min(range(count), key=lambda each: (here[each], filled[each]))
            fold_of[member] = fold
            here[fold] += sizes[member]
            filled[fold] += sizes[member]
    return fold_of[member_of]


def _without_large(labels: NDArray[np.uint8], groups: NDArray[np.int64]) -> NDArray[np.int64]:
    """`groups` with those dissolved that hold more than half of a class."""
    found = groups.copy()
    alone = int(groups.max(initial=0)) + 1
    for label in np.unique(labels):
        of_class = labels == label
        numbers, sizes = np.unique(groups[of_class], return_counts=True)
        for number in numbers[(sizes * 2 > of_class.sum()) & (sizes > 1)]:
            members = np.flatnonzero(groups == number)
            found[members] = alone + members
    return found
