"""The held-out comparison: which images tell how well networks read a set, those that none of them has learned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.config.recipes import RECIPES
from core.data.catalogue import Entry
from core.data.collection import Collection, LabelledImages
from core.data.datasets import divided
from core.data.division import Division, DivisionRule
from core.errors import DataError
from core.evaluation.ancestry import Learned

EVERY = "all its images"


@dataclass(frozen=True)
class Comparison:
    """What networks are compared on."""

    parts: tuple[LabelledImages, ...]
    which: str
    """Such as `MNIST's test set`, or `all its images`."""
    unseen: tuple[bool, ...]
    """Of each network, whether it has learned none of these."""


def comparison(entry: Entry, collection: Collection, learned: Sequence[Learned | None]) -> Comparison:
    """What is to be read of `collection`, which is that of `entry`, by networks that `learned` from it or did not.

    The test images where no network learned from them; otherwise all images, some of which a network may have seen.
    """
    told = [each for each in learned if each is not None]
    if collection.test is not None and not any(each.folds for each in told):
        note = "MNIST's test set" if entry.name == "mnist" else "its test set"
        return Comparison((collection.test,), note, (True,) * len(learned))
    held = _held_out(entry, collection, told) if any(not each.folds for each in told) else None
    if held is None:
        return Comparison(collection.parts, EVERY, tuple(each is None for each in learned))
    return Comparison((held[0],), held[1], tuple(each is None or not each.folds for each in learned))


def _held_out(entry: Entry, collection: Collection, told: Sequence[Learned]) -> tuple[LabelledImages, str] | None:
    """The images that every network trained without folds held out; None where the set has changed since."""
    try:
        dataset = divided(entry, collection)
    except DataError:
        return None  # fewer images than there were
    for each in told:
        if each.folds:
            continue
        if each.header.recipe not in RECIPES:
            return None  # one of another version
        division = Division.of_collection(collection, DivisionRule(each.header.recipe))
        # Other counts mean other draws: what is held out now may have been learned then.
        if (each.images, each.held_out) != (len(division.learn), len(division.test)):
            return None
    return dataset.test, dataset.test_note
