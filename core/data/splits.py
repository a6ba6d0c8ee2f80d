"""Holds images out of a set and makes folds, class by class and reproducibly. Knows only labels and groups."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class IndivisibleError(ValueError):
    """There are fewer different images than folds."""


def split(labels: NDArray[np.uint8], fraction: float, seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Indices to keep and indices to hold out, both ascending; together they have every index once.

    Holds out `fraction` (0 ≤ fraction < 1) of each class, rounded: at least one image of a class that has two, but
    never its last one. Each class is drawn independently, so that adding images to one class does not change the
    others. Raises ValueError if `fraction` is out of bounds.
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
    """The fold of each image (N,), 0 to `count` − 1, with each class shuffled and spread evenly over the folds.

    The images of a group, such as copies of one image, all go into the same fold: otherwise a network would be tested
    on copies of what it learned from. `groups` (N,) are arbitrary numbers; without them each image is its own group.
    A group of more than half of a class is split up, or that class could not be learned without it: plain strokes
    drawn as a 1 look like copies. Raises IndivisibleError if `count` is less than 2 or there are fewer groups than
    folds.
    """
    groups = np.arange(len(labels)) if groups is None else _without_large(labels, groups)
    _, first, member_of = np.unique(groups, return_index=True, return_inverse=True)
    if count < 2 or len(first) < count:
        raise IndivisibleError(f"{len(first)} different images cannot be divided into {count} folds")
    sizes = np.bincount(member_of)
    fold_of = np.zeros(len(first), np.int64)
    filled = np.zeros(count, np.int64)
    for label in np.unique(labels):
        members = np.flatnonzero(labels[first] == label)
        members = np.random.default_rng([seed, int(label)]).permutation(members)
        # Large groups first, each into the fold with the fewest images of this class, then the fewest of all classes.
        here = np.zeros(count, np.int64)
        for member in members[np.argsort(-sizes[members], kind="stable")]:
            fold = min(range(count), key=lambda each: (here[each], filled[each]))
            fold_of[member] = fold
            here[fold] += sizes[member]
            filled[fold] += sizes[member]
    return fold_of[member_of]


def _without_large(labels: NDArray[np.uint8], groups: NDArray[np.int64]) -> NDArray[np.int64]:
    """`groups` without those that hold more than half of a class: each of their images becomes its own group."""
    found = groups.copy()
    alone = int(groups.max(initial=0)) + 1
    for label in np.unique(labels):
        of_class = labels == label
        numbers, sizes = np.unique(groups[of_class], return_counts=True)
        for number in numbers[(sizes * 2 > of_class.sum()) & (sizes > 1)]:
            members = np.flatnonzero(groups == number)
            found[members] = alone + members
    return found
