"""Opens files that may be something else: a pipe would be waited for, and a device read, for ever."""

from __future__ import annotations

import errno
import os
import stat
from io import BufferedReader
from pathlib import Path
from typing import IO


def opened(path: Path) -> BufferedReader:
    """A regular file, to be read.

    Raises OSError, whose text says so if the path is a pipe, a device or a socket.
    """
    file = _opened(path, "rb")
    assert isinstance(file, BufferedReader)
    return file


def appended(path: Path, mode: str = "ab", buffering: int = -1) -> IO[bytes]:
    """The same in another binary `mode`, created if it is missing."""
    return _opened(path, mode, buffering)


def read_bytes(path: Path) -> bytes:
    """The content of a regular file. Raises OSError as `opened` does."""
    with opened(path) as file:
        return file.read()


def _opened(path: Path, mode: str, buffering: int = -1) -> IO[bytes]:
    file: IO[bytes] = open(path, mode, buffering, opener=_at_once)  # noqa: SIM115 - Path.open has no opener
    return file


def _at_once(path: str, flags: int) -> int:
    try:
        handle = os.open(path, flags | os.O_NONBLOCK, 0o666)
    except OSError as error:
        if error.errno == errno.ENXIO:  # a pipe without a reader, or a socket
            raise _special(path) from error
        raise
    kind = os.fstat(handle).st_mode
    if stat.S_ISREG(kind) or stat.S_ISDIR(kind):  # Python refuses folders itself
        return handle
    os.close(handle)
    raise _special(path)


def _special(path: str) -> OSError:
    return OSError(errno.EINVAL, "it is not a file but a pipe, a device or a socket", path)
