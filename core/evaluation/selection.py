"""The images of a data set that networks are measured on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.data import catalogue
from core.data.collection import LabelledImages, Skipped
from core.data.datasets import divided, gather
from core.evaluation import ancestry
from core.evaluation.held_out import EVERY, comparison
from core.networks.model_name import model_name
from core.words import listed


@dataclass(frozen=True)
class Selection:
    """Some images of a set, or all."""

    name: str
    """The set's name."""
    parts: tuple[LabelledImages, ...]
    which: str
    """Which these are, such as `MNIST's test set`."""
    skipped: tuple[Skipped, ...]
    """What could not be used of the set."""

    def __len__(self) -> int:
        return sum(map(len, self.parts))


def selection(data: str, part: str, checkpoints: Sequence[Path], report: Callable[[int, int, str], None]) -> Selection:
    """The images to measure the networks of `checkpoints` on.

    `part` is `test` for the set's test images, `all`, or `auto`: the test images, or those that no network has learned
    from, or else all. `report` receives the number of images read, the total, and what is being done. Raises DataError
    if nothing can be used, and CheckpointError if a checkpoint cannot be read.
    """
    entry = catalogue.find(data)
    collection = gather(entry, lambda done, total: report(done, total, f"normalising {entry.name}"))
    if part == "test":
        dataset = divided(entry, collection)
        return Selection(entry.name, (dataset.test,), dataset.test_note, dataset.skipped)
    learned = [ancestry.learned(each, entry) for each in checkpoints]
    if part == "auto":
        chosen = comparison(entry, collection, learned)
        parts, which, unseen = chosen.parts, chosen.which, chosen.unseen
    else:
        parts, which, unseen = collection.parts, EVERY, tuple(each is None for each in learned)
    return Selection(entry.name, parts, f"{which}{_seen(checkpoints, unseen)}", collection.skipped)


def _seen(checkpoints: Sequence[Path], unseen: Sequence[bool]) -> str:
    """Which of the networks learned from some of the images; empty if none did."""
    names = [model_name(path) for path, is_unseen in zip(checkpoints, unseen, strict=True) if not is_unseen]
    if not names:
        return ""
    if len(names) == len(checkpoints):
        return ", including those it was trained on" if len(names) == 1 else ", including those they were trained on"
    return f", including those {listed(names)} was trained on"
