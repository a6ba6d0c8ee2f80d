"""Writing files and folders so that a reader, or a power cut, meets the old ones or the new and never a part."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def writing(path: Path, within: Path | None = None, sync: bool = True) -> Iterator[IO[bytes]]:
    """A binary file that takes the place of `path` when the block ends, and vanishes when it fails.

    Until then it lies in the folder `within`, on the same disk, or beside `path`. With `sync` false it is not forced to
    the disk: a power cut may leave less than is there now. Raises OSError where the folder cannot be written or the
    disk is full; `path` is then as it was.
    """
    handle, name = tempfile.mkstemp(dir=within or path.parent, prefix=f".{path.name}.", suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            if sync:
                os.fsync(file.fileno())  # without it the rename may reach the disk before the bytes
        # mkstemp gives 0600; a run in a shared folder is meant to be read by others as any file is
        umask = os.umask(0)
        os.umask(umask)
        part.chmod(0o666 & ~umask)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def write_text(path: Path, text: str, sync: bool = True) -> None:
    """Replace `path` by `text` in UTF-8, whole or not at all; `sync` and what it raises as in `writing`."""
    with writing(path, sync=sync) as file:
        file.write(text.encode())


@contextmanager
def building(folder: Path, prefix: str, suffix: str = "") -> Iterator[Path]:
    """An empty folder in `folder` to build something in, whose parts are moved to their places when they are whole.

    At the end it vanishes, where it was not moved itself. Raises OSError where it cannot be made.
    """
    place = Path(tempfile.mkdtemp(dir=folder, prefix=prefix, suffix=suffix))
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def sync_folder(folder: Path) -> None:
    """Have the names in `folder` reach the disk: without it a power cut may undo a rename. Raises OSError."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
