"""The data sets that a person can choose from: MNIST, own sets, sets added by path, and downloads.

Listing is quick, since the interface does it at start: it scans no added folder and does not import NumPy. Added sets
have the counts of their last reading; own drawings are counted by file name. Nothing that a person added is ever moved,
changed or deleted, except its line in the catalogue.
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
from core.config.configuration import MNIST
from core.data import additions, downloadable, sources
from core.data.own import drawings, own_set
from core.errors import DataError, DigitsError
from core.printable import printable

if TYPE_CHECKING:
    from core.system.pool import Report

SHIPPED, DOWNLOAD, OWN = "mnist", "download", "own"


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
    """The name by which commands address it; unique."""
    title: str
    kind: str
    """`mnist`, `own`, `download`, or a name in `sources.SOURCES`."""
    images: int | None
    """The number of images at the last reading, test images included; None before the first reading."""
    classes: int | None
    """How many of the ten digits occurred at the last reading; None before the first."""
    source: str
    """Where it comes from, for people."""
    state: Availability
    path: str | None
    """Where its images are; None if they are not on this computer yet."""

    def to_json(self) -> dict[str, Any]:
        """The fields as a JSON object."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Entry:
        """The inverse of `to_json`. Raises KeyError, TypeError or ValueError if `data` is something else."""
        return cls(**{**data, "state": Availability(data["state"])})

    @property
    def is_published(self) -> bool:
        """Whether it is a published data set, so that its name determines its images."""
        return self.kind in (SHIPPED, DOWNLOAD)

    @property
    def is_added(self) -> bool:
        """Whether a person added it and can remove it."""
        return self.kind not in (SHIPPED, DOWNLOAD, OWN)

    @property
    def is_folder(self) -> bool:
        """Whether its images are files in a folder, which a check-up can read."""
        return self.kind == OWN or sources.is_folder(self.kind)


@dataclass(frozen=True)
class Catalogue:
    """All entries, and notes for the person about damaged or unreadable lists."""

    entries: list[Entry]
    notes: tuple[str, ...] = ()


def entries() -> list[Entry]:
    """All data sets: MNIST, own sets, added sets and downloads; own and added sets in the order of their creation."""
    return read().entries


def read() -> Catalogue:
    """All data sets. A damaged list of additions is renamed, and a note says so."""
    place = str(paths.shipped("data", "mnist"))
    mnist = Entry(MNIST, "MNIST", SHIPPED, 70_000, 10, "shipped", Availability.READY, place)
    sets, notes = additions.read()
    added = [_added(each) for each in sets]
    taken = {MNIST, *downloadable.DOWNLOADABLE, *(each.name for each in added)}
    drawn = []
    for own in own_set.sets():
        drawn.append(_own(own, _unique(own.name, taken)))
        taken.add(drawn[-1].name)
    return Catalogue([mnist, *drawn, *added, *map(_downloadable, downloadable.DOWNLOADABLE.values())], notes)


def find(name_or_path: str) -> Entry:
    """The entry with this name, or for what is at this path, added or not.

    Raises DataError if there is neither.
    """
    known = entries()
    for entry in known:
        if entry.name == name_or_path:
            return entry
    path = absolute(name_or_path)
    for entry in known:
        if entry.path is not None and _is_same(path, Path(entry.path)):
            return entry
    if paths.exists(path) and name_or_path:
        kind, name = sources.kind_of(path), _name_for(path)
        return Entry(name, name, kind, None, None, printable(str(path)), Availability.READY, str(path))
    names = [entry.name for entry in known]
    close = difflib.get_close_matches(name_or_path, names, n=1)
    hint = f"did you mean {close[0]}?" if close else f"the catalogue has {', '.join(names)}."
    raise DataError(f"no data set is called {name_or_path!r}, and there is no such file or folder; {hint}")


