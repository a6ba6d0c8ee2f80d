"""The files of drawings: their names, and moves that lose nothing if the program is killed in between.

Knows no journal and no lock: the caller holds the set's lock.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import time
from datetime import UTC, datetime
from pathlib import Path

from core.system import atomic, plain_file

IMAGES = (".png", ".jpg", ".jpeg", ".bmp", ".webp")
"""Extensions of the files that count as drawings, in lower case."""
REMOVED = ".removed"
"""The folder, next to the class folders, of removed drawings."""
CLASSES = tuple("0123456789")
_STAMP = re.compile(r"(\d{4})-(\d\d)-(\d\d)-(\d\d)(\d\d)(\d\d)-(\d{6})")


def carry(path: Path, target: Path) -> None:
    """Move an image and its JSON; in a class folder, the JSON gets that folder's digit as label. Raises OSError."""
    old_json, new_json = path.with_suffix(".json"), target.with_suffix(".json")
    with contextlib.suppress(FileNotFoundError):
        write(new_json, _relabelled(plain_file.read_bytes(old_json), target.parent.name))
    try:
        path.rename(target)
    except OSError:
        new_json.unlink(missing_ok=True)
        raise
    atomic.sync_folder(target.parent)  # the new names first: a power cut may leave both, but never neither
    old_json.unlink(missing_ok=True)
    atomic.sync_folder(path.parent)


def free(folder: Path, name: str) -> Path:
    """A free path in `folder` for an image called `name`; with a number if that stem is taken."""
    stem, ending = Path(name).stem, Path(name).suffix
    unique, number = stem, 2
    while any(os.path.lexists(folder / f"{unique}{each}") for each in {*IMAGES, ".json", ending}):
        unique, number = f"{stem}-{number}", number + 1
    return folder / f"{unique}{ending}"


def names(folder: Path) -> list[str]:
    """The names of the images in a class folder, in no particular order; empty if there is no such folder."""
    try:
        found = [each.name for each in folder.iterdir()]
    except OSError:
        return []
    return [name for name in found if name.lower().endswith(IMAGES) and not name.startswith(".")]


def new_stem(own: Path) -> tuple[str, float]:
    """A stem that no image of the set has or had, and the time that it stands for, in seconds since 1970."""
    microseconds = time.time_ns() // 1000
    while True:
        whole, rest = divmod(microseconds, 10**6)
        stem = f"{datetime.fromtimestamp(whole, UTC):%Y-%m-%d-%H%M%S}-{rest:06}"
        places = (own / place / f"{stem}{ending}" for place in (*CLASSES, REMOVED) for ending in (".png", ".json"))
        if not any(map(os.path.lexists, places)):
            return stem, microseconds / 10**6
        microseconds += 1


def time_of(path: Path) -> float:
    """When an image was drawn, in seconds since 1970: from its name, else from the file's time of change."""
    with contextlib.suppress(ValueError):  # digits that are not a date
        if match := _STAMP.match(path.name):
            year, month, day, hour, minute, second, rest = map(int, match.groups())
            return datetime(year, month, day, hour, minute, second, rest, UTC).timestamp()
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def is_ours(path: Path) -> bool:
    """Whether a file has the name of a drawing kept by this program."""
    return path.suffix == ".png" and _STAMP.fullmatch(path.stem) is not None


def made(folder: Path) -> Path:
    """`folder` itself, created if missing, in a way that survives a power cut. Raises OSError."""
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        atomic.sync_folder(folder.parent)
    return folder


def tidy(own: Path) -> None:
    """Remove what a killed change has left in a set: parts of files, and the JSON at the place that a drawing left.

    A JSON without an image is removed if the image is elsewhere in the set with a JSON of its own. If the image is
    nowhere, as when it was about to be kept, the JSON joins the removed drawings. Raises OSError.
    """
    names = {place: set(_listed(own / place)) for place in (*CLASSES, REMOVED)}
    for place, found in names.items():
        for name in found:
            path = own / place / name
            if name.endswith(".part"):
                if atomic.is_abandoned(path):
                    path.unlink(missing_ok=True)
            elif path.suffix == ".json" and _STAMP.match(name) and not _has_image(found, path.stem):
                others = [each for other, each in names.items() if other != place and _has_image(each, path.stem)]
                if others and all(name in each for each in others):
                    path.unlink(missing_ok=True)
                elif not others and place != REMOVED:
                    path.rename(free(made(own / REMOVED), name))


def _listed(folder: Path) -> list[str]:
    try:
        return [each.name for each in folder.iterdir()]
    except (FileNotFoundError, NotADirectoryError):
        return []


def _has_image(names: set[str], stem: str) -> bool:
    return any(f"{stem}{ending}" in names for ending in IMAGES)


def write(path: Path, content: bytes) -> None:
    """Replace the content of `path` atomically. Raises OSError."""
    with atomic.writing(path) as file:
        file.write(content)


def _relabelled(content: bytes, folder: str) -> bytes:
    """The JSON with the digit of `folder` as label; unchanged if that is no class folder, or the JSON is not ours."""
    try:
        details = json.loads(content)
    except (ValueError, RecursionError):
        return content
    if folder not in CLASSES or not isinstance(details, dict) or details.get("label") in (None, int(folder)):
        return content
    return (json.dumps({**details, "label": int(folder)}) + "\n").encode()
