"""What a person decided about models: which one the app draws with, and which run still waits for an answer.

Kept in `kept.json` among the user's runs. Read at the app's start, so it imports next to nothing.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from core import paths
from core.errors import CheckpointError, DigitsError
from core.system import json_file

_FILE = "kept.json"
_CHECKPOINT, _UNANSWERED = "checkpoint", "lesson"


def checkpoint() -> Path | None:
    """The model that the person chose to keep; None is the shipped one, also where the file kept has gone."""
    path = _path_of(_CHECKPOINT)
    return path if path is not None and _is(path, Path.is_file) else None


def keep(path: Path) -> None:
    """Draw with the checkpoint at `path` at every start from now on. Raises CheckpointError where that cannot be kept.

    A model among the user's runs is kept by its place among them, so that their folder may move.
    """
    _write(_CHECKPOINT, path)


def forget() -> None:
    """Draw with the shipped model again. Raises CheckpointError where that cannot be kept."""
    _write(_CHECKPOINT, None)


def unanswered_run() -> Path | None:
    """The directory of the run that learns, or has learned, and whose question is not answered; None where none is."""
    path = _path_of(_UNANSWERED)
    return path if path is not None and _is(path, Path.is_dir) else None


def await_answer(run: Path) -> None:
    """Ask about this run directory when it has finished, also after another start. Raises CheckpointError."""
    _write(_UNANSWERED, run)


def answered() -> None:
    """The question was answered. Raises CheckpointError where that cannot be kept."""
    _write(_UNANSWERED, None)


def _path_of(name: str) -> Path | None:
    given = _read().get(name)
    if not isinstance(given, str) or not given or "\0" in given:
        return None
    try:
        return paths.home() / "checkpoints" / given  # an absolute path stays what it is
    except DigitsError:
        return None


def _is(path: Path, what: Any) -> bool:
    try:
        return bool(what(path))
    except OSError:
        return False  # a name that is too long, or a folder that may not be looked into


def _read() -> dict[str, Any]:
    """What is kept; nothing where the file is not there, not ours to read or damaged: that costs a choice, no data."""
    try:
        return json_file.read(paths.home() / "checkpoints" / _FILE)
    except DigitsError:
        return {}


def _write(name: str, path: Path | None) -> None:
    from core.system import atomic  # which brings tempfile, and what that brings

    kept = {**_read(), name: None}
    try:
        folder = paths.user_checkpoints()
        if path is not None:
            inside = path.is_relative_to(folder)
            kept[name] = str(path.relative_to(folder) if inside else path.absolute())
        atomic.write_text(folder / _FILE, json.dumps(kept, indent=1) + "\n")
    except (DigitsError, OSError) as error:
        reason = getattr(error, "strerror", None) or error
        raise CheckpointError(
            f"the choice of a model cannot be kept ({reason}); it holds until the app is closed. "
            "Free some space in the folder of your runs, or make it writable."
        ) from error
