"""What a check-up found, in words for a person and in fields for a program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

Severity = Literal["problem", "warning", "hint"]
SEVERITIES: tuple[Severity, ...] = ("problem", "warning", "hint")
"""The worst first."""

MOST_FILES = 1000
"""Files that one finding names at most; its `count` is of all."""


@dataclass(frozen=True)
class Finding:
    """One kind of fault, with the files that have it."""

    kind: str
    severity: Severity
    title: str
    """What and how many, such as `3 blank images`."""
    meaning: str
    """What it means for learning."""
    action: str
    """What the program does about it, and what a person can do."""
    files: tuple[Named, ...]
    """At most 1,000."""
    count: int
    """How many files have it."""

    def to_json(self) -> dict[str, Any]:
        """Only dicts, lists, numbers, text and None."""
        found = asdict(self)
        return {**found, "files": list(found["files"])}


@dataclass(frozen=True)
class Named:
    """One file that a finding is about."""

    path: str
    """Below the folder, `/` between."""
    label: int
    """Its digit: that of its class folder, or the one a person gave it."""
    detail: str = ""
    """What is so of this file, such as `touches the left border`."""
    other: str | None = None
    """The file that it is a copy of."""
    suggested: int | None = None
    """The digit that it rather shows."""


def finding(
    kind: str, severity: Severity, title: str, meaning: str, action: str, files: Sequence[Named] = (), count: int = -1
) -> Finding:
    """A Finding that names at most 1,000 files; `count` is their number unless it is given."""
    return Finding(
        kind, severity, title, meaning, action, tuple(files[:MOST_FILES]), len(files) if count < 0 else count
    )


def ranked(findings: Sequence[Finding]) -> list[Finding]:
    """The worst first; of equally bad ones in the order given."""
    return sorted(findings, key=lambda each: SEVERITIES.index(each.severity))
