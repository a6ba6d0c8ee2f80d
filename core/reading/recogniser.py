"""Reads bitmaps with one checkpoint: normalise, network, probabilities, on the CPU.

It leaves the number of threads, which is the whole process's, as it is: who calls it sets it, and to one, since
a single small image gains nothing from more.
"""

from __future__ import annotations

import contextlib
import dataclasses
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from core.config.calibration import Calibration
from core.data.collection import CLASSES
from core.drawing.ink import Stroke
from core.errors import CheckpointError, DataError
from core.inference.fused import folded
from core.inference.prepacked import packed
from core.inference.quick_scores import QuickScores
from core.inference.scores import Scores, scores
from core.networks import checkpoint
from core.preprocessing.normalise import Polarity, normalise
from core.reading.numbers.prepared import Prepared, prepared
from core.reading.reading import ReadDigit, Reading

_CPU = torch.device("cpu")


class Recogniser:
    """A network in memory that follows its checkpoint's file. Raises CheckpointError when it cannot be loaded."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stamp = _stamp(path)  # before loading: a file replaced meanwhile is noticed by the next `refresh`
        self._load()
        self._packed(torch.zeros(1, 1, 28, 28))  # the first pass sets up kernels and costs many times a later one

    def _load(self) -> None:
        self.network, self.header = checkpoint.load(self.path)
        self.quick = folded(self.network)
        """The same network in fewer steps, which differ by the rounding of float32."""
        self._packed = packed(self.quick)
        """What reads: another copy of that, or that itself where there is no faster one."""
        self.calibration = Calibration.of(self.header.calibration)
        """That of the checkpoint."""
        self._quick_scores: QuickScores | None = None

    def expect_many(self) -> None:
        """From now on most images are read in eight bits where there are tens of them at a time, to save time.

        The digits and refusals stay what they are, and probabilities but for 0.005. A `refresh` ends it.
        """
        with contextlib.suppress(DataError):  # MNIST's files are damaged: whatever needs them says so
            self._quick_scores = QuickScores.of(self.quick, self._exact, self.calibration)

    def refresh(self) -> bool:
        """Load the file again if it was replaced; whether it was. A file that is gone or damaged changes nothing."""
        stamp = _stamp(self.path)
        if stamp is None or stamp == self._stamp:
            return False
        try:
            self._load()
        except CheckpointError:
            return False  # what was loaded goes on answering
        self._stamp = stamp
        return True

    def read(self, bitmap: NDArray[np.uint8], polarity: Polarity = "auto") -> Reading:
        """The reading of `bitmap` (H, W) uint8 of any size; nothing drawn gives a reading without a digit."""
        began = time.perf_counter()
        return self._since(began, self._read(normalise(bitmap, polarity)[np.newaxis]))[0]

    def read_number(
        self, bitmap: NDArray[np.uint8], strokes: Sequence[Stroke] | None = None, polarity: Polarity = "auto"
    ) -> Reading:
        """As `read`, but several digits beside each other are read as a number; a single one is read by `read`.

        `strokes` are those that made `bitmap`, in its pixels; without them its connected parts are looked at.
        """
        began = time.perf_counter()
        return self._since(began, self.read_prepared([prepared(bitmap, strokes, polarity)]))[0]

    def read_prepared(self, bitmaps: Sequence[Prepared]) -> list[Reading]:
        """The readings of bitmaps that are ready: together they take less time than one by one."""
        if not bitmaps:
            return []
        began = time.perf_counter()
        found = self._read(np.stack([each.seen for each in bitmaps]))
        self._divide(found, bitmaps)
        return self._since(began, found)

    def _divide(self, found: list[Reading], bitmaps: Sequence[Prepared]) -> None:
        """Put numbers in the place of those single digits in `found` that are rather several; all are read together."""
        asked = []
        for at, (whole, bitmap) in enumerate(zip(found, bitmaps, strict=True)):
            if whole.digit is None:
                continue
            division = bitmap.division(whole.certainty)
            if division is not None:
                least = division.least(whole.digit, whole.certainty)
                if division.most() >= least:
                    asked.append((at, division, least))
        if not asked:
            return
        images = [division.images() for _, division, _ in asked]
        read = self.scores(np.concatenate(images))
        end = 0
        for (at, division, least), own in zip(asked, images, strict=True):
            start, end = end, end + len(own)
            digits = division.digits(least, own, read.probabilities[start:end], read.no_digit[start:end])
            if digits:
                found[at] = _number(found[at], digits)

    def _read(self, seen: NDArray[np.uint8]) -> list[Reading]:
        """The readings of images (N, 28, 28) as `normalise` makes them; how long they took is left 0."""
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
        """Each with its part of the time that all of them took."""
        each = (time.perf_counter() - began) * 1000 / len(readings)
        return [dataclasses.replace(reading, milliseconds=each) for reading in readings]

    def scores(self, seen: NDArray[np.uint8]) -> Scores:
        """What the network says of `seen` (N, 28, 28) uint8, images as `normalise` makes them."""
        return self._exact(seen) if self._quick_scores is None else self._quick_scores(seen)

    def _exact(self, seen: NDArray[np.uint8]) -> Scores:
        return scores(self._packed, seen, _CPU, self.calibration)


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
    # The inode too: a file replaced twice within the clock's grain still differs.
    return status.st_ino, status.st_size, status.st_mtime_ns
