"""What a person calls a checkpoint."""

from __future__ import annotations

from pathlib import Path

from core import paths
from core.printable import printable


def checkpoint_name(path: str | Path | None) -> str:
    """Such as `the shipped model`, the name of the run that wrote it, or that of its file. None is the shipped one."""
    if path is None or Path(path) == paths.shipped_checkpoint():
        return "the shipped model"
    file = Path(path)
    return printable(file.parent.name if file.name == "model.npz" else file.stem)
