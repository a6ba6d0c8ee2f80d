"""A folder of ten class folders `0` … `9` with image files becomes a Collection.

Class folders may lie one level down, or in `train/` and `test/`. Each image is decoded and normalised once and
kept in the cache, by name, size and time of change: adding one image decodes that one.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import cache, pool
from core.collection import CLASSES, SIDE, Collection, Part, Skipped, part_of
from core.errors import DataError
from core.images import read
from core.normalise import normalise
from core.printable import printable

_TRAIN = ("train", "training")
_TEST = ("test", "testing")
_LITTER = {"thumbs.db", "desktop.ini", "icon\r", "__macosx"}
"""What file managers leave behind; hidden files are passed over too."""


@dataclass(frozen=True)
class Layout:
    """Where the class folders of a data set are."""

    train: dict[int, Path]
    test: dict[int, Path]
    """Empty where the set has no test part of its own."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _File:
    path: Path
    key: bytes
    """The path below the data set's folder."""
    label: int
    is_test: bool
    stamp: tuple[int, int]
    """Size in bytes and time of change in nanoseconds; (-1, -1) where they cannot be had."""


def layout(folder: Path) -> Layout:
    """Find the class folders. Raises DataError where there are none, saying what is there instead."""
    _require_folder(folder)
    if own := _class_folders(folder):
        return Layout(own, {})
    inner = {each.name: found for each in _folders(folder) if (found := _class_folders(each))}
    by_role = {name.lower(): name for name in inner}
    train = next((by_role[name] for name in _TRAIN if name in by_role), None)
    test = next((by_role[name] for name in _TEST if name in by_role), None)
    if train and test:
        unused = sorted(set(inner) - {train, test})
        notes = [f"Not used: {', '.join(f'{name}/' for name in unused)}."] if unused else []
        return Layout(inner[train], inner[test], (f"Trains on {train}/, tests on {test}/.", *notes))
    if len(inner) == 1:
        name, found = next(iter(inner.items()))
        return Layout(found, {}, (f"The class folders are those in {name}/.",))
    if inner:
        names = ", ".join(sorted(inner)[:5])
        raise DataError(
            f"{folder} has no class folders 0 … 9 itself, but {len(inner)} folders in it have: {names}; "
            "give one of these"
        )
    raise DataError(_nothing_found(folder))


def gather(folder: Path, report: pool.Report | None = None) -> Collection:
    """All usable images below `folder`, decoded where the cache does not have them.

    Raises DataError where there is no class folder, or no usable image in any.
    """
    found = layout(folder)
    files = [*_files(folder, found.train, False), *_files(folder, found.test, True)]
    images, complaint = _normalised(folder, files, report)
    skipped: list[Skipped] = []
    parts: dict[bool, tuple[list[NDArray[np.uint8]], list[int]]] = {False: ([], []), True: ([], [])}
    for file, image in zip(files, images, strict=True):
        if isinstance(image, str):
            skipped.append(Skipped(printable(str(file.path)), image))
        elif not image.any():
            skipped.append(Skipped(printable(str(file.path)), "is blank: no ink was found in it"))
        else:
            parts[file.is_test][0].append(image)
            parts[file.is_test][1].append(file.label)
    train, test = part_of(*parts[False]), part_of(*parts[True])
    if not len(train):
        raise DataError(_nothing_usable(folder, files, skipped))
    notes = [*found.notes, *_missing(train, ""), *([complaint] if complaint else [])]
    if found.test and not len(test):
        notes.append("The test folder has no usable images.")
    elif found.test:
        notes += _missing(test, " in the test folder")
    return Collection(train, test if len(test) else None, tuple(notes), tuple(skipped))


