"""What a checkpoint learned from, directly or through its starting network and its teachers. Knows no torch."""

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
    """How a checkpoint, or one that it goes back to, learned from a data set."""

    header: Header
    by_itself: bool
    """Whether the checkpoint did so, rather than one that it was fine-tuned from or distilled from."""

    @property
    def folds(self) -> int:
        """Folds; 0 without cross-validation. With folds, the network that is kept learned from all images."""
        folds = self._configuration.get("folds", 0)
        return folds if isinstance(folds, int) else 0

    @property
    def images(self) -> int:
        """How many were learned; 0 where that is not known."""
        return self._number("images")

    @property
    def held_out(self) -> int:
        """How many were held out for the test."""
        return self._number("test_images")

    @property
    def figure(self) -> tuple[int, int] | None:
        """How many were read right of how many, by networks that had not seen them; None where that is not known."""
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
    """How the checkpoint came to learn from the data set; None where it did not, as far as that can be known.

    Raises CheckpointError where the checkpoint itself cannot be read.
    """
    for generation, header in enumerate(_headers(checkpoint)):
        if _is(header.trained.get("configuration", {}).get("data"), entry):
            return Learned(header, by_itself=not generation)
    return None


def _headers(checkpoint: Path) -> Iterator[Header]:
    """That of the checkpoint, then those it goes back to, as far as they are still there."""
    header = checkpoint_file.header(checkpoint)
    yield header
    # The shipped one is of no data but the program's own.
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
    """The checkpoints that a training began with or learned from."""
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
