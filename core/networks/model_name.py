"""What a person calls a trained network. Knows no torch and reads no file."""

from __future__ import annotations

from pathlib import Path

from core import paths
from core.printable import printable

_SHIPPED = "the shipped model"


def model_name(path: str | Path | None) -> str:
    """Such as `the shipped model`, the name of the run that wrote it, or that of its file. None is the shipped one."""
    if path is None or Path(path) == paths.shipped_checkpoint():
        return _SHIPPED
    file = Path(path)
    return printable(file.parent.name if file.name == "model.npz" else file.stem)


def at_start(name: str) -> str:
    """A name of `model_name` where a sentence begins; those of runs and files are never changed."""
    return name[0].upper() + name[1:] if name == _SHIPPED else name
