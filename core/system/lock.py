"""An advisory lock that programs which change the same files hold for a moment. Knows nothing of the files.

The kernel lets go of it however its holder ends, so a killed program never locks anybody out.
"""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import DataError

_LOOK = 0.01  # seconds between two tries


@contextmanager
def locked(path: Path, patience: float = 10.0) -> Iterator[None]:
    """Hold the lock on the file `path`, made where it is missing, until the block ends.

    Raises OSError where the file cannot be opened, and DataError where another program holds the lock for
    longer than `patience` seconds: it may have been suspended, and waiting for it could take for ever.
    """
    with path.open("ab") as file:
        given_up = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > given_up:
                    raise DataError(
                        f"{path.parent} has been held by another program for {patience:g} s; "
                        "let that one go on or close it, then try again"
                    ) from None
                time.sleep(_LOOK)
        yield
