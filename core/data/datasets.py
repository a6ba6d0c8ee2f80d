"""A name or a path becomes images to train and to test on. The one door to data for the rest of the program."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.data import archives, catalogue, mnist, sources
from core.data.collection import Collection, Part, Skipped
from core.data.splits import split
from core.errors import DataError
from core.system.pool import Report
from core.words import percent

__all__ = ["Collection", "Dataset", "Part", "Skipped", "gather", "load"]

HELD_OUT = 0.15
"""Part of each class that is held out for the test where a set has no test part."""
SEED = 2026
_LEAST = 3
"""Images of a class that can be learnt: one to learn from, one to validate, one to test."""


@dataclass(frozen=True)
class Dataset:
    """What a network is trained and tested on."""

    name: str
    """Its name in the catalogue, or one made of the path."""
    train: Part
    test: Part
    test_note: str
    """Where the test images come from, such as `MNIST's test set`."""
    notes: tuple[str, ...]
    """What a person should know, one sentence each."""
    skipped: tuple[Skipped, ...]

    def __post_init__(self) -> None:
        for part, purpose in ((self.train, "train"), (self.test, "test")):
            if not len(part):
                raise DataError(f"data set {self.name} has no images to {purpose} on; it needs at least one")


def load(data: str, report: Report | None = None) -> Dataset:
    """The data set of a catalogue's name or of a path, for training.

    `report` is told how many images of how many were looked at. Raises DataError where nothing can be used, or
    too little to train on.
    """
    entry = catalogue.find(data)
    return divided(entry, gather(entry, report), consume=True)


def gather(data: str | catalogue.Entry, report: Report | None = None) -> Collection:
    """All usable images of a data set, nothing held out: for a look at it, and for evaluation.

    Raises DataError where nothing can be used.
    """
    entry = catalogue.find(data) if isinstance(data, str) else data
    if entry.kind == catalogue.MNIST:
        return Collection(*mnist.load())
    if entry.path is None:
        raise DataError(
            f"{entry.title} needs a download first ({entry.source}): digits-tui datasets --download {entry.name}"
        )
    path = Path(entry.path)
    if entry.kind == catalogue.OWN and not entry.images:
        raise DataError(f"{entry.title} holds no drawings yet; draw a digit and say which one it is, then it is kept")
    if entry.kind == catalogue.DOWNLOAD:
        return archives.gather(path, report, "bright")
    collection = sources.gather(path, report)
    catalogue.remember(path, collection.counts())
    return collection


def divided(entry: catalogue.Entry, collection: Collection, *, consume: bool = False) -> Dataset:
    """A set with a test part: its own, or one held out class by class, always the same.

    With `consume` the collection is not to be used any more (`Part.parted`).
    Raises DataError where there is too little to train on, saying of what.
    """
    own = collection.test
    least = _LEAST if own is None else _LEAST - 1
    counts = collection.train.counts()
    enough = [label for label, count in enumerate(counts) if count >= least]
    if len(enough) < 2:
        raise DataError(
            f"{entry.path or entry.name} has too few images to train on: at least two digits need {least} or more "
            f"each; there are {', '.join(f'{count} of {label}' for label, count in enumerate(counts) if count)}"
        )
    few = [f"{count} of {label}" for label, count in enumerate(counts) if 0 < count < least]
    notes = list(collection.notes)
    if few:
        notes.append(f"Only {', '.join(few)}: too few to learn these and to measure it.")
    if own is not None:
        test_note = {"mnist": "MNIST's test set"}.get(entry.name, f"the test part of {entry.name}")
        return Dataset(entry.name, collection.train, own, test_note, tuple(notes), collection.skipped)
    kept, held = split(collection.train.labels, HELD_OUT, SEED)
    test_note = f"{percent(HELD_OUT, 0)} of each class, held out with a fixed seed"
    train, test = collection.train.parted(kept, held, consume=consume)
    return Dataset(entry.name, train, test, test_note, tuple(notes), collection.skipped)
