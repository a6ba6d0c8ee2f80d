"""Saves the drawing on the pad, not yet kept, so that neither a crash nor quitting loses it.

    data/drafts/1.json  the drawing of the first open window; 2.json is that of a second one open at the same time
    data/drafts/1.lock  locked by that window's process as long as it lives

A window takes the first number that no living process holds, and with it the draft that an earlier window left there.
The file is replaced atomically, but not forced to the disk, which would take longer than a stroke may.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from core import paths
from core.errors import DataError
from core.system import lock, plain_file

if TYPE_CHECKING:
    from core.drawing.ink import Stroke

_MOST = 100  # windows with their own drafts


def save(width: int, height: int, strokes: Sequence[Stroke]) -> None:
    """Save the strokes on a canvas of `width` × `height` pixels in place of the last draft; none remove the draft.

    Raises DataError if the draft cannot be written.
    """
    from core.drawing.strokes import as_json
    from core.system import atomic  # late: it imports tempfile, which slows the start

    if not strokes:
        forget()
        return
    file = _file()
    try:
        content = json.dumps({"width": width, "height": height, "strokes": as_json(strokes)})
        atomic.write_text(file, content, sync=False)
    except OSError as error:
        raise DataError(f"the drawing on the pad cannot be kept in {file.parent}: {error.strerror}") from error


def load() -> tuple[int, int, tuple[Stroke, ...]] | None:
    """The draft that this window, or one now closed, left: width and height of the canvas in pixels, and strokes.

    None if there is no draft, or none that can be read. Raises DataError if the folder cannot be written.
    """
    file = _file()
    if not file.exists():
        _inherit(file)
    return read(file)


def read(file: Path) -> tuple[int, int, tuple[Stroke, ...]] | None:
    """What the draft in `file` holds, as `load` returns it; None if it cannot be read."""
    from core.drawing.strokes import from_json

    try:
        found = json.loads(plain_file.read_bytes(file))
        width, height, strokes = found["width"], found["height"], from_json(found["strokes"])
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None
    if not all(type(side) is int and 0 < side < 10_000 for side in (width, height)) or not strokes:
        return None
    return width, height, strokes


def forget() -> None:
    """Remove the draft, since the drawing was kept or cleared. Raises DataError if that fails."""
    file = _file()
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        raise DataError(f"the draft {file} cannot be removed: {error.strerror}") from error


def _file() -> Path:
    return _held(paths.user_data() / "drafts")


@cache  # the lock is held as long as the process lives, so it is taken once
def _held(folder: Path) -> Path:
    """The first draft in `folder` that no other living process holds; this process holds it from now on."""
    try:
        folder.mkdir(exist_ok=True)
        for number in range(1, _MOST + 1):
            if lock.take(folder / f"{number}.lock") is not None:
                return folder / f"{number}.json"
    except OSError as error:
        raise DataError(f"the drawing on the pad cannot be kept in {folder}: {error.strerror}") from error
    raise DataError(f"{_MOST} windows draw at once; close some of them")


def _inherit(file: Path) -> None:
    """Take over the draft of a closed window: if two windows crashed, only one may be opened again."""
    for other in sorted(file.parent.glob("*.json")):
        with contextlib.suppress(OSError):
            handle = lock.take(other.with_suffix(".lock"))
            if handle is not None:
                try:
                    other.rename(file)
                finally:
                    os.close(handle)
                return
