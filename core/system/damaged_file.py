"""A damaged file is never written over: it gets another name, and stays. Knows nothing of what is in it.

What damaged archives raise is in `damage`, which brings zipfile; whatever reads a small file needs none of that.
"""

from __future__ import annotations

import os
from pathlib import Path


def set_aside(path: Path) -> Path:
    """Call `name.json` from now on `name.damaged-1.json`, or the next number that is free; returns the new path.

    To be done under the lock of whoever writes that file. Raises OSError where it cannot be renamed.
    """
    return path.rename(_numbered(path, len(before(path)) + 1))


def before(path: Path) -> list[Path]:
    """The files that were set aside when they were called `path`, by number."""
    found: list[Path] = []
    while os.path.lexists(other := _numbered(path, len(found) + 1)):
        found.append(other)
    return found


def _numbered(path: Path, number: int) -> Path:
    return path.with_name(f"{path.stem}.damaged-{number}{path.suffix}")
