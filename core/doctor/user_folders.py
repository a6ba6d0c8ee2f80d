"""The folders that the program writes into, and what lies in them. Opens no file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from core import paths
from core.data import amendments
from core.data.own.drawing_files import CLASSES, REMOVED
from core.data.own.own_set import FIRST
from core.runs.run import list_runs


def user_folders() -> Iterator[Path]:
    """Each of them, whether it is there or not. Raises DigitsError if there is no home."""
    home = paths.home()
    yield from (home, home / "checkpoints")
    yield from (run.path for run in list_runs())
    data = home / "data"
    yield from (data, *(data / name for name in ("cache", "downloads", "drafts", "amendments")))
    # Not by `own_set.sets`, which opens a file of each for its name.
    for entry in entries(data):
        if entry.name.startswith(FIRST) and not _is_special(entry):
            yield from (Path(entry.path), *(Path(entry.path, name) for name in (*CLASSES, REMOVED)))


def entries(folder: Path) -> list[os.DirEntry[str]]:
    """What lies in it, by name; nothing if it is missing or cannot be opened, which the section on folders says."""
    try:
        with os.scandir(folder) as found:
            return sorted(found, key=lambda entry: entry.name)
    except OSError:
        return []


def special_files() -> list[Path]:
    """Pipes, sockets and devices among the user's files: to open one may take for ever."""
    return [Path(entry.path) for folder in user_folders() for entry in entries(folder) if _is_special(entry)]


def special_journals(folders: list[Path]) -> list[Path]:
    """Those that stand where the decisions about the images of `folders` are kept."""
    return [
        Path(entry.path)
        for folder in folders
        for entry in entries(folder)
        if entry.name == amendments.NAME and _is_special(entry)
    ]


def _is_special(entry: os.DirEntry[str]) -> bool:
    try:
        if entry.is_file() or entry.is_dir():
            return False
    except OSError:
        return False  # a link that leads round in a circle: opening it fails at once
    return not entry.is_symlink() or os.path.exists(entry.path)  # noqa: PTH110 - unlike Path.exists it never raises
