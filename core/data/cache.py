"""Caches normalised images on disk, so that no file is decoded twice. Knows nothing of how they were made.

There is one file for each source (a folder, or a file such as an archive) under the user's `data/cache/`: named arrays
and a stamp that says what they were made from. A cache file that is missing, damaged or has another stamp is ignored;
the caller then makes the images again and stores them. The total size is limited: the least recently used files are
deleted first.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import paths
from core.errors import DigitsError
from core.preprocessing.normalise import VERSION
from core.system import atomic, plain_file
from core.system.damage import DAMAGE

_FORMAT = 1
_LIMIT = 2**30  # bytes of all cached files together


def stamp_of(file: Path) -> str:
    """A string that identifies the state of `file`: size and time of change. Raises OSError."""
    status = file.stat()
    return f"{status.st_size} {status.st_mtime_ns}"


def read(source: Path, stamp: str = "") -> dict[str, NDArray[Any]] | None:
    """The arrays stored for `source` with the same `stamp`; None if there are none that can be used."""
    path = _path(source)
    try:
        with plain_file.opened(path) as file, np.load(file, allow_pickle=False) as stored:
            arrays = dict(stored)
        if str(arrays.pop("stamp")) != _full(source, stamp):
            return None
        os.utime(path)  # mark it as recently used
    except DAMAGE:
        return None
    return arrays


def write(source: Path, arrays: Mapping[str, NDArray[Any]], stamp: str = "") -> str:
    """Store `arrays` in place of what was stored for `source`; returns why that failed, else an empty string."""
    path = _path(source)
    try:
        paths.user_data()
        path.parent.mkdir(exist_ok=True)
        named: dict[str, Any] = {**arrays, "stamp": np.array(_full(source, stamp))}
        with atomic.writing(path) as file:
            np.savez(file, **named)
        _prune(path)
    except (OSError, DigitsError) as error:
        return f"The decoded images could not be cached ({error}); they will be decoded again next time."
    return ""


def forget(source: Path) -> None:
    """Remove what is stored for `source`, if anything."""
    with contextlib.suppress(OSError):
        _path(source).unlink()


def _full(source: Path, stamp: str) -> str:
    return f"format {_FORMAT}, normalised {VERSION}, {source}, {stamp}"


def _path(source: Path) -> Path:
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", source.name)[:40].strip(".-") or "data"
    digest = hashlib.blake2b(os.fsencode(source), digest_size=8).hexdigest()
    return paths.home() / "data" / "cache" / f"{name}-{digest}.npz"


def _prune(newest: Path) -> None:
    """Delete cached files until the total is under the limit, but never `newest`."""
    found = []
    for path in newest.parent.iterdir():
        with contextlib.suppress(OSError):  # another process may have removed it
            status = path.stat()
            if path.suffix == ".npz" and path != newest:
                found.append((status.st_mtime, status.st_size, path))
            elif path.suffix == ".part" and atomic.is_abandoned(path):
                path.unlink()
    room = _LIMIT - newest.stat().st_size
    for _, size, path in sorted(found, reverse=True):
        room -= size
        if room < 0:
            with contextlib.suppress(OSError):
                path.unlink()
