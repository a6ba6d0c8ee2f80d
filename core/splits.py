"""Holding images out of a set, class by class, the same ones every time. Knows only labels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


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
