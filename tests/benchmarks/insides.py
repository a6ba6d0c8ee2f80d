"""How soon the feature maps of a drawing show after the end of a stroke.

    python -m tests.benchmarks.insides [--strokes 40]

The app runs without a terminal, at 80 × 24, with its real reader. Strokes of twos are drawn one after the other; each
time passes from the end of the stroke to the probabilities that belong to it, and to the feature maps of its last
image. The first strokes, for which modules are imported, are not counted.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from typing import Any

from core.reading.reading import Reading
from scripts.pictures import _two
from tui.app import DigitsApp
from tui.screens.drawing import DrawingScreen
from tui.widgets.drawing.pad import Pad
from tui.widgets.inside.inside import Inside

_WARM = 5


class _Moments:
    """When something was last shown."""

    def __init__(self) -> None:
        self.at = 0.0
        self.come = asyncio.Event()

    def note(self) -> None:
        """It was shown just now."""
        self.at = time.perf_counter()
        self.come.set()

    async def next(self) -> float:
        """Wait until it is shown."""
        self.come.clear()
        await asyncio.wait_for(self.come.wait(), 20)
        return self.at


async def _measured(strokes: int) -> tuple[list[float], list[float]]:
    """Milliseconds from the end of each stroke to its probabilities, and to its feature maps."""
    read, shown = _Moments(), _Moments()
    show_reading, show_layers = DrawingScreen._show, Inside._show_layers

    def note_reading(screen: DrawingScreen, reading: Reading | None) -> None:
        show_reading(screen, reading)
        if reading is not None:
            read.note()

    def note_layers(inside: Inside, *arguments: Any) -> None:
        show_layers(inside, *arguments)
        shown.note()

    setattr(DrawingScreen, "_show", note_reading)  # noqa: B010 - mypy takes no assignment to a method
    setattr(Inside, "_show_layers", note_layers)  # noqa: B010
    readings, maps = [], []
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("p")
        await pilot.pause(0.5)
        pad = app.screen.query_one(Pad)
        await pilot.press("v")
        for number in range(strokes + _WARM):
            pad.begin_another()
            path = [(x * pad.ink.width, y * pad.ink.height) for x, y in _two()]
            pad.ink.press(*path[0])
            for point in path[1:]:
                pad.ink.drag(*point)
            pad.post_message(Pad.Changed(pad))
            await read.next()
            await pilot.pause(0.6)  # longer than the maps wait between two looks while a stroke is drawn
            began = time.perf_counter()
            pad.ink.drag(path[-1][0], path[-1][1] - 2)
            pad.ink.lift()
            pad.post_message(Pad.Changed(pad))
            reading = await read.next()
            layers = await shown.next()  # of the reading's image: it is asked for when that has come
            if number >= _WARM:
                readings.append(1000 * (reading - began))
                maps.append(1000 * (layers - began))
    return readings, maps


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--strokes", type=int, default=40)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["DIGITS_HOME"] = home
        readings, maps = asyncio.run(_measured(options.strokes))
    for name, found in (("probabilities", readings), ("feature maps", maps)):
        ordered = sorted(found)
        slow = ordered[int(0.95 * (len(ordered) - 1))]
        print(f"{name}: median {statistics.median(found):.1f} ms, 95 of 100 within {slow:.1f} ms (n = {len(found)})")
    print(f"ratio of the medians: {statistics.median(maps) / statistics.median(readings):.2f}")


if __name__ == "__main__":
    main()
