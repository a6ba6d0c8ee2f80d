"""The data sets that people make by drawing: which there are, how they are called, which one is active.

    data/own/          the first; made when the first drawing is kept
    data/own-2/        further ones, each with its name in `set.json`
    data/own-sets.json which one was active last

A folder's name is ours and never changes, so that a person's name for it may hold any character. Listing is
cheap: it reads one small file a set. Knows nothing of drawings.
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
    """What the person calls it."""


def sets() -> list[OwnSet]:
    """Those that exist, in the order in which they were made. Writes nothing."""
    data = paths.home() / "data"
    try:
        found = [(int(match[1] or 1), each) for each in data.iterdir() if (match := _FOLDER.fullmatch(each.name))]
    except OSError:
        return []
    return [OwnSet(folder, _name_of(folder)) for _, folder in sorted(found) if folder.is_dir()]


def at(folder: Path) -> OwnSet | None:
    """The set whose folder this is, by whatever path; None where it is none."""
    for own in sets():
        with contextlib.suppress(OSError):
            if own.folder == folder or own.folder.samefile(folder):
                return own
    return None


def active() -> OwnSet:
    """The active set, which new drawings go into: the one last chosen, else the first, which need not exist yet."""
    first = OwnSet(paths.home() / "data" / FIRST, FIRST)
    known = sets()
    chosen = json_file.read(_memory()).get("active")
    return next((own for own in known if own.folder.name == chosen), known[0] if known else first)


def activate(own: OwnSet) -> None:
    """Make this set the active one, also after the next start.

    Raises DataError where the set is gone, or that cannot be written down.
    """
    if own.folder.name != FIRST and not own.folder.is_dir():
        raise DataError(f"the data set {own.name} is gone: there is no folder {own.folder}")
    paths.user_data()
    try:
        atomic.write_text(_memory(), json.dumps({"active": own.folder.name}) + "\n")
    except OSError as error:
        raise DataError(f"{_memory()} cannot be written: {error.strerror}") from error


def create(name: str) -> OwnSet:
    """A new, empty set. Raises DataError where the name cannot be taken, or the set cannot be written."""
    with building() as folder:
        return place(folder, name)


def rename(own: OwnSet, name: str) -> OwnSet:
    """Call a set otherwise; its folder stays. Raises DataError as `create` does, and where the set is gone."""
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
    """`name`, trimmed, if a set can be called so; `but` is the set that may be called so already.

    Raises DataError that says what is wrong with it.
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
    taken = ["mnist", *downloadable.DOWNLOADABLE, *(str(each["name"]) for each in added), *others]
    if name.casefold() in (each.casefold() for each in taken):
        raise DataError(f"there is a data set called {name} already; choose another name")
    return name


@contextmanager
def building() -> Iterator[Path]:
    """An empty folder to fill with a set and to give to `place`; it vanishes where that does not happen."""
    data = paths.user_data()
    with ExitStack() as made:
        try:
            folder = made.enter_context(atomic.building(data, ".own-"))
        except OSError as error:
            raise DataError(f"the folder {data} cannot be written: {error.strerror}") from error
        yield folder


def place(folder: Path, name: str) -> OwnSet:
    """Make what was built in `folder` a set, whole or not at all. Raises DataError as `create` does."""
    with _naming() as data:
        name = checked(name)
        _write_name(folder, name)
        folder.chmod(data.stat().st_mode & 0o777)  # as any folder there; those of tempfile are for one person
        atomic.sync_folder(folder)
        number = 2  # the first is left to whoever draws without having chosen a set
        while os.path.lexists(target := data / f"{FIRST}-{number}"):
            number += 1
        folder.rename(target)
        atomic.sync_folder(data)
    return OwnSet(target, name)


@contextmanager
def _naming() -> Iterator[Path]:
    """The user's data folder, with no other program naming a set meanwhile; errors of writing become DataError."""
    data = paths.user_data()
    try:
        with locked(data / "own-sets.lock"):
            yield data
    except OSError as error:
        raise DataError(f"the folder {data} cannot be written: {error.strerror}") from error


def _memory() -> Path:
    return paths.home() / "data" / "own-sets.json"


def _write_name(folder: Path, name: str) -> None:
    atomic.write_text(folder / "set.json", json.dumps({"version": 1, "name": name}) + "\n")


def _name_of(folder: Path) -> str:
    """That of `set.json`; the folder's own where there is none that can be shown."""
    name = json_file.read(folder / "set.json").get("name")
    fits = isinstance(name, str) and name.strip() and name.isprintable() and len(name) <= LONGEST_NAME
    return str(name) if fits else folder.name
