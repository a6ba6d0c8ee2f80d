"""The held-out comparison: chooses the images of a data set that none of the compared networks learned from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.config.configuration import MNIST
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
    """The images that networks are compared on."""

    parts: tuple[LabelledImages, ...]
    which: str
    """Such as `MNIST's test set`, or `all its images`."""
    unseen: tuple[bool, ...]
    """For each network, whether it learned from none of these images."""


def comparison(entry: Entry, collection: Collection, learned: Sequence[Learned | None]) -> Comparison:
    """The images of `entry`'s `collection` to compare networks on; `learned` says how each learned from it, if it did.

    They are test images if no network learned from those; otherwise all images, some of which a network may have seen.
    """
    histories = [each for each in learned if each is not None]
    if collection.test is not None and not any(each.folds for each in histories):
        note = "MNIST's test set" if entry.name == MNIST else "its test set"
        return Comparison((collection.test,), note, (True,) * len(learned))
    held = _held_out(entry, collection, histories) if any(not each.folds for each in histories) else None
    if held is None:
        return Comparison(collection.parts, EVERY, tuple(each is None for each in learned))
    return Comparison((held[0],), held[1], tuple(each is None or not each.folds for each in learned))


def _held_out(entry: Entry, collection: Collection, histories: Sequence[Learned]) -> tuple[LabelledImages, str] | None:
    """The images held out by every network trained without folds; None if the set has changed since."""
    try:
        dataset = divided(entry, collection)
    except DataError:
        return None  # too few images are left
    for each in histories:
        if each.folds:
            continue
        if each.header.recipe not in RECIPES:
            return None  # a recipe of another version
        division = Division.of_collection(collection, DivisionRule(each.header.recipe))
        # Different counts mean different draws: images held out now may have been learned from then.
        if (each.images, each.held_out) != (len(division.learn), len(division.test)):
            return None
    return dataset.test, dataset.test_note
