"""What a path holds: a folder of images, a NumPy archive or pen traces. Knows no catalogue."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import DataError

if TYPE_CHECKING:
    from core.data.collection import Collection
    from core.system.pool import Report

FOLDER, ARCHIVE, TRACES = "folder", "archive", "traces"


def exists(path: Path) -> bool:
    """Whether something lies at `path`, as far as this person may see."""
    try:
        path.stat()
    except (OSError, ValueError):  # ValueError: a null character in the name
        return False
    return True


def kind_of(path: Path) -> str:
    """`folder`, `archive` or `traces`, by what lies there. Raises DataError where it is none of them."""
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise DataError(f"there is no file or folder {path}; check the spelling") from None
    except OSError as error:
        raise DataError(f"{path} cannot be looked at: {error.strerror}") from error
    if stat.S_ISDIR(mode):
        return FOLDER
    if not stat.S_ISREG(mode):
        raise DataError(f"{path} is not a file but a device, a pipe or a socket")
    try:
        with path.open("rb") as file:
            start = file.read(64)
    except OSError as error:
        raise DataError(f"{path} cannot be opened: {error.strerror}") from error
    if start[:2] == b"PK" or path.suffix.lower() == ".npz":
        return ARCHIVE
    if start.lstrip()[:1] == b"{" or path.suffix.lower() in (".jsonl", ".ndjson"):
        return TRACES
    raise DataError(
        f"{path} is no data set; give a folder with the class folders 0 … 9, a NumPy archive (.npz) with images "
        "and labels, or pen traces (.jsonl)"
    )


def gather(path: Path, report: Report | None = None) -> Collection:
    """All that can be used of what lies at `path`. Raises DataError where nothing can be."""
    # Imported here, so that a look at the catalogue costs no NumPy.
    from core.data import archives, folders, traces

    kind = kind_of(path)
    if kind == FOLDER:
        return folders.gather(path, report)
    return archives.gather(path, report) if kind == ARCHIVE else traces.gather(path, report)
