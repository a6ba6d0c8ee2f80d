"""A path to propose for a file or folder that is to be written."""

from __future__ import annotations

import re
from pathlib import Path


def free_path(name: str, suffix: str = "") -> Path:
    """A path in the working folder for something called `name` that does not exist yet."""
    plain = re.sub(r"[^\w .()+-]", "-", name).strip(" .-") or "drawings"
    try:
        folder = Path.cwd()
    except OSError:  # the working folder was deleted
        folder = Path.home()
    path, number = folder / f"{plain}{suffix}", 2
    while path.exists():
        path, number = folder / f"{plain}-{number}{suffix}", number + 1
    return path
