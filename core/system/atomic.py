"""Writing a file so that a reader, or a power cut, meets the old content or the new and never a part."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def writing(path: Path) -> Iterator[IO[bytes]]:
    """A binary file that takes the place of `path` when the block ends, and vanishes when it fails.

    Raises OSError where the folder cannot be written or the disk is full; `path` is then as it was.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())  # without it the rename may reach the disk before the bytes
        # mkstemp gives 0600; a run in a shared folder is meant to be read by others as any file is
        umask = os.umask(0)
        os.umask(umask)
        part.chmod(0o666 & ~umask)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def write_text(path: Path, text: str) -> None:
    """Replace `path` by `text` in UTF-8, whole or not at all."""
    with writing(path) as file:
        file.write(text.encode())


def sync_folder(folder: Path) -> None:
    """Have the names in `folder` reach the disk: without it a power cut may undo a rename. Raises OSError."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
