"""Writes files and folders atomically: a reader, or a power cut, finds the old or the new one, never a part.

What is being written is locked. If its writer is killed, the next one finds it unlocked and takes it over or removes
it; on a file system without locks it stays.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from core.system import lock


@contextmanager
def writing(path: Path, within: Path | None = None, sync: bool = True) -> Iterator[IO[bytes]]:
    """A binary file that replaces `path` when the block ends, and is deleted if the block fails.

    Until then it is in the folder `within`, on the same disk, or next to `path`. With `sync` false it is not forced to
    the disk: after a power cut, less than the old content may be left. Raises OSError if the folder cannot be written
    or the disk is full; `path` is then unchanged.
    """
    part, handle = _part((within or path.parent) / f".{path.name}")
    with os.fdopen(handle, "wb") as file:
        try:
            yield file
            file.flush()
            if sync:
                os.fsync(handle)  # or the rename may reach the disk before the bytes
            part.replace(path)  # while it is locked, or another writer would take it over
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    if sync:
        sync_folder(path.parent)


def write_text(path: Path, text: str, sync: bool = True) -> None:
    """Replace the content of `path` with `text` in UTF-8, atomically; `sync` and errors as in `writing`."""
    with writing(path, sync=sync) as file:
        file.write(text.encode())


@contextmanager
def building(folder: Path, prefix: str, suffix: str = "") -> Iterator[Path]:
    """An empty folder in `folder` to build something in; the caller moves it, or parts of it, into place when whole.

    At the end of the block it is deleted, unless it was moved; one of a killed program is deleted before. `prefix`
    begins with a dot and belongs to the caller alone. Raises OSError if the folder cannot be created.
    """
    for left in folder.glob(f"{prefix}{'?' * _RANDOM}{suffix}"):
        if left.is_dir() and (left_handle := _unheld(left)) is not None:
            shutil.rmtree(left, ignore_errors=True)
            os.close(left_handle)
    place, handle = _place(folder, prefix, suffix)
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)
        if handle is not None:
            os.close(handle)


def is_abandoned(part: Path) -> bool:
    """Whether nobody writes this temporary file or folder any more; False where that cannot be said."""
    handle = _unheld(part)
    if handle is not None:
        os.close(handle)
    return handle is not None


def sync_folder(folder: Path) -> None:
    """Force the names in `folder` to the disk: otherwise a power cut may undo a rename. Raises OSError."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno != errno.EINVAL:  # a file system that cannot, and may do it anyway
            raise
    finally:
        os.close(handle)


_RANDOM = 8  # characters that tell apart what is built at the same time


def _part(stem: Path) -> tuple[Path, int]:
    """A new or abandoned file, empty and locked where that is possible, and its descriptor. Raises OSError."""
    part = stem.with_name(f"{stem.name}.part")
    try:
        # As any file: with the permissions that the umask leaves, so that others may read a run in a shared folder.
        handle = lock.take(part)
    except lock.NoLocksError:
        part.unlink()  # here all writers take the other name
    except OSError:
        pass  # somebody else's file, or a folder
    else:
        if handle is not None and _is_at(handle, part) and stat.S_ISREG(os.fstat(handle).st_mode):
            os.ftruncate(handle, 0)
            return part, handle
        if handle is not None:
            os.close(handle)  # its writer has just moved it into place
    part = stem.with_name(f"{stem.name}.{secrets.token_hex(_RANDOM // 2)}.part")
    return part, os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)


def _place(folder: Path, prefix: str, suffix: str) -> tuple[Path, int | None]:
    """A new folder, and the descriptor that holds the lock on it, where that is possible. Raises OSError."""
    while True:
        place = folder / f"{prefix}{secrets.token_hex(_RANDOM // 2)}{suffix}"
        place.mkdir()
        try:
            handle = lock.take(place, make=False)
        except lock.NoLocksError:
            return place, None
        except FileNotFoundError:
            continue  # taken for one that was left, and removed
        if handle is not None and _is_at(handle, place):
            return place, handle
        if handle is not None:
            os.close(handle)


def _unheld(path: Path) -> int | None:
    """The lock on something that was left by a killed writer; None if it is held, gone, or cannot be locked."""
    try:
        handle = lock.take(path, make=False)
    except (OSError, lock.NoLocksError):
        return None
    if handle is None or _is_at(handle, path):
        return handle
    os.close(handle)
    return None


def _is_at(handle: int, path: Path) -> bool:
    """Whether `path` still names what `handle` has opened."""
    try:
        return os.path.samestat(os.fstat(handle), path.lstat())
    except FileNotFoundError:
        return False
