"""The data sets that a person can choose from: MNIST, their own drawings, what they added by path, downloads.

Listing is quick, since the interface does it at its start: no added folder is scanned, no NumPy imported; the
counts of added sets are those of the last look, own drawings are counted by their names. Nothing that a person
added is ever moved, changed or deleted, only its line here.
"""

from __future__ import annotations

import contextlib
import dataclasses
import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core import paths
from core.data import additions, downloadable, sources
from core.data.own import drawings, own_set
from core.errors import DataError, DigitsError
from core.printable import printable

if TYPE_CHECKING:
    from core.system.pool import Report

MNIST, DOWNLOAD, OWN = "mnist", "download", "own"


class Availability(StrEnum):
    """Whether a data set can be read now. The values are for people and for JSON; code compares members."""

    READY = "ready"
    NEEDS_DOWNLOAD = "needs a download"
    DOWNLOADED = "downloaded"
    FOLDER_GONE = "missing: the folder is gone"
    FILE_GONE = "missing: the file is gone"


@dataclass(frozen=True)
class Entry:
    """One line of the catalogue."""

    name: str
    """By which commands address it; unique."""
    title: str
    kind: str
    """`mnist`, `own`, `download`, or a name in `sources.SOURCES`."""
    images: int | None
    """How many there are, test images included, at the last look; None before the first."""
    classes: int | None
    """How many of the ten digits occur, at the last look."""
    source: str
    """Where it comes from, for people."""
    state: Availability
    path: str | None
    """Where its images lie; None where they are not on this computer yet."""

    def to_json(self) -> dict[str, Any]:
        """The fields as a JSON object."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Entry:
        """From the fields as a JSON object. Raises KeyError, TypeError or ValueError where `data` is something else."""
        return cls(**{**data, "state": Availability(data["state"])})

    @property
    def is_published(self) -> bool:
        """Whether it comes as it was published, so that its name says which images it has."""
        return self.kind in (MNIST, DOWNLOAD)

    @property
    def is_added(self) -> bool:
        """Whether a person added it, and can remove it."""
        return self.kind not in (MNIST, DOWNLOAD, OWN)

    @property
    def is_folder(self) -> bool:
        """Whether its images are files of a folder, which a check-up can look at."""
        return self.kind == OWN or sources.is_folder(self.kind)


@dataclass(frozen=True)
class Catalogue:
    """All entries, and what a person should know about how they were read."""

    entries: list[Entry]
    notes: tuple[str, ...] = ()


def entries() -> list[Entry]:
    """All data sets: MNIST, own ones and added ones, each in the order they were made, the offers."""
    return read().entries


def read() -> Catalogue:
    """All data sets. A damaged list of additions is set aside under another name, and a note says so."""
    place = str(paths.shipped("data", "mnist"))
    mnist = Entry("mnist", "MNIST", MNIST, 70_000, 10, "shipped", Availability.READY, place)
    sets, notes = additions.read()
    added = [_added(each) for each in sets]
    taken = {"mnist", *downloadable.DOWNLOADABLE, *(each.name for each in added)}
    drawn = []
    for own in own_set.sets():
        drawn.append(_own(own, _unique(own.name, taken)))
        taken.add(drawn[-1].name)
    return Catalogue([mnist, *drawn, *added, *map(_offered, downloadable.DOWNLOADABLE.values())], notes)


def find(name_or_path: str) -> Entry:
    """The entry of this name, or of what lies at this path, whether it was added or not.

    Raises DataError where there is neither.
    """
    known = entries()
    for entry in known:
        if entry.name == name_or_path:
            return entry
    path = absolute(name_or_path)
    for entry in known:
        if entry.path is not None and _is_same(path, Path(entry.path)):
            return entry
    if sources.exists(path) and name_or_path:
        kind, name = sources.kind_of(path), _fit(path)
        return Entry(name, name, kind, None, None, printable(str(path)), Availability.READY, str(path))
    names = [entry.name for entry in known]
    close = difflib.get_close_matches(name_or_path, names, n=1)
    hint = f"did you mean {close[0]}?" if close else f"the catalogue has {', '.join(names)}."
    raise DataError(f"no data set is called {name_or_path!r}, and there is no such file or folder; {hint}")


def add(path: str | Path, report: Report | None = None) -> Entry:
    """Add what lies at `path`, after a look at all of it; what is there already comes back as it is.

    `report` is told how many images of how many were looked at. Raises DataError where nothing of it can be
    used, or the catalogue cannot be written.
    """
    place = absolute(path)
    for entry in entries():
        if entry.path is not None and _is_same(place, Path(entry.path)):
            return entry
    kind = sources.kind_of(place)
    counts = sources.gather(place, report).counts()
    with additions.changing() as sets:
        # Another program may have added it meanwhile.
        line = next((each for each in sets if _is_same(place, Path(each["path"]))), None)
        if line is None:
            taken = {
                "mnist",
                *downloadable.DOWNLOADABLE,
                *(each["name"] for each in sets),
                *(own.name for own in own_set.sets()),
            }
            line = {"name": _unique(_fit(place), taken), "path": str(place), "kind": kind}
            sets.append(line)
        line.update(_summary(counts))
        return _added(line)


def remove(name: str) -> None:
    """Take an added set off the catalogue; its files stay as they are.

    Raises DataError where no added set has that name, or the catalogue cannot be written.
    """
    if name == "mnist" or name in downloadable.DOWNLOADABLE:
        raise DataError(f"{name} belongs to the program and cannot be removed; only sets that were added can be")
    if any(entry.name == name and entry.kind == OWN for entry in entries()):
        raise DataError(f"{name} is a set of your own drawings, which stays in the list; its drawings can be removed")
    with additions.changing() as sets:
        line = next((each for each in sets if each["name"] == name), None)
        if line is None:
            names = ", ".join(each["name"] for each in sets) or "nothing"
            raise DataError(f"no added data set is called {name!r}; added were: {names}")
        sets.remove(line)
    from core.data import cache

    cache.forget(Path(line["path"]))


def remember(path: Path, counts: list[int]) -> None:
    """Keep the counts of each class that a look at `path` found, where it is of the catalogue."""
    sets, _ = additions.read()
    line = next((each for each in sets if each["path"] == str(path)), None)
    if line is None or {**line, **_summary(counts)} == line:
        return
    # A list that cannot be written shows the counts of the look before; that is not worth an error here.
    with contextlib.suppress(DataError), additions.changing() as changing:
        for each in changing:
            if each["path"] == str(path):
                each.update(_summary(counts))


def _summary(counts: list[int]) -> dict[str, int]:
    return {"images": sum(counts), "classes": sum(count > 0 for count in counts)}


def _added(line: dict[str, Any]) -> Entry:
    path, kind = Path(line["path"]), str(line["kind"])
    gone = Availability.FOLDER_GONE if sources.is_folder(kind) else Availability.FILE_GONE
    state = Availability.READY if sources.exists(path) else gone
    # The name is the title too: of two folders called alike only it tells which is which.
    name, counts = str(line["name"]), (line.get("images"), line.get("classes"))
    return Entry(name, name, kind, *counts, printable(str(path)), state, str(path))


def _own(own: own_set.OwnSet, name: str) -> Entry:
    counts = drawings.counts(own)
    classes = sum(count > 0 for count in counts)
    return Entry(name, name, OWN, sum(counts), classes, printable(str(own.folder)), Availability.READY, str(own.folder))


def _offered(offer: downloadable.Downloadable) -> Entry:
    here = downloadable.is_downloaded(offer.name)
    return Entry(
        name=offer.name,
        title=offer.title,
        kind=DOWNLOAD,
        images=offer.images,
        classes=10,
        source=f"torchvision, {offer.size / 1e6:,.0f} MB",
        state=Availability.DOWNLOADED if here else Availability.NEEDS_DOWNLOAD,
        path=str(downloadable.path_of(offer.name)) if here else None,
    )


def absolute(path: str | Path) -> Path:
    """`path` from the root, `~` and links followed. Raises DataError where it cannot be one."""
    try:
        return paths.expanded(path).resolve()
    except DigitsError as error:
        raise DataError(str(error)) from error
    except (OSError, ValueError, RuntimeError) as error:
        raise DataError(f"{str(path)!r} is not a path that can be looked at: {error}") from error


def _is_same(path: Path, other: Path) -> bool:
    with contextlib.suppress(OSError):
        return path == other or path.samefile(other)
    return False


def _fit(path: Path) -> str:
    """A name for what lies at `path`: that of the folder, or of the file without its ending."""
    name = path.name if path.is_dir() else path.stem
    return printable(name).strip() or "data"


def _unique(name: str, taken: set[str]) -> str:
    number = 2
    unique = name
    while unique in taken:
        unique = f"{name}-{number}"
        number += 1
    return unique
