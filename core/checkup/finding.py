"""A finding of a check-up, in words for people and in fields for programs. Imports neither NumPy nor torch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Any

from core.printable import printable


class Severity(StrEnum):
    """How bad a finding is, worst first; the values are those of the JSON."""

    PROBLEM = "problem"
    WARNING = "warning"
    HINT = "hint"


SEVERITY_WORDS = {Severity.PROBLEM: "problem", Severity.WARNING: "warning", Severity.HINT: "hint"}
"""The words that people see."""

MOST_FILES = 1000
"""Most files that one finding names; its `count` includes all."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One file that a finding is about."""

    path: str
    """Relative to the folder, separated by `/`; not made printable."""
    label: int | None
    """Its digit: that of its class folder, or the one that the user gave it; None if that is unknown."""
    detail: str = ""
    """What applies to this file, such as `touches the left border`; not made printable."""
    other: str | None = None
    """The path of the file that it is a copy of, or that contradicts it."""
    suggested: int | None = None
    """The digit that it more probably shows."""

    @property
    def turned(self) -> Picture:
        """The pair of files in the other order."""
        if self.other is None:
            return self
        return replace(self, path=self.other, other=self.path, label=label_of(self.other), suggested=None)

    def to_json(self) -> dict[str, Any]:
        """A JSON object."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Picture:
        """The inverse of `to_json`. Raises KeyError, TypeError or ValueError if `data` is something else."""
        other = data.get("other")
        return cls(
            path=str(data["path"]),
            label=_digit(data.get("label")),
            detail=str(data.get("detail") or ""),
            other=None if other is None else str(other),
            suggested=_digit(data.get("suggested")),
        )


@dataclass(frozen=True)
class Finding:
    """One kind of fault, with the files that have it."""

    kind: str
    severity: Severity | None
    """None for the list of all files, which is not a fault."""
    title: str
    """What and how many, such as `3 blank images`."""
    meaning: str
    """What it means for learning."""
    action: str
    """What the program does about it, and what the user can do."""
    files: Sequence[Picture]
    """The files that are named, at most 1,000; empty if the finding is about the folder as a whole."""
    count: int
    """The number of files that have the fault."""
    has_pairs: bool = False
    """Whether some of the files belong to a pair."""

    def is_like(self, other: Finding) -> bool:
        """Whether both say the same, perhaps about different files."""
        return (self.kind, self.title) == (other.kind, other.title)

    def to_json(self) -> dict[str, Any]:
        """A JSON object."""
        return {
            "kind": self.kind,
            "severity": self.severity,
            "title": self.title,
            "meaning": self.meaning,
            "action": self.action,
            "files": [each.to_json() for each in self.files],
            "count": self.count,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Finding:
        """The inverse of `to_json`, with texts made printable.

        Raises KeyError, TypeError or ValueError if `data` is something else.
        """
        files = tuple(Picture.from_json(each) for each in data["files"])
        return cls(
            kind=str(data["kind"]),
            severity=Severity(data["severity"]),
            title=printable(str(data["title"])),
            meaning=printable(str(data["meaning"])),
            action=printable(str(data["action"])),
            files=files,
            count=max(len(files), int(data.get("count") or 0)),
            has_pairs=any(each.other is not None for each in files),
        )


def finding(
    kind: str, severity: Severity, title: str, meaning: str, action: str, files: Sequence[Picture] = (), count: int = -1
) -> Finding:
    """A Finding that names at most 1,000 files; `count` is the number of `files` unless it is given."""
    return Finding(
        kind,
        severity,
        title,
        meaning,
        action,
        files=tuple(files[:MOST_FILES]),
        count=len(files) if count < 0 else count,
        has_pairs=any(each.other is not None for each in files),
    )


def ranked(findings: Sequence[Finding]) -> list[Finding]:
    """`findings`, worst first; equally bad ones stay in their order."""
    ranks = {severity: rank for rank, severity in enumerate(Severity)}
    return sorted(findings, key=lambda each: len(ranks) if each.severity is None else ranks[each.severity])


def label_of(path: str) -> int | None:
    """The digit that the file's folder is named after; None if it is not a digit."""
    name = PurePosixPath(path).parent.name
    return int(name) if len(name) == 1 and name in "0123456789" else None


def _digit(value: Any) -> int | None:
    if value is None:
        return None
    if not 0 <= int(value) <= 9:
        raise ValueError(f"{value!r} is not a digit")
    return int(value)