def add(path: str | Path, report: Report | None = None) -> Entry:
    """Read all of the data set at `path` and add it; if it is in the catalogue, return its entry unchanged.

    `report` receives the number of images read and the total. Raises DataError if nothing can be used, or if the
    catalogue cannot be written.
    """
    place = absolute(path)
    for entry in entries():
        if entry.path is not None and _is_same(place, Path(entry.path)):
            return entry
    kind = sources.kind_of(place)
    counts = sources.gather(place, report).counts()
    with additions.changing() as sets:
        # Another program may have added it in the meantime.
        line = next((each for each in sets if _is_same(place, Path(each["path"]))), None)
        if line is None:
            taken = {
                MNIST,
                *downloadable.DOWNLOADABLE,
                *(each["name"] for each in sets),
                *(own.name for own in own_set.sets()),
            }
            line = {"name": _unique(_name_for(place), taken), "path": str(place), "kind": kind}
            sets.append(line)
        line.update(_summary(counts))
        return _added(line)


def remove(name: str) -> None:
    """Remove an added set from the catalogue; its files are not touched.

    Raises DataError if no added set has that name, or if the catalogue cannot be written.
    """
    if name == MNIST or name in downloadable.DOWNLOADABLE:
        raise DataError(f"{name} is built in and cannot be removed; only added sets can be")
    if any(entry.name == name and entry.kind == OWN for entry in entries()):
        raise DataError(f"{name} is a set of your own drawings and cannot be removed; its drawings can be")
    with additions.changing() as sets:
        line = next((each for each in sets if each["name"] == name), None)
        if line is None:
            names = ", ".join(each["name"] for each in sets) or "none"
            raise DataError(f"no added data set is called {name!r}; added data sets: {names}")
        sets.remove(line)
    from core.data import cache

    cache.forget(Path(line["path"]))


def remember(path: Path, counts: list[int]) -> None:
    """Save the counts of each class found by reading `path`, if it is in the catalogue."""
    sets, _ = additions.read()
    line = next((each for each in sets if each["path"] == str(path)), None)
    if line is None or {**line, **_summary(counts)} == line:
        return
    # If the list cannot be written, it shows the counts of the previous reading; that is not worth an error here.
    with contextlib.suppress(DataError), additions.changing() as changing:
        for each in changing:
            if each["path"] == str(path):
                each.update(_summary(counts))


def _summary(counts: list[int]) -> dict[str, int]:
    return {"images": sum(counts), "classes": sum(count > 0 for count in counts)}


def _added(line: dict[str, Any]) -> Entry:
    path, kind = Path(line["path"]), str(line["kind"])
    gone = Availability.FOLDER_GONE if sources.is_folder(kind) else Availability.FILE_GONE
    state = Availability.READY if paths.exists(path) else gone
    # The name is also the title, since only the name tells two folders with the same name apart.
    name, counts = str(line["name"]), (line.get("images"), line.get("classes"))
    return Entry(name, name, kind, *counts, printable(str(path)), state, str(path))


def _own(own: own_set.OwnSet, name: str) -> Entry:
    counts = drawings.counts(own)
    classes = sum(count > 0 for count in counts)
    return Entry(name, name, OWN, sum(counts), classes, printable(str(own.folder)), Availability.READY, str(own.folder))


def _downloadable(offer: downloadable.Downloadable) -> Entry:
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
    """`path` made absolute, `~` expanded, links resolved. Raises DataError if it is not a valid path."""
    try:
        return paths.expanded(path).resolve()
    except DigitsError as error:
        raise DataError(str(error)) from error
    except (OSError, ValueError, RuntimeError) as error:
        raise DataError(f"the path {str(path)!r} cannot be used: {error}") from error


def _is_same(path: Path, other: Path) -> bool:
    with contextlib.suppress(OSError):
        return path == other or path.samefile(other)
    return False


def _name_for(path: Path) -> str:
    """A name for what is at `path`: the folder's name, or the file's without its extension."""
    name = path.name if path.is_dir() else path.stem
    return printable(name).strip() or "data"


def _unique(name: str, taken: set[str]) -> str:
    number = 2
    unique = name
    while unique in taken:
        unique = f"{name}-{number}"
        number += 1
    return unique
