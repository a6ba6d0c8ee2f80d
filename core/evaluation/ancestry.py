"""The data that a checkpoint learned from, directly or through its starting network and teachers. Knows no torch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core import paths
from core.data.catalogue import Entry, absolute
from core.errors import DigitsError
from core.networks import checkpoint_file
from core.networks.checkpoint_file import Header
from core.runs import checkpoints


@dataclass(frozen=True)
class Learned:
    """How a checkpoint, or one of its ancestors, learned from a data set."""

    header: Header
    by_itself: bool
    """Whether the checkpoint itself did, not one that it was fine-tuned from or distilled from."""

    @property
    def folds(self) -> int:
        """Folds; 0 without cross-validation. With folds, the network in the checkpoint learned from all images."""
        folds = self._configuration.get("folds", 0)
        return folds if isinstance(folds, int) else 0

    @property
    def images(self) -> int:
        """Images learned from; 0 if that is unknown."""
        return self._number("images")

    @property
    def held_out(self) -> int:
        """Images held out for the test."""
        return self._number("test_images")

    @property
    def figure(self) -> tuple[int, int] | None:
        """Images read right and their total, by networks that had not learned from them; None if that is unknown."""
        accuracy, count = self.header.figures.get("test_accuracy"), self.images if self.folds else self.held_out
        if accuracy is None or not self.by_itself or not count or not 0 <= accuracy <= 1:
            return None
        return round(accuracy * count), count

    @property
    def _configuration(self) -> dict[str, Any]:
        found: dict[str, Any] = self.header.trained.get("configuration", {})
        return found

    def _number(self, name: str) -> int:
        value = self.header.trained.get(name, 0)
        return value if isinstance(value, int) and value >= 0 else 0


def learned(checkpoint: Path, entry: Entry) -> Learned | None:
    """How the checkpoint learned from the data set; None if it did not, as far as that can be known.

    Raises CheckpointError if the checkpoint itself cannot be read.
    """
    for generation, header in enumerate(_headers(checkpoint)):
        if _is(header.trained.get("configuration", {}).get("data"), entry):
            return Learned(header, by_itself=not generation)
    return None


def _headers(checkpoint: Path) -> Iterator[Header]:
    """The checkpoint's header, then those of its ancestors, as far as they still exist."""
    header = checkpoint_file.header(checkpoint)
    yield header
    # The shipped checkpoint learned only from data that comes with the program.
    seen, waiting = {checkpoint, paths.shipped_checkpoint()}, [*_before(header)]
    while waiting:
        path = waiting.pop(0)
        if path in seen:
            continue
        seen.add(path)
        try:
            header = checkpoint_file.header(path)
        except DigitsError:
            continue
        yield header
        waiting += _before(header)


def _before(header: Header) -> Iterator[Path]:
    """The checkpoints that the training began with or learned from: its starting network and its teachers."""
    configuration = header.trained.get("configuration", {})
    teachers = configuration.get("teachers", [])
    for name in (configuration.get("fine_tune"), *(teachers if isinstance(teachers, list) else [])):
        if not isinstance(name, str) or not name:
            continue
        try:
            yield checkpoints.resolve(name)
        except DigitsError:
            continue


def _is(data: object, entry: Entry) -> bool:
    if not isinstance(data, str) or not data:
        return False
    if data in (entry.name, entry.path):
        return True
    try:
        return entry.path is not None and absolute(data) == Path(entry.path)
    except DigitsError:
        return False
