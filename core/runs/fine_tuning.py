"""What "Learn" asks of a training run: the own set, the model to go on from, and the folds. Knows no torch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from core import paths
from core.config.configuration import TrainingConfig
from core.config.recipes import FINE_TUNE
from core.errors import DataError, DigitsError
from core.networks import checkpoint_file
from core.runs import checkpoints
from core.words import plural

LEAST = 10
"""Drawings to learn from; fewer say little of a hand, and less of how well it was learned."""
LEAST_OF_TWO = 3
"""Drawings that two digits need each: with fewer a data set cannot be trained on."""
FOLDS = 3
"""Parts of the cross-validation: more would take longer than a person likes to wait, and tell little more."""


def plan(folder: Path, counts: Sequence[int], checkpoint: Path | None) -> TrainingConfig:
    """The run that learns the drawings in `folder`, `counts[d]` of digit d, while `checkpoint` (None: shipped) reads.

    Raises DataError where there is too little to learn from.
    """
    total = sum(counts)
    if total < LEAST:
        some = plural(total, "drawing is", "drawings are")
        raise DataError(
            f"{some} too few to learn from; it takes at least {LEAST}. "
            "Draw more, and after each press Enter where it was read right, else the digit that it is."
        )
    if sum(count >= LEAST_OF_TWO for count in counts) < 2:
        raise DataError(f"Draw at least {LEAST_OF_TWO} each of two different digits first.")
    return TrainingConfig(
        data=str(folder),
        recipe=FINE_TUNE,
        fine_tune=str(base(checkpoint, folder)),
        # A digit that was drawn once is unknown to whichever network reads it, however many parts there are.
        folds=max(2, min(FOLDS, *(count for count in counts if count > 1))),
    )


def base(checkpoint: Path | None, folder: Path) -> Path:
    """The model to go on from where `checkpoint` (None: the shipped one) is in use.

    That one, unless it was fine-tuned itself: then what it was fine-tuned from. A model that has learned the very
    drawings that are held out would make "before" look better than it was; so would one trained on `folder`.
    """
    shipped = paths.shipped_checkpoint()
    path, seen = checkpoint or shipped, set[Path]()
    while path not in seen:
        seen.add(path)
        try:
            header = checkpoint_file.header(path)
            configuration: dict[str, Any] = header.trained.get("configuration", {})
            before = configuration.get("fine_tune")
            if before is None:
                return shipped if header.data in (str(folder), folder.name) else path
            path = checkpoints.resolve(str(before))
        except DigitsError:
            break  # it is gone, or no checkpoint
    return shipped
