"""The data sets that people make by drawing: their list, their names, and which one is active.

    data/own/          the first set; created when the first drawing is kept
    data/own-2/        further sets, each with its name in `set.json`
    data/own-sets.json the set that was last active

The program chooses a folder's name and never changes it, so a person's name for the set may have any character.
Listing is cheap: it reads one small file per set. Knows nothing of drawings.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import unicodedata
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from core import paths
from core.config.configuration import MNIST
from core.data import additions, downloadable
from core.errors import DataError
from core.system import atomic, json_file
from core.system.lock import locked

FIRST = "own"
LONGEST_NAME = 40
_FOLDER = re.compile(r"own(?:-([2-9]|[1-9][0-9]{1,5}))?")


@dataclass(frozen=True)
class OwnSet:
    """One person's drawings."""

    folder: Path
    name: str
    """The person's name for it."""


def sets() -> list[OwnSet]:
    """The existing sets, in the order of their creation. Writes nothing."""
    data = paths.home() / "data"
    try:
        found = [(int(match[1] or 1), each) for each in data.iterdir() if (match := _FOLDER.fullmatch(each.name))]
    except OSError:
        return []
    return [OwnSet(folder, _name_of(folder)) for _, folder in sorted(found) if folder.is_dir()]


def at(folder: Path) -> OwnSet | None:
    """The set in `folder`, which may be reached by another path; None if it is not a set."""
    for own in sets():
        with contextlib.suppress(OSError):
            if own.folder == folder or own.folder.samefile(folder):
                return own
    return None


def active() -> OwnSet:
    """The set that new drawings go into: the one last chosen, else the first, which need not exist yet."""
    first = OwnSet(paths.home() / "data" / FIRST, FIRST)
    known = sets()
    chosen = json_file.read(active_file()).get("active")
    return next((own for own in known if own.folder.name == chosen), known[0] if known else first)


def activate(own: OwnSet) -> None:
    """Make this set the active one, also for later starts.

    Raises DataError if the set is gone, or if the choice cannot be saved.
    """
    if own.folder.name != FIRST and not own.folder.is_dir():
        raise DataError(f"the data set {own.name} is gone: there is no folder {own.folder}")
    paths.user_data()
    try:
        atomic.write_text(
            active_file(), json.dumps({**json_file.read(active_file()), "active": own.folder.name}) + "\n"
        )
    except OSError as error:
        raise DataError(f"{active_file()} cannot be written: {error.strerror}") from error


def create(name: str) -> OwnSet:
    """Create an empty set. Raises DataError if the name cannot be used, or if the set cannot be written."""
    with building() as folder:
        return place(folder, name)


def rename(own: OwnSet, name: str) -> OwnSet:
    """Rename a set; its folder keeps its name. Raises DataError as `create` does, and if the set is gone."""
    with _naming() as data:
        name = checked(name, but=own)
        if own.folder == data / FIRST:
            own.folder.mkdir(exist_ok=True)  # a person may name it before they draw
        elif not own.folder.is_dir():
            raise DataError(f"the data set {own.name} is gone: there is no folder {own.folder}")
        _write_name(own.folder, name)
        atomic.sync_folder(own.folder)
    return OwnSet(own.folder, name)


def checked(name: str, but: OwnSet | None = None) -> str:
    """`name`, trimmed, if it can be used for a set; `but` is a set that may have it already.

    Raises DataError with the reason if it cannot.
    """
    name = unicodedata.normalize("NFC", name).strip()
    if not name:
        raise DataError("a data set needs a name; type one, such as your own")
    if len(name) > LONGEST_NAME:
        raise DataError(f"the name has {len(name)} characters; at most {LONGEST_NAME} can be shown")
    if not name.isprintable():
        raise DataError(f"the name {name!r} has a character that cannot be shown; leave it out")
    added, _ = additions.read()
    others = [own.name for own in sets() if but is None or own.folder != but.folder]
    taken = [MNIST, *downloadable.DOWNLOADABLE, *(str(each["name"]) for each in added), *others]
    if name.casefold() in (each.casefold() for each in taken):
        raise DataError(f"there is already a data set called {name}; choose another name")
    return name


@contextmanager
def building() -> Iterator[Path]:
    """An empty folder to fill with a set and pass to `place`; deleted at the end of the block if it was not placed."""
    data = paths.user_data()
    with ExitStack() as made:
        try:
            folder = made.enter_context(atomic.building(data, ".own-"))
        except OSError as error:
            raise DataError(f"the folder {data} cannot be written: {error.strerror}") from error
        yield folder


def place(folder: Path, name: str) -> OwnSet:
    """Make the content of `folder` a set, atomically. Raises DataError as `create` does."""
    with _naming() as data:
        name = checked(name)
        _write_name(folder, name)
        folder.chmod(data.stat().st_mode & 0o777)  # like any folder there; tempfile's are private
        atomic.sync_folder(folder)
        number = 2  # the first is for people who draw without having chosen a set
        while os.path.lexists(target := data / f"{FIRST}-{number}"):
            number += 1
        folder.rename(target)
        atomic.sync_folder(data)
    return OwnSet(target, name)


@contextmanager
def _naming() -> Iterator[Path]:
    """The user's data folder, while no other program can name a set; write errors become DataError."""
    data = paths.user_data()
    try:
        with locked(data / "own-sets.lock"):
            yield data
    except OSError as error:
        raise DataError(f"the folder {data} cannot be written: {error.strerror}") from error


def active_file() -> Path:
    """The file that says which set is the active one."""
    return paths.home() / "data" / "own-sets.json"


def _write_name(folder: Path, name: str) -> None:
    content = {"version": 1, **json_file.read(folder / "set.json"), "name": name}  # with what a later version wrote
    atomic.write_text(folder / "set.json", json.dumps(content) + "\n")


def _name_of(folder: Path) -> str:
    """The name in `set.json`; the folder's name if there is none, or none that can be shown."""
    name = json_file.read(folder / "set.json").get("name")
    fits = isinstance(name, str) and name.strip() and name.isprintable() and len(name) <= LONGEST_NAME
    return str(name) if fits else folder.name
