"""The content of a scorecard, in the form that the measuring process sends to the interface. Plain Python.

The first checkpoint is the one that is judged; a second one, if there is one, is compared with it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from core.evaluation.significance import SIGNIFICANT, interval
from core.networks.model_name import at_start, model_name
from core.printable import printable
from core.words import percent, percent_of, percent_places, plural


class Outcome(StrEnum):
    """How the first checkpoint compares with the second; the values are those of the JSON."""

    BETTER = "better"
    WORSE = "worse"
    SAME = "same"
    """No statistically significant difference."""
    NONE = ""
    """Unknown, or there is no second one."""

    @classmethod
    def of(cls, difference: int, chance: float) -> Outcome:
        """By how many more images the first reads right, and the p-value of that."""
        if chance >= SIGNIFICANT:
            return cls.SAME
        return cls.BETTER if difference > 0 else cls.WORSE


class Kind(StrEnum):
    """Where the set comes from; the values are those of the JSON."""

    MNIST = "mnist"
    OWN = "own"
    GIVEN = "given"


HEADS = ("read right", "95% range", "rejected", "calibration")
NOTHING = ("–", "–", "–", "–")
"""Shown if there are no figures that count."""
MARKS: dict[Outcome, str] = {
    Outcome.BETTER: "▲ better",
    Outcome.WORSE: "▼ worse",
    Outcome.SAME: "= not significant",
    Outcome.NONE: "",
}
"""How each verdict is shown, with or without colours."""


@dataclass(frozen=True)
class ScoredModel:
    """One checkpoint."""

    path: str
    name: str
    """Its name for people."""
    title: str
    """Its title, from its header."""

    @classmethod
    def of(cls, path: Path, title: str) -> ScoredModel:
        """The model at `path`: the shipped one, a run's, or a file."""
        return cls(str(path), model_name(path), printable(title))

    @property
    def at_start(self) -> str:
        """Its name at the start of a sentence."""
        return at_start(self.name)


@dataclass(frozen=True)
class Figures:
    """How one checkpoint reads one set."""

    right: int
    """Images read right, whether rejected or not."""
    count: int
    rejected: int | None = None
    """Images that are rejected; None if only `right` and `count` are known."""
    calibration_error: float | None = None
    """Expected calibration error over 15 bins, 0 to 1; None if that is unknown."""

    def __post_init__(self) -> None:
        if self.count < 1 or not 0 <= self.right <= self.count:
            raise ValueError(f"{self.right} of {self.count} images read right is no figure")

    @property
    def cells(self) -> tuple[str, str, str, str]:
        """Accuracy, its range, rejections and calibration, in the order of HEADS."""
        return self.accuracy, self.range, self.rejections, self.calibration

    @property
    def accuracy(self) -> str:
        """Such as `99.65%`, with as many decimal places as the number of images supports."""
        return percent_of(self.right, self.count)

    @property
    def range(self) -> str:
        """The 95% interval, such as `99.51–99.75%`."""
        low, high = interval(self.right, self.count)
        places = percent_places(self.count)
        return f"{100 * low:.{places}f}–{100 * high:.{places}f}%"

    @property
    def rejections(self) -> str:
        """Such as `12 (0.1%)`; a dash if that is unknown."""
        if self.rejected is None or not self.rejected:
            return "–" if self.rejected is None else "0"
        share = percent(self.rejected / self.count, 1)
        return f"{self.rejected} ({share})" if self.rejected < 1000 else share

    @property
    def calibration(self) -> str:
        """The calibration error; a dash if that is unknown."""
        return "–" if self.calibration_error is None else percent(self.calibration_error, percent_places(self.count))


@dataclass(frozen=True)
class Row:
    """One set, read by each checkpoint."""

    name: str
    kind: Kind
    images: int = 0
    """The number of images read."""
    which: str = ""
    """Which of the set's images these are; empty if they are all of them, or if the name says it."""
    figures: tuple[Figures | None, ...] = ()
    """One for each checkpoint; None if it has none that counts."""
    verdict: Outcome = Outcome.NONE
    """How the first compares with the second."""
    words: str = ""
    """The verdict in words."""
    rejects_more: bool = False
    """Whether the first rejects significantly more of these digits than the second does."""
    notes: tuple[str, ...] = ()
    """What the user should know, one sentence each."""
    error: str = ""
    """Why the set cannot be used; then there are no figures."""
    data: str = ""
    """The name or path by which commands address the set; empty if there is none."""

    @property
    def title(self) -> str:
        """Its name and the number of images read, such as `own, 120 images`."""
        images = plural(self.images, "image")
        return f"{self.name}, {images}" if self.images else self.name

    @property
    def remarks(self) -> tuple[str, ...]:
        """What was read, if that is not the whole set, and the notes."""
        return (f"Read: {self.which}.", *self.notes) if self.which else self.notes

    def to_json(self) -> dict[str, Any]:
        """A JSON object."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Row:
        """The inverse of `to_json`. Raises KeyError, TypeError or ValueError if `data` is something else."""
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
            data=str(data["data"]),
        )


@dataclass(frozen=True)
class Speed:
    """How long one reading takes, including normalising, on one thread."""

    median: float
    """Milliseconds."""
    slow: float
    """Milliseconds within which 95 of 100 readings finish."""
    readings: int

    @property
    def words(self) -> str:
        """Such as `2.1 ms, 95 of 100 within 3.0 ms`."""
        return f"{self.median:.1f} ms, 95 of 100 within {self.slow:.1f} ms"


@dataclass(frozen=True)
class Scorecard:
    """How one or two checkpoints read each set, and how fast."""

    summary: str
    """The result for the user, in a sentence or two."""
    models: tuple[ScoredModel, ...]
    """The model that is judged, and the one that it is compared with, if there is one."""
    rows: tuple[Row, ...]
    """MNIST, then own sets, then given sets."""
    speeds: tuple[Speed, ...]
    """One for each checkpoint."""

    def to_json(self) -> dict[str, Any]:
        """A JSON object."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Scorecard:
        """The inverse of `to_json`. Raises KeyError, TypeError or ValueError if `data` is something else."""
        return cls(
            summary=printable(str(data["summary"])),
            models=tuple(ScoredModel(**each) for each in data["models"]),
            rows=tuple(Row.from_json(each) for each in data["rows"]),
            speeds=tuple(Speed(**each) for each in data["speeds"]),
        )
