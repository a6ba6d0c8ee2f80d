"""Names of trained networks for people. Knows no torch and reads no file."""

from __future__ import annotations

from pathlib import Path

from core import paths
from core.printable import printable

MODEL = "model.npz"
"""The file of the network in a run's directory."""
_SHIPPED = "the shipped model"


def model_name(path: str | Path | None) -> str:
    """The name of the checkpoint at `path`: its run's, its file's, or `the shipped model`, which None stands for."""
    if path is None or Path(path) == paths.shipped_checkpoint():
        return _SHIPPED
    file = Path(path)
    return printable(file.parent.name if file.name == MODEL else file.stem)


def at_start(name: str) -> str:
    """A name from `model_name` for the start of a sentence: capitalised, unless it is the name of a run or a file."""
    return name[0].upper() + name[1:] if name == _SHIPPED else name
