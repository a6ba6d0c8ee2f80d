"""Exports own sets as a folder of class folders or as one `.npz`, and imports them again unchanged.

Everything is written atomically, and nothing that exists is overwritten.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from core import paths
from core.data import amendments
from core.data.own.drawing_files import IMAGES
from core.data.own.drawings import drawings
from core.data.own.own_set import OwnSet, building, checked, place
from core.errors import DataError
from core.system import atomic
from core.system.lock import locked

if TYPE_CHECKING:
    from core.system.pool import Report


def export(own: OwnSet, path: str | Path, report: Report | None = None) -> int:
    """Write all drawings, with their strokes and times, to `path`; returns their number.

    A path that ends in `.npz` becomes an archive, which also holds the normalised images with their labels; any other
    path becomes a folder of class folders. `report` receives the number done and the total. Raises DataError if the set
    is empty, `path` exists, or it cannot be written.
    """
    target = _expanded(path)
    if not drawings(own):
        raise DataError(f"{own.name} has no drawings yet; there is nothing to export")
    _require_free(own, target)
    try:
        with _snapshot(own) as still, atomic.building(target.parent, ".export-") as part:
            found = [each.path for each in drawings(still)]
            if target.suffix.lower() == ".npz":
                from core.data.own import archive

                archive.pack(still.folder, found, part / "set", report)
            else:
                _copy(found, part / "set", report)
                _copy_decisions(still.folder, part / "set")
            os.sync()  # syncing thousands of drawings one by one took forty seconds
            (part / "set").rename(target)
            atomic.sync_folder(target.parent)
    except OSError as error:
        raise DataError(f"{target} cannot be written: {error.strerror}; choose another place") from error
    return len(found)


def import_set(path: str | Path, name: str, report: Report | None = None) -> OwnSet:
    """Create a set called `name` from an export, or from any class folders or `.npz` with images and labels.

    Files of a folder and of our own archives are copied unchanged; another archive gives its normalised images.
    Raises DataError if the name cannot be used or `path` is not a data set; then nothing is changed.
    """
    source = _expanded(path)
    name = checked(name)  # before the work, not after it
    try:
        with building() as folder:
            if source.is_dir():
                count = _copy(_images_of(source), folder, report)
                _copy_decisions(source, folder)
            elif source.suffix.lower() == ".npz" and source.is_file():
                from core.data.own import archive

                count = archive.unpack(source, folder, report)
            else:
                missing = "it is neither" if source.exists() else "there is no such file or folder"
                raise DataError(f"{source} is not a set of drawings: {missing}; give a folder or an .npz file")
            _require_images(source, folder, count)
            os.sync()
            return place(folder, name)
    except OSError as error:
        raise DataError(f"{source} cannot be imported: {error.filename or ''} {error.strerror}") from error


def _expanded(path: str | Path) -> Path:
    if "\0" in str(path):
        raise DataError(f"{str(path)!r} is not a path: it contains a null character")
    return paths.expanded(path)


@contextlib.contextmanager
def _snapshot(own: OwnSet) -> Iterator[OwnSet]:
    """The set as it is now, as links to its files, since other programs may change it while they are read."""
    with building() as folder:
        with locked(own.folder / ".lock"):
            _copy([each.path for each in drawings(own)], folder, None, _link)
            _copy_decisions(own.folder, folder)
        yield OwnSet(folder, own.name)


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # not every file system has links
        shutil.copy2(source, target)


def _require_free(own: OwnSet, target: Path) -> None:
    if os.path.lexists(target):
        raise DataError(f"{target} already exists and is not overwritten; choose another name")
    if not target.parent.is_dir():
        raise DataError(f"there is no folder {target.parent} to export into; create it or choose another")
    if target.resolve().is_relative_to(own.folder.resolve()):
        raise DataError(f"{target} is inside the set itself, {own.folder}; choose a place outside it")


def _images_of(source: Path) -> list[Path]:
    """The image files in the class folders of `source`. Raises DataError if there are no class folders."""
    from core.data.listing import layout

    found = layout(source)
    folders = [part[digit] for part in (found.train, found.test) for digit in sorted(part)]
    return [
        each
        for folder in folders
        for each in sorted(folder.iterdir())
        if each.name.lower().endswith(IMAGES) and not each.name.startswith(".") and each.is_file()
    ]


def _copy(
    images: list[Path], folder: Path, report: Report | None, copy: Callable[[Path, Path], object] = shutil.copy2
) -> int:
    """Copy images, each with its JSON, into class folders of `folder`; returns their number. Raises OSError."""
    folder.mkdir(exist_ok=True)
    for done, image in enumerate(images, 1):
        label = folder / image.parent.name
        label.mkdir(exist_ok=True)
        target, number = label / image.name, 2
        while target.exists():  # a training and a test folder may have the same name in both
            target, number = label / f"{image.stem}-{number}{image.suffix}", number + 1
        copy(image, target)
        if (details := image.with_suffix(".json")).is_file():  # a device would be copied without end
            copy(details, target.with_suffix(".json"))
        if report is not None:
            report(done, len(images))
    return len(images)


def _copy_decisions(folder: Path, target: Path) -> None:
    """Copy the decisions of a check-up about single images. Raises OSError."""
    if (folder / amendments.NAME).is_file():
        shutil.copy2(folder / amendments.NAME, target)


def _require_images(source: Path, folder: Path, count: int) -> None:
    """Raise DataError if none of the imported images can be read."""
    from core.preprocessing.images import read

    reason = "its class folders hold no images"
    for drawing in drawings(OwnSet(folder, source.name)):
        try:
            read(drawing.path)
        except DataError as error:
            reason = f"none of its {count:,} images can be read; the first {error}"
            continue
        return
    raise DataError(f"{source} is not a set of drawings: {reason}")
