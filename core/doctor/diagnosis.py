"""What `digits-tui doctor` found: sections of lines, each fine, worth knowing or a problem. Knows no check.

A line with a remedy appears again at the end, under what to mend.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

MOST_DETAILS = 1000
"""Details that one line keeps at most."""


class Health(StrEnum):
    """How it is with one thing. The values are for JSON."""

    FINE = "fine"
    NOTE = "note"
    """Worth knowing; the program works without it."""
    PROBLEM = "problem"


@dataclass(frozen=True)
class Remedy:
    """What mends one thing."""

    action: str
    """A sentence that says what to do; not yet printable."""
    command: str = ""
    """The line to type that does it; empty if there is none, or a person has to decide."""

    def to_json(self) -> dict[str, Any]:
        """A JSON object."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Remedy:
        """The inverse of `to_json`. Raises KeyError or TypeError if `data` is something else."""
        return cls(str(data["action"]), str(data["command"]))


@dataclass(frozen=True)
class Examined:
    """One line of the report."""

    name: str
    """What was examined, in one or two words."""
    health: Health
    words: str
    """What was found; may hold names of files as they are, so not yet printable."""
    remedy: Remedy | None = None
    """None if nothing needs to be done."""
    details: tuple[str, ...] = ()
    """The files concerned, each with the reason; at most 1,000, not yet printable."""

    def to_json(self) -> dict[str, Any]:
        """A JSON object."""
        return {**asdict(self), "details": list(self.details)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Examined:
        """The inverse of `to_json`. Raises KeyError, TypeError or ValueError if `data` is something else."""
        return cls(
            name=str(data["name"]),
            health=Health(data["health"]),
            words=str(data["words"]),
            remedy=None if data["remedy"] is None else Remedy.from_json(data["remedy"]),
            details=tuple(map(str, data["details"])),
        )


@dataclass(frozen=True)
class Section:
    """Lines that belong together."""

    title: str
    lines: tuple[Examined, ...]

    def to_json(self) -> dict[str, Any]:
        """A JSON object."""
        return {"title": self.title, "lines": [each.to_json() for each in self.lines]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Section:
        """The inverse of `to_json`. Raises KeyError, TypeError or ValueError if `data` is something else."""
        return cls(str(data["title"]), tuple(Examined.from_json(each) for each in data["lines"]))


@dataclass(frozen=True)
class Diagnosis:
    """The whole report."""

    sections: tuple[Section, ...]

    @property
    def problems(self) -> int:
        """How many lines are problems."""
        return sum(line.health is Health.PROBLEM for section in self.sections for line in section.lines)

    @property
    def remedies(self) -> tuple[Remedy, ...]:
        """What to mend, problems first, each remedy once."""
        lines = [line for section in self.sections for line in section.lines if line.remedy]
        lines.sort(key=lambda line: line.health is not Health.PROBLEM)
        return tuple(dict.fromkeys(line.remedy for line in lines if line.remedy))

    def to_json(self) -> dict[str, Any]:
        """A JSON object, which also counts the problems and lists what to mend."""
        return {
            "problems": self.problems,
            "sections": [each.to_json() for each in self.sections],
            "mend": [each.to_json() for each in self.remedies],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Diagnosis:
        """The inverse of `to_json`. Raises KeyError, TypeError or ValueError if `data` is something else."""
        return cls(tuple(map(Section.from_json, data["sections"])))


def fine(name: str, words: str) -> Examined:
    """A line that says that all is well."""
    return Examined(name, Health.FINE, words)


def note(name: str, words: str, remedy: Remedy | None = None, details: Sequence[str] = ()) -> Examined:
    """A line that is worth knowing and no problem."""
    return Examined(name, Health.NOTE, words, remedy, tuple(details[:MOST_DETAILS]))


def problem(name: str, words: str, remedy: Remedy, details: Sequence[str] = ()) -> Examined:
    """A line that has to be mended, and how."""
    return Examined(name, Health.PROBLEM, words, remedy, tuple(details[:MOST_DETAILS]))
