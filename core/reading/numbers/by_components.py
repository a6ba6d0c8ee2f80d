"""The atoms of a picture: its connected components, and the pieces of those that may be touching digits."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.preprocessing.specks import pieces
from core.reading.numbers.atom import Atom, Grey, atom, in_order
from core.reading.numbers.cuts import pieces_of


def components_of(ink: Grey) -> list[Atom]:
    """The components, from left to right, of ink (H, W) uint8, bright on 0, in its pixels; empty if not a number."""
    return in_order(_components(ink)) if ink.any() else []


def cut(components: Sequence[Atom]) -> list[Atom]:
    """The pieces of `components`, each cut wherever that may make sense, from left to right."""
    line = max((each.height for each in components), default=0)
    return sorted(
        (piece for component in components for piece in pieces_of(component, line)), key=lambda each: each.middle
    )


def _components(ink: Grey) -> list[Atom]:
    labels = pieces(ink > 0)
    many = int(labels.max())
    if many == 1:  # as nearly all single digits are
        whole = atom(ink)
        assert whole is not None  # its label has ink
        return [whole]
    rows, columns = np.nonzero(labels)
    owners = labels[rows, columns] - 1
    low, high = np.full((many, 2), max(ink.shape)), np.zeros((many, 2), np.int64)
    for axis, places in enumerate((rows, columns)):
        np.minimum.at(low[:, axis], owners, places)
        np.maximum.at(high[:, axis], owners, places + 1)
    found = []
    for number, ((top, left), (bottom, right)) in enumerate(zip(low.tolist(), high.tolist(), strict=True), 1):
        own = np.where(labels[top:bottom, left:right] == number, ink[top:bottom, left:right], np.uint8(0))
        part = atom(own, left, top)
        assert part is not None  # each label has ink
        found.append(part)
    return found
