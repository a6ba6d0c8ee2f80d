"""What the child `check FOLDER --json` tells of a folder, and the list of all its files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any, overload

from core.data.listing import Listing, listing
from core.printable import printable

ALL = "all"
"""The kind of the list that names every file of the folder, which is no finding."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One file that is looked at."""

    path: str
    """Below the folder, with slashes."""
    label: int | None
    """The digit that its folder says, None where that cannot be told."""
    detail: str = ""
    """What is said of this file alone; not made printable yet."""
    other: str | None = None
    """The path of the file that it is a duplicate of, or that contradicts it."""
    suggested: int | None = None
    """The digit that networks which did not see it read."""

    @property
    def turned(self) -> Picture:
        """The two files of a pair in the other order."""
        if self.other is None:
            return self
        return replace(self, path=self.other, other=self.path, label=label_of(self.other), suggested=None)


@dataclass(frozen=True, eq=False)  # comparing hundreds of thousands of files would take its time
class Finding:
    """One thing that was found, and the files that it is about."""

    kind: str
    severity: str
    """`problem`, `warning` or `hint`."""
    title: str
    meaning: str
    """What it means for learning."""
    action: str
    """What the program does about it."""
    files: Sequence[Picture]
    """Those that are named, thousands at most; none where it is about the folder as a whole."""
    count: int
    """How many files it is about."""
    has_pairs: bool = False
    """Whether some of the files are each one of two."""

    def is_like(self, other: Finding) -> bool:
        """Whether both say the same, perhaps of other files."""
        return (self.kind, self.title) == (other.kind, other.title)


@dataclass(frozen=True)
class Checkup:
    """The whole answer."""

    images: int
    findings: tuple[Finding, ...]
    """The worst first."""
    notes: tuple[str, ...]

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Checkup:
        """The answer as it was printed; takes a second for hundreds of thousands of files.

        Raises KeyError, TypeError or ValueError where it is something else.
        """
        return cls(
            images=int(data["images"]),
            findings=tuple(_finding(each) for each in data["findings"]),
            notes=tuple(printable(str(note)) for note in data["notes"]),
        )


class _Listed(Sequence[Picture]):
    """The files of a listing, each made into a Picture when it is asked for: there may be 100,000."""

    def __init__(self, files: Listing) -> None:
        self._files = files

    def __len__(self) -> int:
        return len(self._files)

    @overload
    def __getitem__(self, index: int) -> Picture: ...
    @overload
    def __getitem__(self, index: slice) -> list[Picture]: ...
    def __getitem__(self, index: int | slice) -> Picture | list[Picture]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        return Picture(self._files.name(index), int(self._files.labels[index]))


def every_file(folder: Path) -> Finding:
    """All files of the folder, for paging through it. Raises DataError where it has no class folders."""
    files = listing(folder)
    return Finding(
        kind=ALL,
        severity="",
        title="All images",
        meaning="Every file of the folder: on the left as it is, on the right as the network sees it.",
        action="",
        files=_Listed(files),
        count=len(files),
    )


def label_of(path: str) -> int | None:
    """The digit that the name of the file's folder says."""
    name = PurePosixPath(path).parent.name
    return int(name) if len(name) == 1 and name in "0123456789" else None


def _finding(data: Mapping[str, Any]) -> Finding:
    files = [_picture(each) for each in data["files"]]
    return Finding(
        kind=str(data["kind"]),
        severity=str(data["severity"]),
        title=printable(str(data["title"])),
        meaning=printable(str(data["meaning"])),
        action=printable(str(data["action"])),
        files=files,
        count=max(len(files), int(data.get("count") or 0)),
        has_pairs=any(each.other is not None for each in files),
    )


def _picture(data: Mapping[str, Any]) -> Picture:
    other = data.get("other")
    return Picture(
        path=str(data["path"]),
        label=_digit(data.get("label")),
        detail=str(data.get("detail") or ""),
        other=None if other is None else str(other),
        suggested=_digit(data.get("suggested")),
    )


def _digit(value: Any) -> int | None:
    if value is None:
        return None
    if not 0 <= int(value) <= 9:
        raise ValueError(f"{value!r} is no digit")
    return int(value)
