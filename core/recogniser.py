"""Reads bitmaps with one checkpoint: normalise, network, probabilities, on the CPU.

It leaves the number of threads, which is the whole process's, as it is: who calls it sets it, and to one, since
a single small image gains nothing from more.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from core import checkpoint
from core.calibration import Calibration
from core.clean_copy import as_read
from core.errors import CheckpointError
from core.folded import folded
from core.ink import Stroke
from core.normalise import Polarity, normalise, steps
from core.numbers import number
from core.packed import packed
from core.reading import Reading
from core.scores import Scores, scores

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
        """What reads; another copy of that."""
        self.calibration = Calibration.of(self.header.calibration)
        """That of the checkpoint."""

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
        return self._since(began, self._read(normalise(bitmap, polarity)))

    def _read(self, seen: NDArray[np.uint8]) -> Reading:
        """The reading of an image as `normalise` made it; how long it took is left 0."""
        if not seen.any():
            probabilities, no_digit = (0.0,) * 10, 0.0
        else:
            read = self.scores(seen[np.newaxis])
            probabilities, no_digit = tuple(read.probabilities[0].tolist()), float(read.no_digit[0])
        return Reading(
            digit=int(np.argmax(probabilities)) if any(probabilities) else None,
            probabilities=probabilities,
            seen=seen,
            checkpoint=str(self.path),
            milliseconds=0.0,
            no_digit=no_digit,
            threshold=self.calibration.threshold,
        )

    def read_number(
        self, bitmap: NDArray[np.uint8], strokes: Sequence[Stroke] | None = None, polarity: Polarity = "auto"
    ) -> Reading:
        """As `read`, but several digits beside each other are read as a number; a single one is read by `read`.

        `strokes` are those that made `bitmap`, in its pixels; without them its connected parts are looked at.
        """
        began = time.perf_counter()
        stages = {} if strokes else dict(steps(bitmap, polarity))
        if strokes:
            height, width = bitmap.shape
            digits = number.in_strokes(width, height, strokes, self._look)
        else:
            ink = stages["specks removed"]
            digits = number.in_ink(ink, self._look, scale=-(-max(bitmap.shape) // max(ink.shape)))
        if not digits:
            seen = normalise(as_read(bitmap, strokes), polarity) if strokes else list(stages.values())[-1]
            return self._since(began, self._read(seen))
        least = min(digits, key=lambda each: each.certainty)
        reading = Reading(
            digit=least.digit,
            probabilities=least.probabilities,
            seen=least.seen,
            checkpoint=str(self.path),
            milliseconds=0.0,
            no_digit=least.no_digit,
            threshold=self.calibration.threshold,
            digits=digits,
        )
        return self._since(began, reading)

    def _look(self, images: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        found = self.scores(images)
        return found.probabilities, found.no_digit

    @staticmethod
    def _since(began: float, reading: Reading) -> Reading:
        return dataclasses.replace(reading, milliseconds=(time.perf_counter() - began) * 1000)

    def scores(self, seen: NDArray[np.uint8]) -> Scores:
        """What the network says of `seen` (N, 28, 28) uint8, images as `normalise` makes them."""
        return scores(self._packed, seen, _CPU, self.calibration)


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    # The inode too: a file replaced twice within the clock's grain still differs.
    return status.st_ino, status.st_size, status.st_mtime_ns
