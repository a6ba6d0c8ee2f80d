"""The recipe and folds that suit a data set, which the fields show until the user chooses others."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.config.recipes import FAST, FINE_TUNE, SMALL
from core.data import catalogue
from core.data.catalogue import Entry
from core.data.details import DataDetails

FOLDS = (3, 5, 10)
"""The numbers of folds to choose from, besides none."""
_USUAL = 5


@dataclass(frozen=True)
class Suited:
    """The suggestions for one data set."""

    recipe: str = FAST
    folds: int = 0
    is_small: bool = False
    """Whether it is a set of the user's own with few images; a choice for one such set holds for all of them."""
    is_mnist: bool = False
    folder: Path = Path()
    """The folder with the set's images; empty if they are not on this computer yet."""

    @classmethod
    def to(cls, entry: Entry, details: DataDetails | None) -> Suited:
        """The suggestions for `entry`; its `details` may be unknown.

        A new network learns little from a few hundred images, and too few of them can be held out to measure it. So for
        a small set the shipped network is fine-tuned, and folds have every image read as a held-out one.
        """
        counts, folder = _counts(details), Path(entry.path or "")
        images = sum(counts) if counts else entry.images or 0
        if entry.is_published or images >= SMALL:
            return cls(is_mnist=entry.kind == catalogue.SHIPPED, folder=folder)
        least = min((count for count in counts if count), default=_USUAL)
        # Each fold needs an image of each class.
        folds = max(each for each in (0, *FOLDS) if each <= min(least, _USUAL))
        return cls(FINE_TUNE, folds, is_small=True, folder=folder)


def _counts(details: DataDetails | None) -> list[int]:
    """Images of each class, including the test images; empty if unknown."""
    if details is None:
        return []
    return [train + test for train, test in zip(details.train_counts, details.test_counts, strict=True)]
