"""Reads bitmaps with one checkpoint: normalise, engine, probabilities, on the CPU.

The number of threads belongs to the whole process, so this module leaves it to the caller, who should set it to one:
a single small image gains nothing from more.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.config.calibration import Calibration
from core.config.shape import CLASSES
from core.drawing.ink import Stroke
from core.errors import CheckpointError
from core.inference.engine import Engine
from core.inference.scores import Scores
from core.networks import checkpoint
from core.networks.architectures import ARCHITECTURES
from core.preprocessing.normalise import Polarity, normalise
from core.reading.numbers.prepared import Prepared, prepared
from core.reading.reading import ReadDigit, Reading


class Recogniser:
    """A network in memory that follows its checkpoint's file. Raises CheckpointError if it cannot be loaded."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stamp = _stamp(path)  # before loading, so that the next `refresh` notices a file replaced meanwhile
        self._load()
        self._engine.warm_up()

    def _load(self) -> None:
        self.network, self.header = checkpoint.load(self.path)
        self.calibration = Calibration.of(self.header.calibration)
        """The checkpoint's calibration."""
        self._engine = Engine(self.network, ARCHITECTURES[self.header.architecture], self.calibration)

    def expect(self, count: int) -> None:
        """Prepare for `count` images in total, some at a time, so that many take less time.

        Digits and rejections stay the same, and probabilities change by at most 0.005. A reload by `refresh` undoes it.
        """
        self._engine.expect(count)

    def refresh(self) -> bool:
        """Load the file again if it was replaced, and return whether it was.

        A file that is gone or damaged changes nothing.
        """
        stamp = _stamp(self.path)
        if stamp is None or stamp == self._stamp:
            return False
        try:
            self._load()
        except CheckpointError:
            return False  # the network in memory goes on answering
        self._stamp = stamp
        return True

    def read(self, bitmap: NDArray[np.uint8], polarity: Polarity = "auto") -> Reading:
        """The reading of `bitmap` (H, W) uint8 of any size; an empty bitmap gives a reading without a digit."""
        began = time.perf_counter()
        return self._since(began, self._read(normalise(bitmap, polarity)[np.newaxis]))[0]

    def read_number(
        self, bitmap: NDArray[np.uint8], strokes: Sequence[Stroke] | None = None, polarity: Polarity = "auto"
    ) -> Reading:
        """As `read`, but several digits next to each other are read as a number; a single one is read as by `read`.

        `strokes` are those that made `bitmap`, in its pixels; without them its connected components are used.
        """
        began = time.perf_counter()
        return self._since(began, self.read_prepared([prepared(bitmap, strokes, polarity)]))[0]

    def read_prepared(self, bitmaps: Sequence[Prepared]) -> list[Reading]:
        """The readings of prepared bitmaps: together they take less time than one by one."""
        if not bitmaps:
            return []
        began = time.perf_counter()
        readings = self._read(np.stack([each.seen for each in bitmaps]))
        self._divide(readings, bitmaps)
        return self._since(began, readings)

    def _divide(self, readings: list[Reading], bitmaps: Sequence[Prepared]) -> None:
        """Replace single digits in `readings` that are more probably numbers; all pieces are read in one batch."""
        divided = []
        for at, (whole, bitmap) in enumerate(zip(readings, bitmaps, strict=True)):
            if whole.digit is None:
                continue
            segmentation = bitmap.segmentation(whole.certainty)
            if segmentation is not None:
                least = segmentation.least(whole.digit, whole.certainty)
                if segmentation.most() >= least:
                    divided.append((at, segmentation, least))
        if not divided:
            return
        images = [segmentation.images() for _, segmentation, _ in divided]
        read = self.scores(np.concatenate(images))
        end = 0
        for (at, segmentation, least), pieces in zip(divided, images, strict=True):
            start, end = end, end + len(pieces)
            digits = segmentation.digits(least, pieces, read.probabilities[start:end], read.no_digit[start:end])
            if digits:
                readings[at] = _number(readings[at], digits)

    def _read(self, seen: NDArray[np.uint8]) -> list[Reading]:
        """The readings of images (N, 28, 28) as `normalise` makes them, with `milliseconds` left at 0."""
        drawn: NDArray[np.bool_] = np.any(seen, axis=(1, 2))
        probabilities, no_digit = np.zeros((len(seen), CLASSES), np.float32), np.zeros(len(seen), np.float32)
        if drawn.any():
            read = self.scores(seen[drawn])
            probabilities[drawn], no_digit[drawn] = read.probabilities, read.no_digit
        return [
            Reading(
                digit=int(row.argmax()) if something else None,
                probabilities=tuple(row.tolist()),
                seen=image,
                checkpoint=str(self.path),
                milliseconds=0.0,
                no_digit=float(none),
                threshold=self.calibration.threshold,
            )
            for image, something, row, none in zip(seen, drawn.tolist(), probabilities, no_digit, strict=True)
        ]

    @staticmethod
    def _since(began: float, readings: Sequence[Reading]) -> list[Reading]:
        """`readings`, each with an equal part of the time since `began`."""
        each = (time.perf_counter() - began) * 1000 / len(readings)
        return [dataclasses.replace(reading, milliseconds=each) for reading in readings]

    def scores(self, seen: NDArray[np.uint8], report: Callable[[int, int], None] | None = None) -> Scores:
        """The network's scores for `seen` (N, 28, 28) uint8, images as `normalise` makes them.

        `report` is called with the number of images read and their total.
        """
        return self._engine.scores(seen, report)


def _number(whole: Reading, digits: tuple[ReadDigit, ...]) -> Reading:
    least = min(digits, key=lambda each: each.certainty)
    return dataclasses.replace(
        whole,
        digit=least.digit,
        probabilities=least.probabilities,
        seen=least.seen,
        no_digit=least.no_digit,
        digits=digits,
    )


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    # The inode as well: a file replaced twice within the clock's resolution still differs.
    return status.st_ino, status.st_size, status.st_mtime_ns
