"""The configuration of a run for "Learn": the own set, the starting model and the folds. Knows no torch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from core import paths
from core.config.configuration import TrainingConfig
from core.config.recipes import FINE_TUNE
from core.data.division import LEAST_OF_CLASS
from core.errors import DataError, DigitsError
from core.networks import checkpoint_file
from core.runs import checkpoints
from core.words import plural

LEAST = 10
"""Fewest drawings to learn from: fewer say little about a handwriting, and less about how well it was learned."""
FOLDS = 3
"""Most folds of the cross-validation: more would take longer than people like to wait, and tell little more."""


def plan(folder: Path, counts: Sequence[int], checkpoint: Path | None) -> TrainingConfig:
    """The configuration of a run that learns the drawings in `folder`, `counts[d]` of digit d.

    `checkpoint` is the one in use (None: the shipped one). Raises DataError if there is too little to learn from.
    """
    total = sum(counts)
    if total < LEAST:
        some = plural(total, "drawing is", "drawings are")
        raise DataError(
            f"{some} too few to learn from; it takes at least {LEAST}. "
            "Draw more, and after each press Enter if it was read right, or else the digit that it is."
        )
    if sum(count >= LEAST_OF_CLASS for count in counts) < 2:
        raise DataError(f"Draw at least {LEAST_OF_CLASS} each of two different digits first.")
    return TrainingConfig(
        data=str(folder),
        recipe=FINE_TUNE,
        fine_tune=str(base(checkpoint, folder)),
        # A digit that was drawn once is unknown to the network that reads it, however many folds there are.
        folds=max(2, min(FOLDS, *(count for count in counts if count > 1))),
    )


def base(checkpoint: Path | None, folder: Path) -> Path:
    """The model to fine-tune while `checkpoint` (None: the shipped one) is in use.

    It is that checkpoint, or the one that it was fine-tuned from. A model that has learned the very drawings that are
    held out would make "before" look better than it was; so would one trained on `folder`, which the shipped one
    replaces.
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
            break  # the file is gone, or is not a checkpoint
    return shipped
