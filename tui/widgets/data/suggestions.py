"""What suits a data set: the recipe and the folds that the fields begin with, until a person chooses others."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.config.recipes import FINE_TUNE, SMALL
from core.data import catalogue
from core.data.catalogue import Entry
from core.data.details import DataDetails

FOLDS = (3, 5, 10)
"""Those that can be chosen, besides none."""
_USUAL = 5


@dataclass(frozen=True)
class Suited:
    """What to begin with for one data set."""

    recipe: str = "fast"
    folds: int = 0
    is_small: bool = False
    """Whether it is a set of a person's own with few images; what a person chooses for one holds for all such."""
    is_mnist: bool = False
    folder: Path = Path()
    """Where the set's images lie; empty where they are not on this computer yet."""

    @classmethod
    def to(cls, entry: Entry, details: DataDetails | None) -> Suited:
        """What suits `entry`, of which `details` may not be known yet.

        A network that knows no digit yet learns little from a few hundred images, and too few can be held out to tell
        how well it then reads; so the shipped one goes on with them, and folds have each of them read.
        """
        counts, folder = _counts(details), Path(entry.path or "")
        images = sum(counts) if counts else entry.images or 0
        if entry.is_published or images >= SMALL:
            return cls(is_mnist=entry.kind == catalogue.MNIST, folder=folder)
        least = min((count for count in counts if count), default=_USUAL)
        # Each fold needs an image of each class.
        folds = max(each for each in (0, *FOLDS) if each <= min(least, _USUAL))
        return cls(FINE_TUNE, folds, is_small=True, folder=folder)


def _counts(details: DataDetails | None) -> list[int]:
    """Images of each class, those for the test included; empty where they are not known."""
    if details is None:
        return []
    return [train + test for train, test in zip(details.train_counts, details.test_counts, strict=True)]
