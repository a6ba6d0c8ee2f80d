"""The user's decisions about models: which one the app draws with, and which run still waits for an answer.

Stored in `kept.json` among the user's runs. The app reads them at its start, so this module imports next to nothing.
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


def file() -> Path:
    """Where they are kept. Raises DigitsError if there is no home."""
    return paths.home() / "checkpoints" / _FILE


def checkpoint() -> Path | None:
    """The model that the user chose to keep; None is the shipped one, even if the chosen file is gone."""
    path = _path_of(_CHECKPOINT)
    return path if path is not None and _is(path, Path.is_file) else None


def keep(path: Path) -> None:
    """Draw with the checkpoint at `path` from now on. Raises CheckpointError if that cannot be saved.

    A model among the user's runs is stored by its relative path, so that their folder may move.
    """
    _write(_CHECKPOINT, path)


def forget() -> None:
    """Draw with the shipped model again. Raises CheckpointError if that cannot be saved."""
    _write(_CHECKPOINT, None)


def unanswered_run() -> Path | None:
    """The directory of the run, learning or finished, whose question is not answered yet; None if there is none."""
    path = _path_of(_UNANSWERED)
    return path if path is not None and _is(path, Path.is_dir) else None


def await_answer(run: Path) -> None:
    """Ask about this run directory when it has finished, even after a restart.

    Raises CheckpointError if that cannot be saved.
    """
    _write(_UNANSWERED, run)


def answered() -> None:
    """Note that the question is answered. Raises CheckpointError if that cannot be saved."""
    _write(_UNANSWERED, None)


def complaints() -> tuple[str, ...]:
    """Why a choice that was kept is not obeyed, one sentence each. Raises DigitsError if there is no home."""
    try:
        kept = json_file.load(file())
    except FileNotFoundError:
        return ()
    except OSError as error:
        return (f"{file()} cannot be read: {error.strerror}",)
    except ValueError as error:
        return (f"{file()} is damaged ({error})",)
    gone = [name for name, found in ((_CHECKPOINT, checkpoint()), (_UNANSWERED, unanswered_run())) if found is None]
    return tuple(f"{file()} names a {name} that is gone: {kept[name]}" for name in gone if kept.get(name) is not None)


def _path_of(name: str) -> Path | None:
    given = _read().get(name)
    if not isinstance(given, str) or not given or "\0" in given:
        return None
    try:
        return paths.home() / "checkpoints" / given  # an absolute path stays unchanged
    except DigitsError:
        return None


def _is(path: Path, what: Any) -> bool:
    try:
        return bool(what(path))
    except OSError:
        return False  # a name that is too long, or a folder that may not be searched


def _read() -> dict[str, Any]:
    """The stored decisions; empty if the file is missing, unreadable or damaged, which costs a choice but no data."""
    try:
        return json_file.read(file())
    except DigitsError:
        return {}


def _write(name: str, path: Path | None) -> None:
    from core.system import atomic  # only here, because it imports tempfile, which is slow to import

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
