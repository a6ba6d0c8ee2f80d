"""What a person added to the catalogue: a JSON file among their data, which two programs may change at once.

    {"version": 1, "sets": [{"name": "mine", "path": "/…/mine", "kind": "folder", "images": 120, "classes": 10}]}

It is read without a lock, since it is only ever replaced whole, and changed under one. A damaged file is never
written over: it is set aside under another name.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from core import paths
from core.data import sources
from core.errors import DataError, DigitsError
from core.system import atomic, damaged_file
from core.system.lock import locked


def file() -> Path:
    """Where the list is."""
    return paths.home() / "data" / "catalogue.json"


def read() -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    """The lines of the file, and notes where it, or one before it, was damaged."""
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
            return _lines(file()) if sources.exists(file()) else [], _notes()
    except DigitsError as error:
        return [], (f"The list of added data sets, {file()}, is damaged and was left as it is ({error}).",)


def _notes() -> tuple[str, ...]:
    """Said at each reading, not once: whoever met the damage may have been a program that nobody watched."""
    return tuple(
        f"A damaged list of added data sets is now {path}. Add your folders again; delete that file to end this note."
        for path in damaged_file.before(file())
    )


def _lines(path: Path) -> list[dict[str, Any]]:
    """Raises ValueError where the file is not what this module writes, and OSError."""
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
    """With the lock held: give a damaged file another name. Raises DataError where that cannot be done."""
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
    """The lines of the file, to be changed in place; written when the block ends without an error."""
    with _locked():
        _set_aside()
        try:
            sets = _lines(file()) if sources.exists(file()) else []
        except OSError as error:
            raise DataError(f"the catalogue {file()} cannot be read: {error.strerror}") from error
        yield sets  # outside of both: an OSError of the block is not one of the catalogue
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
