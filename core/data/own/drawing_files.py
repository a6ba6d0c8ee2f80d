"""The files of drawings: how they are called, and how they are moved so that a kill in between loses nothing.

Knows no journal and no lock: whoever moves files holds the set's.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import time
from datetime import UTC, datetime
from pathlib import Path

from core.system import atomic

IMAGES = (".png", ".jpg", ".jpeg", ".bmp", ".webp")
"""Endings of the files that count as drawings, in small letters."""
REMOVED = ".removed"
"""The folder, beside the class folders, of what was taken out."""
CLASSES = tuple("0123456789")
_STAMP = re.compile(r"(\d{4})-(\d\d)-(\d\d)-(\d\d)(\d\d)(\d\d)-(\d{6})")


def carry(path: Path, target: Path) -> None:
    """Move an image and the JSON beside it; in a class folder the JSON says that digit. Raises OSError."""
    beside, there = path.with_suffix(".json"), target.with_suffix(".json")
    with contextlib.suppress(FileNotFoundError):
        write(there, _saying(beside.read_bytes(), target.parent.name))
    try:
        path.rename(target)
    except OSError:
        there.unlink(missing_ok=True)
        raise
    atomic.sync_folder(target.parent)  # the new names first: a power cut may leave both, never none
    beside.unlink(missing_ok=True)
    atomic.sync_folder(path.parent)


def free(folder: Path, name: str) -> Path:
    """A path in `folder` for an image called so, under another name where one of that stem is there."""
    stem, ending = Path(name).stem, Path(name).suffix
    unique, number = stem, 2
    while any(os.path.lexists(folder / f"{unique}{each}") for each in {*IMAGES, ".json", ending}):
        unique, number = f"{stem}-{number}", number + 1
    return folder / f"{unique}{ending}"


def names(folder: Path) -> list[str]:
    """The names of the images in a class folder, in no order; none where there is no such folder."""
    try:
        found = [each.name for each in folder.iterdir()]
    except OSError:
        return []
    return [name for name in found if name.lower().endswith(IMAGES) and not name.startswith(".")]


def new_stem(own: Path) -> tuple[str, float]:
    """A name that no image of the set has, nor had, and the time that it says."""
    microseconds = time.time_ns() // 1000
    while True:
        whole, rest = divmod(microseconds, 10**6)
        stem = f"{datetime.fromtimestamp(whole, UTC):%Y-%m-%d-%H%M%S}-{rest:06}"
        places = (own / place / f"{stem}{ending}" for place in (*CLASSES, REMOVED) for ending in (".png", ".json"))
        if not any(map(os.path.lexists, places)):
            return stem, microseconds / 10**6
        microseconds += 1


def time_of(path: Path) -> float:
    """When it was drawn, in seconds since 1970: as its name says, else when the file was changed."""
    with contextlib.suppress(ValueError):  # digits that are no date
        if match := _STAMP.match(path.name):
            year, month, day, hour, minute, second, rest = map(int, match.groups())
            return datetime(year, month, day, hour, minute, second, rest, UTC).timestamp()
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def is_ours(path: Path) -> bool:
    """Whether a file is called as drawings are that were kept here."""
    return path.suffix == ".png" and _STAMP.fullmatch(path.stem) is not None


def made(folder: Path) -> Path:
    """The folder itself, made where it is missing, in a way that outlives a power cut. Raises OSError."""
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        atomic.sync_folder(folder.parent)
    return folder


def write(path: Path, content: bytes) -> None:
    """Replace `path` by `content`, whole or not at all. Raises OSError."""
    with atomic.writing(path) as file:
        file.write(content)


def _saying(content: bytes, folder: str) -> bytes:
    """The JSON with the digit of this folder; as it is where that is no class folder, or the JSON not one of ours."""
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        return content
    if folder not in CLASSES or not isinstance(said, dict) or said.get("label") in (None, int(folder)):
        return content
    return (json.dumps({**said, "label": int(folder)}) + "\n").encode()
