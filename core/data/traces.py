"""Reads pen traces, one JSON object per line: digits into a Collection, or non-digits such as letters into Others.

    {"label": "7", "strokes": [[[x, y], …], …]}

x to the right, y down, in any unit; a label may also be a number, and other fields are ignored. Traces are drawn with
the pad's brush, so that a network learns from the same lines that it will read there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from core.config.shape import CLASSES, SIDE
from core.data import cache
from core.data.collection import Collection, LabelledImages, Others, Skipped
from core.drawing.ink import draw
from core.errors import DataError
from core.preprocessing.normalise import normalise
from core.printable import printable
from core.system import plain_file, pool

_LARGEST = 2**31  # bytes of a file; some hundred thousand digits
_LONGEST_LINE = 4 * 2**20  # bytes; a digit has some kilobytes
_MOST_POINTS = 20_000  # a pen that reports 200 times a second reaches this in 100 s
_KEPT = {"images", "labels", "lines", "reasons"}
_EXAMPLE = '{"label": "7", "strokes": [[[x, y], …], …]}'


@dataclass(frozen=True)
class _Selection:
    """Which traces of a file are used."""

    label: Callable[[Any], int | str]
    """Converts a line's label; raises DataError with the reason if the line is not used."""
    example: str
    stamp: str = ""
    """Tells these traces from others of the same file in the cache."""


def gather(path: Path, report: pool.Report | None = None) -> Collection:
    """All usable traces of digits in the file, drawn and normalised once and cached.

    Raises DataError if the file cannot be opened, or if no line of it can be used.
    """
    kept, notes, skipped = _gathered(path, _Selection(_digit, _EXAMPLE), report)
    return Collection(LabelledImages(kept["images"], kept["labels"]), None, notes, skipped)


def gather_others(path: Path, report: pool.Report | None = None) -> Others:
    """Like `gather`, but all usable traces that are not digits: of letters, or without a label."""
    kept, notes, skipped = _gathered(path, _Selection(_no_digit, _EXAMPLE.replace("7", "A"), "no digits"), report)
    return Others(kept["images"], kept["labels"].tolist(), notes, skipped)


def _gathered(
    path: Path, selection: _Selection, report: pool.Report | None
) -> tuple[dict[str, NDArray[Any]], tuple[str, ...], tuple[Skipped, ...]]:
    """The file's arrays, from the cache or drawn; notes; the lines that cannot be used."""
    with _opening(path):
        if path.stat().st_size > _LARGEST:
            raise DataError(f"{path} is larger than {_LARGEST // 2**30} GiB; split it")
        stamp = f"{cache.stamp_of(path)} {selection.stamp}".strip()
    kept = cache.read(path, stamp)
    notes = []
    if kept is None or set(kept) != _KEPT:
        kept = _drawn(path, selection, report)
        notes = [complaint] if (complaint := cache.write(path, kept, stamp)) else []
    elif report is not None:
        report(len(kept["labels"]), len(kept["labels"]))
    skipped = [
        Skipped(f"{path}:{line}", str(reason)) for line, reason in zip(kept["lines"], kept["reasons"], strict=True)
    ]
    if not len(kept["labels"]):
        first = f"; the first, {skipped[0].path}, {skipped[0].reason}" if skipped else ", it is empty"
        raise DataError(f"{path} has no usable traces, which are lines of the form {selection.example}{first}")
    return kept, tuple(notes), tuple(skipped)


@contextmanager
def _opening(path: Path) -> Iterator[None]:
    """Turn an OSError into a DataError. Wraps only reads of the file: one raised by a report is not about the file."""
    try:
        yield
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from error


def _drawn(path: Path, selection: _Selection, report: pool.Report | None) -> dict[str, NDArray[Any]]:
    numbers: list[int] = []
    labels: list[int | str] = []
    lines: list[bytes] = []
    skipped: dict[int, str] = {}
    with _opening(path), plain_file.opened(path) as file:
        for number, line in _lines(file):
            try:
                labels.append(selection.label(_parse(line)[0]))
            except DataError as error:
                skipped[number] = str(error)
                continue
            numbers.append(number)
            lines.append(line)
    # Keep lines, not strokes, and send them to other processes: a parsed point takes ten times as much memory.
    images = pool.each(_image, lines, report, seconds=0.002)
    good = np.ones(len(images), bool)
    for index, image in enumerate(images):
        if isinstance(image, str) or not image.any():
            good[index] = False
            skipped[numbers[index]] = image if isinstance(image, str) else "is blank: nothing is drawn"
    usable = [image for image in images if not isinstance(image, str) and image.any()]
    return {
        "images": np.array(usable, np.uint8).reshape(-1, SIDE, SIDE),
        "labels": np.array(labels, np.str_ if str in map(type, labels) else np.uint8)[good],
        "lines": np.array(sorted(skipped), np.int64),
        "reasons": np.array([skipped[number] for number in sorted(skipped)], np.str_),
    }


def _lines(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Each line that is not blank, with its number from 1; a line that is too long is cut off."""
    number = 0
    while line := file.readline(_LONGEST_LINE):
        number += 1
        rest = line
        while not rest.endswith(b"\n") and (rest := file.readline(_LONGEST_LINE)):
            pass
        if line.strip():
            yield number, line


def _parse(line: bytes) -> tuple[Any, list[list[list[float]]]]:
    """The label, unchecked, and the strokes of a line. Raises DataError with only the reason."""
    if len(line) >= _LONGEST_LINE:
        raise DataError(f"is longer than {_LONGEST_LINE // 2**20} MiB")
    try:
        trace = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise DataError(f"is not JSON: {error}") from error
    if not isinstance(trace, dict):
        raise DataError(f"is not a JSON object of the form {_EXAMPLE}")
    strokes = trace.get("strokes")
    if not isinstance(strokes, list) or not all(isinstance(stroke, list) for stroke in strokes):
        raise DataError("has no strokes: a list of strokes is needed, each a list of points [x, y]")
    points = [point for stroke in strokes for point in stroke]
    if not points:
        raise DataError("has strokes without any point")
    if len(points) > _MOST_POINTS:
        raise DataError(f"has {len(points):,} points; at most {_MOST_POINTS:,} are allowed")
    if not all(_is_point(point) for point in points):
        raise DataError("has a point that is not two finite numbers [x, y]")
    # Tablets add pressure or time to a point, after x and y.
    return trace.get("label"), [[point[:2] for point in stroke] for stroke in strokes]


def _digit(label: Any) -> int:
    if not _is_digit(label):
        raise DataError(f"has the label {json.dumps(label)[:40]}; it must be a digit 0 to 9")
    return int(str(label))


def _no_digit(label: Any) -> str:
    if _is_digit(label):
        raise DataError(f"has the label {label}, which is a digit")
    return "" if label is None else printable(str(label))[:40]


def _is_digit(label: Any) -> bool:
    return not isinstance(label, bool) and str(label) in map(str, range(CLASSES))


def _is_point(point: object) -> bool:
    return (
        isinstance(point, list)
        and len(point) >= 2
        and all(type(value) in (int, float) and abs(value) < 1e100 for value in point[:2])
    )


def _image(line: bytes) -> NDArray[np.uint8] | str:
    """The image (28, 28) uint8, or the reason why there is none."""
    try:
        return normalise(draw(_parse(line)[1]), "bright")
    except DataError as error:
        return str(error)
