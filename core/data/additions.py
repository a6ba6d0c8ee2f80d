"""The data sets that a person added to the catalogue: a JSON file that several programs may change at the same time.

    {"version": 1, "sets": [{"name": "mine", "path": "/…/mine", "kind": "folder", "images": 120, "classes": 10}]}

The file is only ever replaced atomically, so it is read without a lock and changed under one. A line that is damaged,
or that a later version wrote, is skipped, reported and kept, as is anything else in the file; a file that holds no list
at all is never overwritten: it is renamed.
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
from core.printable import abridged
from core.system import atomic, damaged_file, json_file
from core.system.lock import locked
from core.words import plural

_LARGEST = 16 << 20
_NEW: dict[str, Any] = {"version": 1, "sets": []}


def file() -> Path:
    """The path of the list."""
    return paths.home() / "data" / "catalogue.json"


def read() -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    """The lines of the file, and notes if it, or an earlier one, was damaged."""
    try:
        return _told(_read(file()))
    except FileNotFoundError:
        return [], _notes()
    except OSError as error:
        return [], (f"The list of added data sets cannot be read: {file()}: {error.strerror}.",)
    except ValueError:
        pass
    try:
        with _locked():
            _set_aside()
            return _told(_read(file())) if paths.exists(file()) else ([], _notes())
    except DigitsError as error:
        return [], (f"The list of added data sets, {file()}, is damaged and was left unchanged ({error}).",)


def stored() -> list[dict[str, Any]]:
    """The lines of the file, which is left as it is. Raises OSError, and ValueError if it is damaged."""
    return [each for each in _read(file())["sets"] if _is_line(each)]


def _notes() -> tuple[str, ...]:
    """A note for each damaged file, at every reading: the program that found the damage may have run unattended."""
    return tuple(
        f"A damaged list of added data sets is now {path}. Add your folders again; delete that file to end this note."
        for path in damaged_file.before(file())
    )


def _told(content: dict[str, Any]) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    foreign = [each for each in content["sets"] if not _is_line(each)]
    sets = [each for each in content["sets"] if _is_line(each)]
    if not foreign:
        return sets, _notes()
    some = plural(len(foreign), "data set", "data sets")
    note = f"{some} in {file()} cannot be understood and will not be listed; the first is {abridged(foreign[0])}."
    return sets, (*_notes(), note)


def _read(path: Path) -> dict[str, Any]:
    """The file's content, its `sets` a list. Raises ValueError if the file is not such a one, and OSError."""
    content = json_file.load(path, _LARGEST)
    if not isinstance(content.get("sets"), list):
        raise ValueError("not a catalogue")
    return content


def _is_line(line: Any) -> bool:
    match line:
        case {"name": str(name), "path": str(path), "kind": str(kind)}:
            is_set = bool(name) and name.isprintable() and "\0" not in path and kind in sources.SOURCES
            return is_set and all(_is_count(line.get(key)) for key in ("images", "classes"))
    return False


def _is_count(value: object) -> bool:
    return value is None or (type(value) is int and 0 <= value < 2**53)


def _set_aside() -> None:
    """Rename a damaged file, with the lock held. Raises DataError if that fails."""
    path = file()
    try:
        _read(path)
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
            content = _read(file()) if paths.exists(file()) else _NEW
        except OSError as error:
            raise DataError(f"the catalogue {file()} cannot be read: {error.strerror}") from error
        before = content["sets"]
        sets = [each for each in before if _is_line(each)]
        yield sets  # outside both try blocks: an OSError of the caller's block is not about the catalogue
        kept = [each for each in before if not _is_line(each) or any(each is line for line in sets)]
        added = [line for line in sets if not any(each is line for each in before)]
        try:
            atomic.write_text(file(), json.dumps({**content, "sets": [*kept, *added]}, indent=1) + "\n")
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
