"""Lists the available checkpoints, and finds the one that a person names. Knows no torch."""

from __future__ import annotations

from pathlib import Path

from core import paths
from core.errors import CheckpointError
from core.networks.model_name import MODEL
from core.runs.run import find_run, list_runs


def available() -> list[Path]:
    """The checkpoints that exist: the shipped one first, then those of the runs, newest first."""
    candidates = [paths.shipped_checkpoint(), *(run.model for run in list_runs())]
    return [path for path in candidates if path.exists()]


def resolve(name: str) -> Path:
    """The checkpoint that `name` means: empty or `shipped`, a file, a run's folder, or a run's name.

    Raises DigitsError if there is no such run, or if `name` can be neither a run's name nor a path.
    """
    if name in ("", "shipped"):
        return paths.shipped_checkpoint()
    path = paths.expanded(name)
    if paths.exists(path / MODEL):
        return path / MODEL
    if path.suffix == ".npz" or (paths.exists(path) and path.is_file()):
        return path
    try:
        return find_run(name).model
    except (OSError, ValueError) as error:  # a name that is too long for a path, or has a null character
        reason = getattr(error, "strerror", error)
        raise CheckpointError(f"{name!r:.80} is neither a checkpoint nor a run: {reason}") from error
