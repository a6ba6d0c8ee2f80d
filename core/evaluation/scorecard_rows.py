"""What a scorecard says, as it crosses from the process that measures to the interface. Plain Python.

The first checkpoint is the one that is judged; a second one stands beside it where there is one to compare with.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from core.evaluation.significance import interval
from core.networks.model_name import at_start, model_name
from core.printable import printable
from core.words import percent, percent_of, percent_places, plural


class Outcome(StrEnum):
    """What the first checkpoint is beside the second; the values are those of the JSON."""

    BETTER = "better"
    WORSE = "worse"
    SAME = "same"
    """No better and no worse than chance would make it."""
    NONE = ""
    """It cannot be told, or there is no second one."""


class Kind(StrEnum):
    """Whose set it is; the values are those of the JSON."""

    MNIST = "mnist"
    OWN = "own"
    GIVEN = "given"


HEADS = ("read right", "95% range", "rejected", "calibration")
NOTHING = ("–", "–", "–", "–")
"""Stands for figures where there are none that count."""
MARKS: dict[Outcome, str] = {
    Outcome.BETTER: "▲ better",
    Outcome.WORSE: "▼ worse",
    Outcome.SAME: "= not significant",
    Outcome.NONE: "",
}
"""How each verdict shows, with colours and without."""


@dataclass(frozen=True)
class ScoredModel:
    """One checkpoint."""

    path: str
    name: str
    """What a person calls it."""
    title: str
    """What its header says of it."""

    @classmethod
    def of(cls, path: Path, title: str) -> ScoredModel:
        """That at `path`: the shipped one, that of a run, or a file."""
        return cls(str(path), model_name(path), printable(title))

    @property
    def at_start(self) -> str:
        """Its name where a sentence begins."""
        return at_start(self.name)


@dataclass(frozen=True)
class Figures:
    """How one checkpoint reads one set."""

    right: int
    """Images read right, whether rejected or not."""
    count: int
    rejected: int | None = None
    """Images that are said to be no digits; None where only `right` and `count` are known."""
    calibration_error: float | None = None
    """Expected calibration error over 15 bins, 0 to 1; None where that is not known."""

    def __post_init__(self) -> None:
        if self.count < 1 or not 0 <= self.right <= self.count:
            raise ValueError(f"{self.right} of {self.count} images read right is no figure")

    @property
    def cells(self) -> tuple[str, str, str, str]:
        """Accuracy, its range, rejections and calibration, as they stand under HEADS."""
        return self.accuracy, self.range, self.rejections, self.calibration

    @property
    def accuracy(self) -> str:
        """Such as `99.65%`, with as many places as so many images can tell."""
        return percent_of(self.right, self.count)

    @property
    def range(self) -> str:
        """The 95% interval, such as `99.51–99.75%`."""
        low, high = interval(self.right, self.count)
        places = percent_places(self.count)
        return f"{100 * low:.{places}f}–{100 * high:.{places}f}%"

    @property
    def rejections(self) -> str:
        """Such as `12 (0.1%)`; a dash where that is not known."""
        if self.rejected is None or not self.rejected:
            return "–" if self.rejected is None else "0"
        share = percent(self.rejected / self.count, 1)
        return f"{self.rejected} ({share})" if self.rejected < 1000 else share

    @property
    def calibration(self) -> str:
        """The calibration error; a dash where that is not known."""
        return "–" if self.calibration_error is None else percent(self.calibration_error, percent_places(self.count))


@dataclass(frozen=True)
class Row:
    """One set, read by each checkpoint."""

    name: str
    kind: Kind
    images: int = 0
    """How many were read."""
    which: str = ""
    """Which of the set's images these are; empty where they are all, or the name says it."""
    figures: tuple[Figures | None, ...] = ()
    """One for each checkpoint; None where there is none that counts."""
    verdict: Outcome = Outcome.NONE
    """What the first is beside the second."""
    words: str = ""
    """The verdict in words."""
    rejects_more: bool = False
    """Whether the first rejects more of these digits than the second does, beyond chance."""
    notes: tuple[str, ...] = ()
    """What a person should know, one sentence each."""
    error: str = ""
    """Why the set cannot be used; then there are no figures."""

    @property
    def title(self) -> str:
        """Its name and how much was read, such as `own, 120 images`."""
        images = plural(self.images, "image")
        return f"{self.name}, {images}" if self.images else self.name

    @property
    def remarks(self) -> tuple[str, ...]:
        """What was read where that is not the whole set, and the notes."""
        return (f"Read: {self.which}.", *self.notes) if self.which else self.notes

    def to_json(self) -> dict[str, Any]:
        """A JSON object."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Row:
        """The inverse of `to_json`. Raises KeyError, TypeError or ValueError for something else."""
        return cls(
            name=printable(str(data["name"])),
            kind=Kind(data["kind"]),
            images=int(data["images"]),
            which=printable(str(data["which"])),
            figures=tuple(None if each is None else Figures(**each) for each in data["figures"]),
            verdict=Outcome(data["verdict"]),
            words=printable(str(data["words"])),
            rejects_more=bool(data["rejects_more"]),
            notes=tuple(printable(str(note)) for note in data["notes"]),
            error=printable(str(data["error"])),
        )


@dataclass(frozen=True)
class Speed:
    """How long one reading takes, normalising included, on one thread."""

    median: float
    """Milliseconds."""
    slow: float
    """Milliseconds that 95 of 100 readings keep within."""
    readings: int

    @property
    def words(self) -> str:
        """Such as `2.1 ms, 95 of 100 within 3.0 ms`."""
        return f"{self.median:.1f} ms, 95 of 100 within {self.slow:.1f} ms"


@dataclass(frozen=True)
class Scorecard:
    """The whole answer."""

    summary: str
    """What it comes to for a person, in a sentence or two."""
    models: tuple[ScoredModel, ...]
    """The one that is judged, and the one beside it, if there is one."""
    rows: tuple[Row, ...]
    """MNIST, then own sets, then those given."""
    speeds: tuple[Speed, ...]
    """One for each checkpoint."""

    def to_json(self) -> dict[str, Any]:
        """A JSON object."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Scorecard:
        """The inverse of `to_json`. Raises KeyError, TypeError or ValueError where `data` is something else."""
        return cls(
            summary=printable(str(data["summary"])),
            models=tuple(ScoredModel(**each) for each in data["models"]),
            rows=tuple(Row.from_json(each) for each in data["rows"]),
            speeds=tuple(Speed(**each) for each in data["speeds"]),
        )
