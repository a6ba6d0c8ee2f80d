"""Advisory locks, by which programs that change the same files do so one after the other. Knows nothing of the files.

The kernel lets go of a lock however its holder ends, so a killed program never locks anybody out.
"""

# Not filelock 4.3.1: its locks cannot be on a folder, one that several may share needs SQLite, its import takes 43 ms
# of processor time (`fcntl` 0.4 ms), which the app would pay at its start, and a lock 213 µs where this takes 18 µs
# (AMD EPYC, Python 3.11, the least of 7 and of 300).

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import DataError

_LOOK = 0.01  # seconds between two tries


class NoLocksError(OSError):
    """The file system has no locks for what was to be locked, as some that lie on a network have none for folders."""


def take(path: Path, patience: float = 0.0, make: bool = True) -> int | None:
    """An open file that holds the lock on `path` until `os.close`; None where another program holds it.

    `path` is a file, which is made where it is missing; with `make` false it is what is there, such as a folder. It is
    tried for `patience` seconds, and at least once. Raises OSError where `path` cannot be opened, and NoLocksError.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT if make else os.O_RDONLY, 0o666)
    given_up = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= given_up:
                os.close(handle)
                return None
            time.sleep(_LOOK)
        except OSError as error:
            os.close(handle)
            raise NoLocksError(error.errno, error.strerror, str(path)) from error
        except BaseException:
            os.close(handle)
            raise
        else:
            return handle


@contextmanager
def locked(path: Path, patience: float = 10.0, make: bool = True) -> Iterator[None]:
    """Hold the lock on `path`, as `take` does, until the block ends.

    Raises OSError and NoLocksError as `take` does, and DataError where another program holds the lock for longer than
    `patience` seconds: it may have been suspended, and waiting for it could take for ever.
    """
    handle = take(path, patience, make)
    if handle is None:
        raise DataError(
            f"{path.parent if make else path} has been held by another program for {patience:g} s; "
            "let that one go on or close it, then try again"
        )
    try:
        yield
    finally:
        os.close(handle)


def is_held(path: Path) -> bool:
    """Whether a program holds the lock on the file `path`; not so where there is no such file, or none to look at."""
    try:
        with path.open("rb") as file:
            # Shared, so that two who ask at once do not take each other for the holder.
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
