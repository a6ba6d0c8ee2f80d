"""The drawings of an own set: keeps, moves and restores them. Never deletes a drawing.

    own/3/2026-01-31-142500-123456.png    a drawing: (H, W) grey, ink bright on 0; its folder is its digit
    own/3/2026-01-31-142500-123456.json   how it was drawn: label, asked, time, width, height, strokes
    own/.removed/                         removed drawings, which `undo` brings back
    own/journal.jsonl                     all changes, see `core.data.own.journal`

The PNG is what counts. Its JSON is written and moved before it, so that a kill in between leaves the drawing whole,
with a stray JSON at worst. A name, which is the UTC time to the microsecond, occurs only once in a set. Images from
elsewhere that a person puts into the class folders are drawings without strokes; any other file is left alone.
Several programs may change a set at the same time: each holds the set's lock while it does.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.data.own import drawing_files
from core.data.own.drawing_files import CLASSES, REMOVED
from core.data.own.journal import Deed, Journal, Move
from core.data.own.own_set import OwnSet
from core.errors import DataError
from core.system import atomic, plain_file
from core.system.lock import locked

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from core.drawing.ink import Stroke


@dataclass(frozen=True)
class Drawing:
    """One image of a set."""

    path: Path
    label: int
    """Its digit according to the person, 0 to 9."""
    time: float
    """When it was drawn, in seconds since 1970; for an image from elsewhere, when its file was last changed."""


def drawings(own: OwnSet) -> list[Drawing]:
    """All drawings, sorted by digit and then by name, which means by time. Reads only names; opens no image."""
    return [
        _drawing(own.folder / label / name)
        for label in CLASSES
        for name in sorted(drawing_files.names(own.folder / label))
    ]


def counts(own: OwnSet) -> list[int]:
    """The number of drawings of each of the ten digits."""
    return [len(drawing_files.names(own.folder / label)) for label in CLASSES]


def keep(
    own: OwnSet, label: int, bitmap: NDArray[np.uint8], strokes: Sequence[Stroke], asked: int | None = None
) -> Drawing:
    """Keep a drawing: when this returns, it is on the disk and survives a kill or a power cut.

    `bitmap` is (H, W) uint8, ink bright on 0; `strokes` made it; `asked` is the digit that the person was asked to
    draw, None if they chose it. Takes a few milliseconds, mostly for the disk. Raises DataError if the label or the
    bitmap is invalid, or if the set cannot be written; then nothing is half kept.
    """
    from PIL import Image

    from core.drawing.strokes import as_json

    _require_digit(label)
    if bitmap.ndim != 2 or bitmap.dtype.name != "uint8" or not bitmap.size:
        raise DataError(f"a drawing must be (height, width) of type uint8; this is {bitmap.shape} of {bitmap.dtype}")
    png = io.BytesIO()
    Image.fromarray(bitmap).save(png, "PNG")
    height, width = bitmap.shape
    details: dict[str, Any] = {"label": label, "asked": asked, "time": 0.0, "width": width, "height": height}
    details["strokes"] = as_json(strokes)
    with _changing(own) as journal:
        folder = drawing_files.made(own.folder / str(label))
        stem, details["time"] = drawing_files.new_stem(own.folder)
        image = folder / f"{stem}.png"
        journal.append("keep", "", _relative(own, image))
        try:
            atomic.write_text(image.with_suffix(".json"), json.dumps(details) + "\n")
            drawing_files.write(image, png.getvalue())
        except BaseException:  # also where only the names do not reach the disk: what is not certain is not kept
            image.unlink(missing_ok=True)
            image.with_suffix(".json").unlink(missing_ok=True)
            raise
    return _drawing(image)


def strokes_of(drawing: Drawing) -> tuple[Stroke, ...]:
    """The strokes of a drawing, in canvas pixels of its bitmap; empty if they are unknown or damaged."""
    from core.drawing.strokes import from_json

    try:
        return from_json(json.loads(plain_file.read_bytes(drawing.path.with_suffix(".json")))["strokes"])
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return ()


def last(own: OwnSet) -> Drawing | None:
    """The drawing most recently kept that is still in the set, even if it was relabelled since."""
    kept = [entry for entry in Journal(journal_file(own)).entries() if entry.do == "keep"]
    found = (_found(own, entry.target) for entry in reversed(kept))
    return next((_drawing(path) for path in found if path is not None), None)


def relabel(own: OwnSet, drawing: Drawing, label: int) -> Drawing:
    """Give a drawing another digit. Raises DataError if the drawing is gone, or if the set cannot be written."""
    _require_digit(label)
    with _changing(own) as journal:
        path = _still_there(own, drawing)
        if path.parent.name == str(label):
            return _drawing(path)
        return _drawing(_move(own, path, drawing_files.made(own.folder / str(label)), "relabel", journal))


def remove(own: OwnSet, drawing: Drawing) -> None:
    """Remove a drawing from the set; `undo` brings it back. Raises DataError as `relabel` does."""
    with _changing(own) as journal:
        _move(own, _still_there(own, drawing), drawing_files.made(own.folder / REMOVED), "remove", journal)


def take_back(own: OwnSet, drawing: Drawing | None = None) -> Drawing | None:
    """Take back `drawing`, or the one most recently kept; `undo` brings it back.

    Returns the drawing at its new place, with its strokes and the label that it had; None if there is none. Raises
    DataError as `relabel` does.
    """
    with _changing(own) as journal:
        kept = drawing if drawing is not None else last(own)
        if kept is None:
            return None
        path = _still_there(own, kept)
        target = _move(own, path, drawing_files.made(own.folder / REMOVED), "take back", journal)
    return Drawing(target, int(path.parent.name), drawing_files.time_of(target))


def undo(own: OwnSet) -> str:
    """Undo the last relabelling, removal or taking back that was not undone yet, whichever program made it.

    Returns a sentence that says what it did, empty if there was nothing to undo. Raises DataError if the set cannot be
    written.
    """
    if not own.folder.is_dir():
        return ""
    with _changing(own) as journal:
        for entry in reversed(journal.entries()):
            path, before = _inside(own, entry.target), _inside(own, entry.source)
            if entry.do == "keep" or path is None or before is None or not path.is_file():
                continue
            target = drawing_files.free(drawing_files.made(before.parent), before.name)
            drawing_files.carry(path, target)
            journal.undone(entry)
            return _in_words(entry, target)
    return ""


def _in_words(entry: Move, target: Path) -> str:
    match entry.do:
        case "relabel":
            return f"It is a {target.parent.name} again, not a {Path(entry.target).parent.name}."
        case "take back":
            return f"The {target.parent.name} that was taken back is kept again."
        case _:
            return f"The {target.parent.name} that was removed is back."


# Files


@contextmanager
def _changing(own: OwnSet) -> Iterator[Journal]:
    """The set's journal, while no other program can change the set; write errors become DataError."""
    try:
        drawing_files.made(own.folder)
        with locked(own.folder / ".lock"):
            _tidied(own.folder)
            yield Journal(journal_file(own))
    except OSError as error:
        raise DataError(
            f"the drawings in {own.folder} cannot be changed: {error.strerror}. "
            "Free some space there, or make the folder writable; then try again"
        ) from error


