"""The processes that use a home, found by their environment."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def of_home(home: Path) -> list[tuple[int, list[str]]]:
    """Their numbers and command lines; not those that have ended and are not waited for yet."""
    mark = os.fsencode(f"DIGITS_HOME={home}")
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if mark in (each / "environ").read_bytes().split(b"\0"):
                command = (each / "cmdline").read_text().split("\0")[:-1]
                found += [(int(each.name), command)] if command else []
    return found
