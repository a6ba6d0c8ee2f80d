"""The forms in which data sets come, and which of them lies at a path. Knows no catalogue.

A further form is a module that reads it and an entry of `SOURCES`: help, messages and the fields for paths ask here.
What reads a form is imported when it is asked for, so that a look at the catalogue costs no NumPy.
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
"""Bytes of a file by which its form is recognised."""


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
    """One form in which data sets come."""

    title: str
    """In help and messages, such as `pen traces (.jsonl)`: what is to be given."""
    short: str
    """What it is in a few words, such as `an archive`."""
    gather: Callable[[Path, Report | None], Collection]
    """Reads all digits that can be used; raises DataError where there are none."""
    gather_others: Callable[[Path, Report | None], Others] | None = None
    """Reads what is no digit, where the form can hold such things."""
    is_folder: bool = False
    """Whether its images are files of a folder, which a check-up can look at and leave out, one by one."""
    extensions: tuple[str, ...] = ()
    """Endings of its files, in small letters."""
    begins: Callable[[bytes], bool] = lambda start: False
    """Whether a file that begins so is of this form, whatever its name."""

    def recognises(self, path: Path, start: bytes | None) -> bool:
        """Whether what lies at `path` is of this form: a file that begins with `start`, a folder where that is None."""
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
"""By the names that the catalogue's file has for them; the first that recognises a path is its form."""

EXTENSIONS = tuple(extension for source in SOURCES.values() for extension in source.extensions)
"""Endings of the files that may hold a data set."""


def exists(path: Path) -> bool:
    """Whether something lies at `path`, as far as this person may see."""
    try:
        path.stat()
    except (OSError, ValueError):  # ValueError: a null character in the name
        return False
    return True


def kind_of(path: Path) -> str:
    """The name in `SOURCES` of what lies there. Raises DataError where it is none of them."""
    start = _start(path)
    for kind, source in SOURCES.items():
        if source.recognises(path, start):
            return kind
    raise DataError(f"{path} is no data set; give {formats()}")


def at(path: Path) -> Source:
    """The form of what lies at `path`. Raises DataError where it has none."""
    return SOURCES[kind_of(path)]


def gather(path: Path, report: Report | None = None) -> Collection:
    """All that can be used of what lies at `path`. Raises DataError where nothing can be."""
    return at(path).gather(path, report)


def is_folder(kind: str) -> bool:
    """Whether sets of this kind are folders; of a kind that is no name in `SOURCES` they are not."""
    return kind in SOURCES and SOURCES[kind].is_folder


def formats() -> str:
    """What can be given for a data set, in words: `a folder with …, a NumPy archive … or pen traces (.jsonl)`."""
    return listed([source.title for source in SOURCES.values()], "or")


def formats_of_others() -> str:
    """What can be given for things that are no digits, in words: `a folder of images or pen traces`."""
    return listed([source.short for source in SOURCES.values() if source.gather_others is not None], "or")


def _start(path: Path) -> bytes | None:
    """How the file begins; None of a folder. Raises DataError where there is neither, or it cannot be looked at."""
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise DataError(f"there is no file or folder {path}; check the spelling") from None
    except OSError as error:
        raise DataError(f"{path} cannot be looked at: {error.strerror}") from error
    if stat.S_ISDIR(mode):
        return None
    if not stat.S_ISREG(mode):
        raise DataError(f"{path} is not a file but a device, a pipe or a socket")
    try:
        with path.open("rb") as file:
            return file.read(_START)
    except OSError as error:
        raise DataError(f"{path} cannot be opened: {error.strerror}") from error
