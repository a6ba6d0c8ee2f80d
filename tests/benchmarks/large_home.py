"""How long screens take where somebody has worked for years.

    python -m tests.benchmarks.large_home [--runs 1000] [--drawings 10000]

The app is opened twice in a pseudo-terminal: in an empty home with one drawing and one run, and in one with so many.
Each screen is opened several times in both, by turns; printed are the medians from the key to the last thing painted
before the screen rests.
"""

from __future__ import annotations

import argparse
import io
import json
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

from core.data import mnist
from tests.benchmarks.program import app_command, machine, median, opened, with_past_runs
from tests.slow_line import SlowLine

SCREENS = {"home": "h", "data": "d", "training": "t", "past runs": "to", "drawing": "p", "sets": "po", "networks": "pk"}
"""What is opened, and its keys; each is closed again."""
_TURNS = 5
_LONGEST = 5.0
"""Seconds in which something is painted."""
_REST = 0.3
"""Seconds without output after which a screen rests; a cursor blinks every 0.5."""


def with_drawings(home: Path, count: int) -> Path:
    """Keep `count` of MNIST's digits as an own set."""
    train, _ = mnist.load()
    strokes = [{"points": [[1.0, 1.0], [9.0, 9.0]], "radius": 2.0, "erasing": False}]
    folder = home / "data" / "own"
    lines = []
    for number, (image, label) in enumerate(zip(train.images[:count], train.labels[:count], strict=True)):
        name = f"2026-01-31-{number // 3600 % 24:02}{number // 60 % 60:02}{number % 60:02}-{number:06}"
        place = folder / str(label)
        place.mkdir(parents=True, exist_ok=True)
        png = io.BytesIO()
        Image.fromarray(np.asarray(image).reshape(28, 28)).save(png, "PNG")
        (place / f"{name}.png").write_bytes(png.getvalue())
        details = {"label": int(label), "asked": None, "time": 0.0, "width": 28, "height": 28, "strokes": strokes}
        (place / f"{name}.json").write_text(json.dumps(details))
        lines.append(json.dumps({"id": f"{number:08x}", "do": "keep", "from": "", "to": f"{label}/{name}.png"}))
    (folder / "journal.jsonl").write_text("\n".join(lines) + "\n")
    return home


def opening(line: SlowLine, keys: str) -> float:
    """Seconds from the last of `keys` to the last thing painted before the screen rests."""
    for key in keys[:-1]:
        line.type(key)
        _rest(line)
    before = time.monotonic()
    line.type(keys[-1:])
    while line.last < before and time.monotonic() < before + _LONGEST:
        line.pump(0.01)
    _rest(line)
    last = line.last
    line.type("\x1b")
    _rest(line)
    line.type("d" if keys == "h" else "h")
    _rest(line)
    return max(0.0, last - before)


def _rest(line: SlowLine) -> None:
    """Wait until nothing was painted for a while."""
    began = time.monotonic()
    while time.monotonic() < max(began, line.last) + _REST:
        line.pump(0.01)


def main() -> None:
    """Open them, and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--runs", type=int, default=1000, metavar="N", help="past runs (1,000)")
    options.add_argument("--drawings", type=int, default=10_000, metavar="N", help="own drawings (10,000)")
    given = options.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        small = with_drawings(with_past_runs(Path(folder) / "small", 1), 1)
        large = with_drawings(with_past_runs(Path(folder) / "large", given.runs), given.drawings)
        with opened(app_command(), small) as one, opened(app_command(), large) as other:
            for line in (one, other):
                line.expect("Training")
                _rest(line)
            for name, keys in SCREENS.items():
                pairs = [(opening(one, keys), opening(other, keys)) for _ in range(_TURNS + 1)][1:]
                little, much = (median(each) for each in zip(*pairs, strict=True))
                print(f"{name:10} {little * 1000:5.0f} ms, with all of it {much * 1000:5.0f} ms", flush=True)


if __name__ == "__main__":
    main()
