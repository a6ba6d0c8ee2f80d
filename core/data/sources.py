"""The kinds of data sets, and how to tell which kind is at a path. Knows no catalogue.

A new kind needs a module that reads it and an entry in `SOURCES`; help, messages and path fields use that entry.
The module that reads a kind is imported when needed, so that listing the catalogue does not import NumPy.
"""

from __future__ import annotations

import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import DataError
from core.words import listed

if TYPE_CHECKING:
    from core.data.collection import Collection, Others
    from core.system.pool import Report

_START = 64
"""Bytes at the start of a file by which its kind is recognised."""


def _folder(path: Path, report: Report | None) -> Collection:
    from core.data import folders

    return folders.gather(path, report)


def _other_images(path: Path, report: Report | None) -> Others:
    from core.data import other_images

    return other_images.gather(path, report)


def _archive(path: Path, report: Report | None) -> Collection:
    from core.data import archives

    return archives.gather(path, report)


def _traces(path: Path, report: Report | None) -> Collection:
    from core.data import traces

    return traces.gather(path, report)


def _other_traces(path: Path, report: Report | None) -> Others:
    from core.data import traces

    return traces.gather_others(path, report)


@dataclass(frozen=True)
class Source:
    """A kind of data set."""

    title: str
    """What a person can give, for help and messages, such as `pen traces (.jsonl)`."""
    short: str
    """A short name, such as `an archive`."""
    gather: Callable[[Path, Report | None], Collection]
    """Reads all usable digits; raises DataError if there are none."""
    gather_others: Callable[[Path, Report | None], Others] | None = None
    """Reads non-digits, if the kind can hold them."""
    is_folder: bool = False
    """Whether its images are files in a folder, which a check-up can read and leave out one by one."""
    extensions: tuple[str, ...] = ()
    """Extensions of its files, in lower case."""
    begins: Callable[[bytes], bool] = lambda start: False
    """Whether a file with these first bytes is of this kind, whatever its name."""

    def recognises(self, path: Path, start: bytes | None) -> bool:
        """Whether `path` is of this kind: a file that begins with `start`, or a folder if `start` is None."""
        if start is None:
            return self.is_folder
        return self.begins(start) or path.suffix.lower() in self.extensions


SOURCES: dict[str, Source] = {
    "folder": Source(
        title="a folder with the class folders 0 … 9",
        short="a folder of images",
        gather=_folder,
        gather_others=_other_images,
        is_folder=True,
    ),
    "archive": Source(
        title="a NumPy archive (.npz) with images and labels",
        short="an archive",
        gather=_archive,
        extensions=(".npz",),
        begins=lambda start: start.startswith(b"PK"),
    ),
    "traces": Source(
        title="pen traces (.jsonl)",
        short="pen traces",
        gather=_traces,
        gather_others=_other_traces,
        extensions=(".jsonl", ".ndjson"),
        begins=lambda start: start.lstrip().startswith(b"{"),
    ),
}
"""The kinds by their names in the catalogue's file. The first that recognises a path is used."""

EXTENSIONS = tuple(extension for source in SOURCES.values() for extension in source.extensions)
"""Extensions of the files that may hold a data set."""


def kind_of(path: Path) -> str:
    """The name in `SOURCES` of what is at `path`. Raises DataError if it is none of them."""
    start = _start(path)
    for kind, source in SOURCES.items():
        if source.recognises(path, start):
            return kind
    raise DataError(f"{path} is not a data set; give {formats()}")


def at(path: Path) -> Source:
    """The kind of data set at `path`. Raises DataError if there is none."""
    return SOURCES[kind_of(path)]


def gather(path: Path, report: Report | None = None) -> Collection:
    """All usable images at `path`. Raises DataError if there are none."""
    return at(path).gather(path, report)


def is_folder(kind: str) -> bool:
    """Whether sets of this kind are folders; False for a kind that is not in `SOURCES`."""
    return kind in SOURCES and SOURCES[kind].is_folder


def formats() -> str:
    """The kinds of data sets, for messages: `a folder with …, a NumPy archive … or pen traces (.jsonl)`."""
    return listed([source.title for source in SOURCES.values()], "or")


def formats_of_others() -> str:
    """The kinds that can hold non-digits, for messages: `a folder of images or pen traces`."""
    return listed([source.short for source in SOURCES.values() if source.gather_others is not None], "or")


def _start(path: Path) -> bytes | None:
    """The first bytes of a file; None for a folder. Raises DataError if `path` is neither or cannot be read."""
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise DataError(f"there is no file or folder {path}; check the spelling") from None
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from error
    if stat.S_ISDIR(mode):
        return None
    if not stat.S_ISREG(mode):
        raise DataError(f"{path} is not a file but a device, a pipe or a socket")
    try:
        with path.open("rb") as file:
            return file.read(_START)
    except OSError as error:
        raise DataError(f"{path} cannot be opened: {error.strerror}") from error
