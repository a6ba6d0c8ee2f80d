"""Loads the images to train and test on, by name or path. The rest of the program gets its data only from here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.config.configuration import MNIST
from core.config.shape import CLASSES
from core.data import archives, catalogue, mnist, sources
from core.data.collection import Collection, LabelledImages, Skipped
from core.data.division import LEAST_OF_CLASS, TEST_SHARE, USUAL, Division, DivisionRule
from core.data.splits import IndivisibleError
from core.errors import DataError
from core.system.pool import Report
from core.words import percent

__all__ = ["Collection", "Dataset", "LabelledImages", "Skipped", "gather", "load"]


@dataclass(frozen=True)
class Dataset:
    """What a network is trained and tested on."""

    name: str
    """Its name in the catalogue, or one derived from the path."""
    train: LabelledImages
    test: LabelledImages
    test_note: str
    """Where the test images come from, such as `MNIST's test set`."""
    notes: tuple[str, ...]
    """What a person should know, one sentence each."""
    skipped: tuple[Skipped, ...]
    division: Division
    """Which images of the collection these are, and how a training divides them further."""

    def __post_init__(self) -> None:
        for part, purpose in ((self.train, "train"), (self.test, "test")):
            if not len(part):
                raise DataError(f"data set {self.name} has no images to {purpose} on; it needs at least one")


def load(data: str, report: Report | None = None, rule: DivisionRule = USUAL) -> Dataset:
    """The data set with the catalogue name or path `data`, divided by `rule` for training.

    `report` receives the number of images read and the total. Raises DataError if nothing can be used, or if there is
    too little to train on.
    """
    entry = catalogue.find(data)
    return divided(entry, gather(entry, report), rule, consume=True)


def gather(data: str | catalogue.Entry, report: Report | None = None) -> Collection:
    """All usable images of a data set, with nothing held out, to show or evaluate them.

    Raises DataError if nothing can be used.
    """
    entry = catalogue.find(data) if isinstance(data, str) else data
    if entry.kind == catalogue.SHIPPED:
        return Collection(*mnist.load())
    if entry.path is None:
        raise DataError(
            f"{entry.title} needs a download first ({entry.source}): digits-tui datasets --download {entry.name}"
        )
    path = Path(entry.path)
    if entry.kind == catalogue.OWN and not entry.images:
        raise DataError(f"{entry.title} has no drawings yet; draw a digit and say which one it is to keep it")
    if entry.kind == catalogue.DOWNLOAD:
        return archives.gather(path, report, "bright")
    collection = sources.gather(path, report)
    catalogue.remember(path, collection.counts())
    return collection


def divided(
    entry: catalogue.Entry, collection: Collection, rule: DivisionRule = USUAL, *, consume: bool = False
) -> Dataset:
    """The data set with a test set: its own, or one held out class by class, always the same.

    With `consume` the caller must not use the collection afterwards (`LabelledImages.parted`).
    Raises DataError if there is too little to train on or to divide into folds; the message says which digits.
    """
    notes = (*collection.notes, *_too_few(entry, collection))
    division = _division(entry, collection, rule)
    if collection.test is not None:
        test_note = "MNIST's test set" if entry.name == MNIST else f"the test set of {entry.name}"
        train, test = collection.train, collection.test
    else:
        test_note = f"{percent(TEST_SHARE, 0)} of each class, held out with a fixed seed"
        train, test = collection.train.parted(division.train, division.test, consume=consume)
    return Dataset(entry.name, train, test, test_note, notes, collection.skipped, division)


def _too_few(entry: catalogue.Entry, collection: Collection) -> list[str]:
    """A note if some digits have too few images. Raises DataError if fewer than two digits have enough."""
    least = LEAST_OF_CLASS if collection.test is None else LEAST_OF_CLASS - 1
    counts = collection.train.counts()
    enough = [label for label, count in enumerate(counts) if count >= least]
    if len(enough) < 2:
        raise DataError(
            f"{entry.path or entry.name} has too few images to train on: at least two digits need {least} or more "
            f"each; there are {', '.join(f'{count} of {label}' for label, count in enumerate(counts) if count)}"
        )
    few = [f"{count} of {label}" for label, count in enumerate(counts) if 0 < count < least]
    return [f"Only {', '.join(few)}: too few to learn and test."] if few else []


def _division(entry: catalogue.Entry, collection: Collection, rule: DivisionRule) -> Division:
    """The division by `rule`.

    Raises DataError if a fold would have nothing to read, or if the other folds had fewer than two digits to learn.
    """
    try:
        division = Division.of_collection(collection, rule)
    except IndivisibleError as error:
        raise DataError(f"{entry.name} cannot be cross-validated: {error}; ask for fewer folds") from error
    if division.fold_of is None:
        return division
    labels = np.concatenate([part.labels for part in collection.parts])
    for number in range(rule.folds):
        learned, held = division.fold(number)
        if len(np.unique(labels[learned])) < 2 or not len(held):
            raise DataError(
                f"{entry.name} cannot be cross-validated in {rule.folds} folds: fold {number + 1} would leave fewer "
                f"than two of the {CLASSES} digits to learn from; ask for fewer folds, or add images"
            )
    return division
