"""The checkpoints that there are, and the one that a person means. Knows no torch."""

from __future__ import annotations

from pathlib import Path

from core import paths
from core.data import sources
from core.errors import CheckpointError
from core.runs.run import find_run, list_runs


def available() -> list[Path]:
    """Checkpoints that can be read with: the shipped one first, then each run's, newest first."""
    candidates = [paths.shipped_checkpoint(), *(run.model for run in list_runs())]
    return [path for path in candidates if path.exists()]


def resolve(name: str) -> Path:
    """The checkpoint that a person means: empty or `shipped`, a file, a run's folder, or a run's name.

    Raises DigitsError where there is no such run, or the name can be neither that of a run nor a path.
    """
    if name in ("", "shipped"):
        return paths.shipped_checkpoint()
    path = paths.expanded(name)
    if sources.exists(path / "model.npz"):
        return path / "model.npz"
    if path.suffix == ".npz" or (sources.exists(path) and path.is_file()):
        return path
    try:
        return find_run(name).model
    except (OSError, ValueError) as error:  # a name that is too long to be looked for, or has a null character
        reason = getattr(error, "strerror", error)
        raise CheckpointError(f"{name!r:.80} is no checkpoint and no run: {reason}") from error
