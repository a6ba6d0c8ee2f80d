"""How well digits are read that were drawn with the arrow keys, beside the same ones drawn with a mouse.

    python -m tests.benchmarks.arrow_drawings pendigits.jsonl [--every 4] [--side 40] [--checkpoint RUN]

Each trace of the file is drawn on a canvas of `--side` pixels, as the pad has at 80×24, with the pad's own brush: with
a mouse where the pen was, and with arrow keys from pixel to pixel, straight lines and right angles alone. Both are read
as the pad reads them. By the longer side of the digit in pixels of the canvas: how many are read right and rejected.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import torch

from core.drawing.ink import Ink, Stroke
from core.reading.numbers.prepared import prepared
from core.reading.recogniser import Recogniser
from core.runs.checkpoints import resolve

Points = list[tuple[float, float]]
_TOGETHER = 100
"""Drawings that are read in one pass."""


def placed(trace: list[list[list[float]]], side: int, length: float) -> list[Points]:
    """A pen's trace in the middle of the canvas, so that its longer side is `length` pixels."""
    paths = [np.asarray(stroke, np.float64)[:, :2] for stroke in trace if stroke]
    points = np.concatenate(paths)
    low, high = points.min(axis=0), points.max(axis=0)
    scale = length / max(float((high - low).max()), 1e-9)
    return [[(x, y) for x, y in ((path - (low + high) / 2) * scale + side / 2).tolist()] for path in paths]


def walked(path: Points) -> Points:
    """The middles of the pixels that arrow keys go through along `path`, one way at a time."""
    cells = [(int(x), int(y)) for x, y in path]
    found = [cells[0]]
    for x, y in cells[1:]:
        while (here := found[-1]) != (x, y):
            across, down = x - here[0], y - here[1]
            # The longer way first, so that a slanted line becomes even stairs.
            if abs(across) >= abs(down):
                found.append((here[0] + int(np.sign(across)), here[1]))
            else:
                found.append((here[0], here[1] + int(np.sign(down))))
    return [(x + 0.5, y + 0.5) for x, y in found]


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("traces", type=Path)
    options.add_argument("--every", type=int, default=4)
    options.add_argument("--side", type=int, default=40)
    options.add_argument("--lengths", type=float, nargs="+", default=[26, 18, 12, 8])
    options.add_argument("--checkpoint", default="", help="else the shipped model")
    given = options.parse_args()
    torch.set_num_threads(1)
    recogniser = Recogniser(resolve(given.checkpoint))
    usual = Ink(given.side, given.side).radius
    rows = [json.loads(line) for line in given.traces.read_text().splitlines()[:: given.every]]
    print(f"{recogniser.path.name}, {len(rows):,} drawings on {given.side}×{given.side} pixels")
    print(f"\n{'pixels from end to end':26}{'by mouse':>10}{'rejected':>10}{'by keys':>10}{'rejected':>10}")
    for length in given.lengths:
        told = f"  {length:<24g}"
        for way in (lambda path: path, walked):
            right = rejected = 0
            for at in range(0, len(rows), _TOGETHER):
                some = rows[at : at + _TOGETHER]
                inks = []
                for row in some:
                    paths = placed(row["strokes"], given.side, length)
                    inks.append(Ink.of(given.side, given.side, [Stroke(usual, False, way(path)) for path in paths]))
                readings = recogniser.read_prepared([prepared(ink.bitmap, ink.strokes, "bright") for ink in inks])
                right += sum(
                    not reading.digits and str(reading.digit) == str(row["label"])
                    for reading, row in zip(readings, some, strict=True)
                )
                rejected += sum(reading.verdict == "not a digit" for reading in readings)
            told += f"{right / len(rows):>10.2%}{rejected / len(rows):>10.2%}"
        print(told)


if __name__ == "__main__":
    main()