def _normalised(
    folder: Path, files: list[_File], report: pool.Report | None
) -> tuple[list[NDArray[np.uint8] | str], str]:
    """For each file its (28, 28) image or why there is none; and why they could not be cached, else empty."""
    known = _cached(folder)
    images = {file.key: known[file.key, file.stamp] for file in files if (file.key, file.stamp) in known}
    new = [file for file in files if file.key not in images]
    have = len(images)

    def told(done: int, _: int) -> None:
        if report is not None:
            report(have + done, len(files))

    told(0, len(new))
    bytes_each = sum(max(0, file.stamp[0]) for file in new) / max(1, len(new))
    # 28×28 PNG and 100×100 JPEG took 1 to 2 ms of a server core; large ones go with their size.
    fresh = pool.each(_image, [file.path for file in new], told, seconds=0.0015 + bytes_each * 1e-7)
    answers: dict[bytes, NDArray[np.uint8] | str] = {**images}
    answers.update(zip([file.key for file in new], fresh, strict=True))
    usable = [(file, image) for file in files if not isinstance(image := answers[file.key], str)]
    complaint = ""
    if any(not isinstance(image, str) for image in fresh) or len(usable) < len(known):
        arrays: dict[str, NDArray[Any]] = {
            "keys": np.frombuffer(b"\0".join(file.key for file, _ in usable), np.uint8),
            "stamps": np.array([file.stamp for file, _ in usable], np.int64).reshape(-1, 2),
            "images": np.array([image for _, image in usable], np.uint8).reshape(-1, SIDE, SIDE),
        }
        complaint = cache.write(folder, arrays)
    return [answers[file.key] for file in files], complaint


def _cached(folder: Path) -> dict[tuple[bytes, tuple[int, int]], NDArray[np.uint8]]:
    arrays = cache.read(folder)
    if arrays is None or set(arrays) != {"keys", "stamps", "images"}:
        return {}
    keys = arrays["keys"].tobytes().split(b"\0")
    stamps = [(int(size), int(time)) for size, time in arrays["stamps"]]
    return {(key, stamp): image for key, stamp, image in zip(keys, stamps, arrays["images"], strict=False)}


def _image(path: Path) -> NDArray[np.uint8] | str:
    """(28, 28), or why there is none. All zero where nothing is drawn."""
    try:
        return normalise(read(path))
    except DataError as error:
        return str(error)


def _files(folder: Path, classes: dict[int, Path], is_test: bool) -> Iterable[_File]:
    for label, place in sorted(classes.items()):
        try:
            entries = _entries(place)
        except OSError:
            # Kept as a "file" that cannot be read, so that it is listed with its reason.
            yield _File(place, os.fsencode(place.relative_to(folder)), label, is_test, (-1, -1))
            continue
        for entry in entries:
            if entry.name.startswith(".") or entry.name.lower() in _LITTER:
                continue
            path = Path(entry.path)
            try:
                status = entry.stat()
                stamp = (status.st_size, status.st_mtime_ns)
            except OSError:
                stamp = (-1, -1)  # a link to nothing; reading it gives the reason
            yield _File(path, os.fsencode(path.relative_to(folder)), label, is_test, stamp)


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
    return {int(each.name): each for each in _folders(folder) if each.name in set("0123456789")}


def _folders(folder: Path) -> list[Path]:
    try:
        entries = _entries(folder)
    except OSError:
        return []
    return [Path(entry.path) for entry in entries if entry.is_dir() and not entry.name.startswith(".")]


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: entry.name)


def _nothing_found(folder: Path) -> str:
    if len(folder.name) == 1 and folder.name in "0123456789":
        return f"{folder} looks like one class folder; give the folder above it, which holds 0 … 9"
    names = [each.name for each in _folders(folder)]
    holds = f"the folders {', '.join(names[:5])}{' …' if len(names) > 5 else ''}" if names else "no folders"
    return (
        f"{folder} has no class folders: it holds {holds}. It should hold folders named 0 to 9, "
        "each with images of that digit"
    )


def _nothing_usable(folder: Path, files: list[_File], skipped: list[Skipped]) -> str:
    looked_at = [file for file in files if not file.is_test]
    if not looked_at:
        return f"{folder} has class folders, but they are empty; put images of each digit into its folder"
    first = next(each for each in skipped if each.path == printable(str(looked_at[0].path)))
    return (
        f"{folder} has no usable images: none of {len(looked_at):,} files can be used. "
        f"The first, {first.path}, {first.reason}"
    )


def _missing(part: Part, where: str) -> list[str]:
    missing = [str(label) for label, count in enumerate(part.counts()) if not count]
    if not missing:
        return []
    return [f"No usable images of {', '.join(missing)}{where} ({CLASSES - len(missing)} of {CLASSES} classes)."]