@cache  # once in a process: it reads the names of all drawings
def _tidied(folder: Path) -> None:
    drawing_files.tidy(folder)


def _move(own: OwnSet, path: Path, folder: Path, do: Deed, journal: Journal) -> Path:
    target = drawing_files.free(folder, path.name)
    journal.append(do, _relative(own, path), _relative(own, target))
    drawing_files.carry(path, target)
    return target


def _drawing(path: Path) -> Drawing:
    return Drawing(path, int(path.parent.name), drawing_files.time_of(path))


def _still_there(own: OwnSet, drawing: Drawing) -> Path:
    """The drawing's path, even if another program has relabelled it. Raises DataError if it is gone."""
    if (path := _found(own, f"{drawing.path.parent.name}/{drawing.path.name}")) is None:
        raise DataError(
            f"the drawing {drawing.path.name} is no longer in the set {own.name}; another program removed it"
        )
    return path


def _found(own: OwnSet, relative: str) -> Path | None:
    """The path, in any class folder, of an image that was at `relative`; None if it is in none."""
    label, _, name = relative.rpartition("/")
    places = (own.folder / each / name for each in dict.fromkeys((label, *CLASSES)) if each in CLASSES)
    return next((path for path in places if path.is_file()), None)


def _inside(own: OwnSet, relative: str) -> Path | None:
    """A path from the journal; None if it could lead out of the set: the journal may have been tampered with."""
    place, _, name = relative.partition("/")
    plain = name and "/" not in name and "\0" not in name and name not in (".", "..")
    return own.folder / place / name if plain and place in (*CLASSES, REMOVED) else None


def _relative(own: OwnSet, path: Path) -> str:
    return path.relative_to(own.folder).as_posix()


def journal_file(own: OwnSet) -> Path:
    """The file of what was done to the set."""
    return own.folder / "journal.jsonl"


def _require_digit(label: int) -> None:
    if label not in range(10):
        raise DataError(f"the label is {label!r}; it must be a digit, 0 to 9")
