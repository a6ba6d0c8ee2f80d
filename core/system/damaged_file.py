"""Renames damaged files, so that they are kept and never overwritten. Knows nothing of their content.

The errors that damaged archives raise are in `damage`, which imports zipfile; readers of small files do without it.
"""

from __future__ import annotations

import os
from pathlib import Path


def set_aside(path: Path) -> Path:
    """Rename `name.json` to `name.damaged-1.json`, or the next free number; return the new path.

    The caller holds the lock under which the file is written. Raises OSError if the file cannot be renamed.
    """
    return path.rename(_numbered(path, len(before(path)) + 1))


def before(path: Path) -> list[Path]:
    """The files set aside from `path`, in the order of their numbers."""
    found: list[Path] = []
    while os.path.lexists(other := _numbered(path, len(found) + 1)):
        found.append(other)
    return found


def _numbered(path: Path, number: int) -> Path:
    return path.with_name(f"{path.stem}.damaged-{number}{path.suffix}")
