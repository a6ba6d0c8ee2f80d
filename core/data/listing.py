"""Finds the class folders of a data set and lists their files. Opens no file.

A folder may hold 100,000 files, so they are stored as columns, not objects: about 150 bytes per file.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import DataError

_TRAIN = ("train", "training")
_TEST = ("test", "testing")
_LITTER = {"thumbs.db", "desktop.ini", "icon\r", "__macosx"}
"""Files that file managers leave behind; hidden files are skipped too."""
_DIGITS = frozenset("0123456789")


@dataclass(frozen=True)
class Layout:
    """Where the class folders of a data set are."""

    train: dict[int, Path]
    test: dict[int, Path]
    """Empty if the set has no test set of its own."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Listing:
    """N files of a data set, class by class, the test set last."""

    folder: Path
    names: list[bytes]
    """N paths relative to the folder."""
    labels: NDArray[np.uint8]
    """(N,) uint8, 0 to 9: the class folder of each file."""
    is_test: NDArray[np.bool_]
    """(N,) bool, whether a file belongs to the set's own test set."""
    stamps: NDArray[np.int64]
    """(N, 2) int64: size in bytes and time of change in nanoseconds; (-1, -1) if they are not available."""
    has_test: bool
    """Whether the set has a test set of its own, even an empty one."""
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.names)

    def name(self, index: int) -> str:
        """The path relative to the folder, with `/`, for people and for the amendments."""
        return os.fsdecode(self.names[index])

    def path(self, index: int) -> str:
        """The path, including the folder."""
        return os.path.join(self.folder, self.name(index))  # noqa: PTH118 (a Path costs ten times as much)


def listing(folder: Path) -> Listing:
    """The files in the class folders of `folder`. Raises DataError if there are no class folders.

    Leaves out hidden files, files that file managers leave behind, and a `.json` file next to an image with the same
    stem, which describes that image.
    """
    found = layout(folder)
    names: list[bytes] = []
    labels, is_test = bytearray(), bytearray()
    stamps: list[int] = []
    for test, classes in ((False, found.train), (True, found.test)):
        for label, place in sorted(classes.items()):
            for name, size, moment in files_in(folder, place):
                names.append(name)
                labels.append(label)
                is_test.append(test)
                stamps += (size, moment)
    return Listing(
        folder,
        names,
        np.frombuffer(bytes(labels), np.uint8),
        np.frombuffer(bytes(is_test), np.uint8).astype(bool),
        np.array(stamps, np.int64).reshape(-1, 2),
        bool(found.test),
        found.notes,
    )


def layout(folder: Path) -> Layout:
    """Find the class folders. Raises DataError if there are none; the message says what is there instead."""
    _require_folder(folder)
    if own := _class_folders(folder):
        return Layout(own, {})
    inner = {each.name: found for each in folders_in(folder) if (found := _class_folders(each))}
    by_role = {name.lower(): name for name in inner}
    train = next((by_role[name] for name in _TRAIN if name in by_role), None)
    test = next((by_role[name] for name in _TEST if name in by_role), None)
    if train and test:
        unused = sorted(set(inner) - {train, test})
        notes = [f"Not used: {', '.join(f'{name}/' for name in unused)}."] if unused else []
        return Layout(inner[train], inner[test], (f"Trains on {train}/, tests on {test}/.", *notes))
    if len(inner) == 1:
        name, found = next(iter(inner.items()))
        return Layout(found, {}, (f"The class folders are in {name}/.",))
    if inner:
        names = ", ".join(sorted(inner)[:5])
        raise DataError(
            f"{folder} has no class folders 0 … 9 itself, but {len(inner)} folders in it do: {names}; give one of these"
        )
    raise DataError(_nothing_found(folder))


def folders_in(folder: Path) -> list[Path]:
    """The folders in `folder` that are not hidden, sorted by name; empty if it cannot be opened."""
    try:
        entries = _entries(folder)
    except OSError:
        return []
    return [Path(entry.path) for entry in entries if entry.is_dir() and not entry.name.startswith(".")]


def files_in(folder: Path, place: Path) -> Iterator[tuple[bytes, int, int]]:
    """The path relative to `folder`, the size and the time of change of each file of the class folder `place`."""
    below = os.fsencode(place.relative_to(folder))
    try:
        entries = _entries(place)
    except OSError:
        # Listed as a "file" that cannot be read, so that the reason is shown.
        yield below, -1, -1
        return
    stems = {entry.name.rpartition(".")[0] for entry in entries if not entry.name.lower().endswith(".json")}
    for entry in entries:
        name = entry.name
        if name.startswith(".") or name.lower() in _LITTER:
            continue
        if name.lower().endswith(".json") and name[:-5] in stems:
            continue
        try:
            status = entry.stat()
            yield below + b"/" + os.fsencode(name), status.st_size, status.st_mtime_ns
        except OSError:
            yield below + b"/" + os.fsencode(name), -1, -1  # a broken link; reading it gives the reason


def _require_folder(folder: Path) -> None:
    try:
        with os.scandir(folder):
            return
    except FileNotFoundError:
        raise DataError(f"there is no folder {folder}; check the spelling") from None
    except NotADirectoryError:
        raise DataError(
            f"{folder} is a file, not a folder; give the folder that holds the class folders 0 … 9"
        ) from None
    except OSError as error:
        raise DataError(f"the folder {folder} cannot be opened: {error.strerror}") from error


def _class_folders(folder: Path) -> dict[int, Path]:
    return {int(each.name): each for each in folders_in(folder) if each.name in _DIGITS}


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: entry.name)


def _nothing_found(folder: Path) -> str:
    if len(folder.name) == 1 and folder.name in "0123456789":
        return f"{folder} looks like one class folder; give the folder above it, which holds 0 … 9"
    names = [each.name for each in folders_in(folder)]
    holds = f"the folders {', '.join(names[:5])}{' …' if len(names) > 5 else ''}" if names else "no folders"
    return (
        f"{folder} has no class folders: it holds {holds}. It should hold folders named 0 to 9, "
        "each with images of that digit"
    )
