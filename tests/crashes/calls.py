"""What a program does to files: the calls that change a disk, with what each of them needs in order to survive."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FileId:
    """One file, whatever it is called: its number, and how many files had that number before it."""

    number: int
    generation: int


@dataclass(frozen=True)
class Write:
    """Bytes written into a file."""

    file: FileId
    offset: int
    data: bytes


@dataclass(frozen=True)
class Cut:
    """A file made shorter, or longer by zeros."""

    file: FileId
    size: int


@dataclass(frozen=True)
class Name:
    """A name given to a file, or to a new folder if `file` is None."""

    path: str
    file: FileId | None


@dataclass(frozen=True)
class Rename:
    """A name changed; what had the new one loses it."""

    path: str
    target: str


@dataclass(frozen=True)
class Unname:
    """A name taken away."""

    path: str


@dataclass(frozen=True)
class Sync:
    """A file's bytes forced to the disk."""

    file: FileId


@dataclass(frozen=True)
class SyncFolder:
    """A folder's names forced to the disk; all of them for the path `*`."""

    path: str


@dataclass(frozen=True)
class Reported:
    """The program has told somebody that this is kept."""

    number: int


Call = Write | Cut | Name | Rename | Unname | Sync | SyncFolder | Reported
EVERYTHING = "*"
