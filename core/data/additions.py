"""The data sets that a person added to the catalogue: a JSON file that several programs may change at the same time.

    {"version": 1, "sets": [{"name": "mine", "path": "/…/mine", "kind": "folder", "images": 120, "classes": 10}]}

The file is only ever replaced atomically, so it is read without a lock and changed under one. A damaged file is never
overwritten: it is renamed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from core import paths
from core.errors import DataError, DigitsError
from core.system import atomic, damaged_file
from core.system.lock import locked


def file() -> Path:
    """The path of the list."""
    return paths.home() / "data" / "catalogue.json"


def read() -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    """The lines of the file, and notes if it, or an earlier one, was damaged."""
    try:
        return _lines(file()), _notes()
    except FileNotFoundError:
        return [], _notes()
    except OSError as error:
        return [], (f"The list of added data sets cannot be read: {file()}: {error.strerror}.",)
    except ValueError:
        pass
    try:
        with _locked():
            _set_aside()
            return _lines(file()) if paths.exists(file()) else [], _notes()
    except DigitsError as error:
        return [], (f"The list of added data sets, {file()}, is damaged and was left unchanged ({error}).",)


def _notes() -> tuple[str, ...]:
    """A note for each damaged file, at every reading: the program that found the damage may have run unattended."""
    return tuple(
        f"A damaged list of added data sets is now {path}. Add your folders again; delete that file to end this note."
        for path in damaged_file.before(file())
    )


def _lines(path: Path) -> list[dict[str, Any]]:
    """The lines of the file. Raises OSError, and ValueError if the file is not what this module writes."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    sets = content.get("sets") if isinstance(content, dict) else None
    if not isinstance(sets, list) or not all(_is_line(each) for each in sets):
        raise ValueError("not a catalogue")
    return sets


def _is_line(line: object) -> bool:
    if not isinstance(line, dict):
        return False
    counts = (line.get("images"), line.get("classes"))
    return all(isinstance(line.get(key), str) for key in ("name", "path", "kind")) and all(
        count is None or type(count) is int for count in counts
    )


def _set_aside() -> None:
    """Rename a damaged file, with the lock held. Raises DataError if that fails."""
    path = file()
    try:
        _lines(path)
    except FileNotFoundError:
        return
    except ValueError:
        try:
            damaged_file.set_aside(path)
        except OSError as error:
            raise DataError(f"it cannot be renamed: {error.strerror}") from error
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from error


@contextmanager
def changing() -> Iterator[list[dict[str, Any]]]:
    """The lines of the file, to be changed in place; they are written if the block ends without an error."""
    with _locked():
        _set_aside()
        try:
            sets = _lines(file()) if paths.exists(file()) else []
        except OSError as error:
            raise DataError(f"the catalogue {file()} cannot be read: {error.strerror}") from error
        yield sets  # outside both try blocks: an OSError of the caller's block is not about the catalogue
        try:
            atomic.write_text(file(), json.dumps({"version": 1, "sets": sets}, indent=1) + "\n")
        except OSError as error:
            raise DataError(f"the catalogue {file()} cannot be written: {error.strerror}") from error


@contextmanager
def _locked() -> Iterator[None]:
    folder = paths.user_data()
    with ExitStack() as held:
        try:
            held.enter_context(locked(folder / "catalogue.lock"))
        except OSError as error:
            raise DataError(
                f"{folder} cannot be written ({error.strerror}); set DIGITS_HOME to a folder that you can write to"
            ) from error
        yield
