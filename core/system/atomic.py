"""Writes files and folders atomically: a reader, or a power cut, finds the old or the new one, never a part."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def writing(path: Path, within: Path | None = None, sync: bool = True) -> Iterator[IO[bytes]]:
    """A binary file that replaces `path` when the block ends, and is deleted if the block fails.

    Until then it is in the folder `within`, on the same disk, or next to `path`. With `sync` false it is not forced to
    the disk: after a power cut, less than the old content may be left. Raises OSError if the folder cannot be written
    or the disk is full; `path` is then unchanged.
    """
    part = (within or path.parent) / f".{path.name}.{secrets.token_hex(4)}.part"
    # As any file: with the permissions that the umask leaves, so that others may read a run in a shared folder.
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            if sync:
                os.fsync(file.fileno())  # or the rename may reach the disk before the bytes
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def write_text(path: Path, text: str, sync: bool = True) -> None:
    """Replace the content of `path` with `text` in UTF-8, atomically; `sync` and errors as in `writing`."""
    with writing(path, sync=sync) as file:
        file.write(text.encode())


@contextmanager
def building(folder: Path, prefix: str, suffix: str = "") -> Iterator[Path]:
    """An empty folder in `folder` to build something in; the caller moves it, or parts of it, into place when whole.

    At the end of the block it is deleted, unless it was moved. Raises OSError if it cannot be created.
    """
    place = folder / f"{prefix}{secrets.token_hex(4)}{suffix}"
    place.mkdir()
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def sync_folder(folder: Path) -> None:
    """Force the names in `folder` to the disk: otherwise a power cut may undo a rename. Raises OSError."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
