"""The drawings of an own set: kept, moved and brought back. Nothing of them is ever deleted.

    own/3/2026-01-31-142500-123456.png    a drawing: (H, W) grey, ink bright on 0; its folder is its digit
    own/3/2026-01-31-142500-123456.json   how it was drawn: label, asked, time, width, height, strokes
    own/.removed/                         what was taken out, to be brought back by `undo`
    own/journal.jsonl                     what was done, in `core.data.own.journal`

The PNG is what counts. Its JSON is written before it and moved before it, so that a kill in between leaves a
drawing whole, with a stray JSON at worst. Names, times of UTC to the microsecond, occur once in a set. Images of
other origin that a person puts into the class folders are drawings without strokes; any other file is left alone.
Several programs may change a set at once: whoever does holds its lock.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.data.own import drawing_files
from core.data.own.drawing_files import CLASSES, REMOVED
from core.data.own.journal import Deed, Journal, Move
from core.data.own.own_set import OwnSet
from core.errors import DataError
from core.system import atomic
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
    """The digit that it is said to be, 0 to 9."""
    time: float
    """When it was drawn, in seconds since 1970; of an image of other origin when its file was changed."""


def drawings(own: OwnSet) -> list[Drawing]:
    """All drawings, by digit and then by name, which is by time. Reads names only; opens no image."""
    return [
        _drawing(own.folder / label / name)
        for label in CLASSES
        for name in sorted(drawing_files.names(own.folder / label))
    ]


def counts(own: OwnSet) -> list[int]:
    """How many drawings there are of each of the ten digits."""
    return [len(drawing_files.names(own.folder / label)) for label in CLASSES]


def keep(
    own: OwnSet, label: int, bitmap: NDArray[np.uint8], strokes: Sequence[Stroke], asked: int | None = None
) -> Drawing:
    """Keep a drawing for good: when this returns it is on the disk and outlives a kill or a power cut.

    `bitmap` is (H, W) uint8, ink bright on 0; `strokes` made it; `asked` is the digit that the person was asked
    to draw, None where they drew what they liked. Takes a few milliseconds, mostly the disk's. Raises DataError
    where the label or the bitmap is none, or the set cannot be written; nothing is half kept then.
    """
    from PIL import Image

    from core.drawing.strokes import as_json

    _require_digit(label)
    if bitmap.ndim != 2 or bitmap.dtype.name != "uint8" or not bitmap.size:
        raise DataError(f"a drawing must be (height, width) of type uint8; this is {bitmap.shape} of {bitmap.dtype}")
    png = io.BytesIO()
    Image.fromarray(bitmap).save(png, "PNG")
    height, width = bitmap.shape
    said: dict[str, Any] = {"label": label, "asked": asked, "time": 0.0, "width": width, "height": height}
    said["strokes"] = as_json(strokes)
    with _changing(own) as journal:
        folder = drawing_files.made(own.folder / str(label))
        stem, said["time"] = drawing_files.new_stem(own.folder)
        image = folder / f"{stem}.png"
        journal.append("keep", "", _relative(own, image))
        atomic.write_text(image.with_suffix(".json"), json.dumps(said) + "\n")
        try:
            drawing_files.write(image, png.getvalue())
        except BaseException:
            image.with_suffix(".json").unlink(missing_ok=True)
            raise
        atomic.sync_folder(folder)
    return _drawing(image)


def strokes_of(drawing: Drawing) -> tuple[Stroke, ...]:
    """The strokes of a drawing, in canvas pixels of its bitmap; none where they are not known, or damaged."""
    from core.drawing.strokes import from_json

    try:
        return from_json(json.loads(drawing.path.with_suffix(".json").read_bytes())["strokes"])
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return ()


def last(own: OwnSet) -> Drawing | None:
    """The drawing that was kept last and is still there, whatever its digit is by now."""
    kept = [entry for entry in Journal(_journal(own)).entries() if entry.do == "keep"]
    found = (_found(own, entry.target) for entry in reversed(kept))
    return next((_drawing(path) for path in found if path is not None), None)


def relabel(own: OwnSet, drawing: Drawing, label: int) -> Drawing:
    """Say that a drawing is another digit. Raises DataError where it is gone, or the set cannot be written."""
    _require_digit(label)
    with _changing(own) as journal:
        path = _still_there(own, drawing)
        if path.parent.name == str(label):
            return _drawing(path)
        return _drawing(_move(own, path, drawing_files.made(own.folder / str(label)), "relabel", journal))


def remove(own: OwnSet, drawing: Drawing) -> None:
    """Take a drawing out of the set; `undo` brings it back. Raises DataError as `relabel` does."""
    with _changing(own) as journal:
        _move(own, _still_there(own, drawing), drawing_files.made(own.folder / REMOVED), "remove", journal)


def take_back(own: OwnSet, drawing: Drawing | None = None) -> Drawing | None:
    """Take the drawing that was kept last, or this one, off again; `undo` brings it back.

    Returns it where it is now, with its strokes, under the label that it had; None where there is none. Raises
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
    """Undo the last relabelling, removal or taking back that was not undone yet, by whichever program.

    Says in words what it did; empty where there is nothing to undo. Raises DataError where the set cannot be
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
            return f"It is a {target.parent.name} again, no {Path(entry.target).parent.name}."
        case "take back":
            return f"The {target.parent.name} that was taken back is kept again."
        case _:
            return f"The {target.parent.name} that was removed is back."


# Files


@contextmanager
def _changing(own: OwnSet) -> Iterator[Journal]:
    """The set's journal, with no other program changing the set; errors of writing become DataError."""
    try:
        drawing_files.made(own.folder)
        with locked(own.folder / ".lock"):
            yield Journal(_journal(own))
    except OSError as error:
        raise DataError(
            f"the drawings in {own.folder} cannot be changed: {error.strerror}. "
            "Free some space there, or make the folder writable; then try again"
        ) from error


def _move(own: OwnSet, path: Path, folder: Path, do: Deed, journal: Journal) -> Path:
    target = drawing_files.free(folder, path.name)
    journal.append(do, _relative(own, path), _relative(own, target))
    drawing_files.carry(path, target)
    return target


def _drawing(path: Path) -> Drawing:
    return Drawing(path, int(path.parent.name), drawing_files.time_of(path))


def _still_there(own: OwnSet, drawing: Drawing) -> Path:
    """Where the drawing is, though another program may have moved it. Raises DataError where it is gone."""
    if (path := _found(own, f"{drawing.path.parent.name}/{drawing.path.name}")) is None:
        raise DataError(f"the drawing {drawing.path.name} is no longer in the set {own.name}; another program took it")
    return path


def _found(own: OwnSet, relative: str) -> Path | None:
    """Where an image that was at `relative` is among the class folders; None where it is in none."""
    label, _, name = relative.rpartition("/")
    places = (own.folder / each / name for each in dict.fromkeys((label, *CLASSES)) if each in CLASSES)
    return next((path for path in places if path.is_file()), None)


def _inside(own: OwnSet, relative: str) -> Path | None:
    """A path that the journal names; None where it could lead elsewhere: the file may have been tampered with."""
    place, _, name = relative.partition("/")
    plain = name and "/" not in name and "\0" not in name and name not in (".", "..")
    return own.folder / place / name if plain and place in (*CLASSES, REMOVED) else None


def _relative(own: OwnSet, path: Path) -> str:
    return path.relative_to(own.folder).as_posix()


def _journal(own: OwnSet) -> Path:
    return own.folder / "journal.jsonl"


def _require_digit(label: int) -> None:
    if label not in range(10):
        raise DataError(f"the label is {label!r}; it must be a digit, 0 to 9")
