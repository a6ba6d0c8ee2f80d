"""How soon a stroke shows and is read, from the mouse report to the bytes on the terminal.

    python -m tests.benchmarks.pen [--digits 10] [--quick]

Digits are drawn in a pseudo-terminal of 80 × 24 as a hand does it, with a mouse report for each cell on the way and
60 of them a second at most. Measured are the time from a report to the arrival of the cell's new look, where it gets
one (the brush is wider than a cell, and has often been there), and the time from the end of a stroke (its last cells
and the release, sent together, so that there is something new to read) to the last change of the bars. First nothing
else runs, then a training of `fast` on every core, started as the app starts it. Beside both: a Textual app of one
widget, which paints one cell for each report and nothing more. `--quick` is for trying the script.
"""

from __future__ import annotations

import argparse
import math
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from tests.benchmarks.program import (
    Training,
    app_command,
    bare_command,
    machine,
    median,
    opened,
    percentile,
)
from tests.drawn import SHAPES
from tests.slow_line import SlowLine

Cell = tuple[int, int]
"""Column and row, from 0."""
_PACE = 1 / 60
"""Seconds between two mouse reports."""
_BARS = range(43, 80), range(1, 6)
"""Columns and rows of the bars at 80 × 24."""
_LAST = 5
"""Cells at the end of a stroke that are reported at once."""
_READ = 1.0
"""Seconds after the first change of the bars, after which the stroke counts as read."""
_PATIENCE = 5.0
"""Seconds for that first change on a busy machine."""


@dataclass
class Measured:
    """What was found, in milliseconds."""

    cells: list[float] = field(default_factory=list)
    """From a report to its painted cell."""
    same: int = 0
    """Reports whose cell looked the same before and after."""
    bars: list[float] = field(default_factory=list)
    """From the end of a stroke to the last change of the bars."""
    unchanged: int = 0
    """Strokes after whose end the bars stayed."""


class Watch:
    """Looks at the screen whenever something arrives."""

    def __init__(self, line: SlowLine, found: Measured) -> None:
        self._screen, self._line, self._found = line.screen, line, found
        self._awaited: dict[Cell, tuple[float, object]] = {}
        self._bars = ""
        self.bars_changed = 0.0
        line.arrived = self._look

    def reported(self, cell: Cell) -> None:
        """A report for this cell is about to be sent."""
        self._awaited.setdefault(cell, (time.monotonic(), self._at(cell)))

    def ended(self) -> None:
        """What has not changed by now stays as it is."""
        self._found.same += len(self._awaited)
        self._awaited.clear()

    def _look(self) -> None:
        for cell, (since, before) in list(self._awaited.items()):
            if self._at(cell) != before:
                self._found.cells.append((self._line.last - since) * 1000)
                del self._awaited[cell]
        bars = "".join(self._screen.buffer[row][column].data for row in _BARS[1] for column in _BARS[0])
        if bars != self._bars:
            self._bars, self.bars_changed = bars, self._line.last

    def _at(self, cell: Cell) -> object:
        return self._screen.buffer[cell[1]][cell[0]]


def cells(stroke: list[tuple[float, float]]) -> list[Cell]:
    """The cells that a stroke of 44 × 60 pixels passes when it is drawn 28 pixels high in the middle of the pad."""
    found: list[Cell] = []
    for (x, y), (to_x, to_y) in pairwise(stroke):
        count = math.ceil(2 * max(abs(to_x - x), abs(to_y - y)))
        for step in range(count + 1):
            across, down = x + (to_x - x) * step / count, y + (to_y - y) * step / count
            cell = round(1 + 20 + (across - 22) * 0.6), round(1 + 10 + (down - 30) * 0.3)
            if not found or cell != found[-1]:
                found.append(cell)
    return found


def strokes(count: int) -> Iterator[list[list[Cell]]]:
    """So many digits, each as its strokes."""
    for digit in range(count):
        yield [cells(stroke) for stroke in SHAPES[(7 * digit + 8) % 10]]


def draw(line: SlowLine, found: Measured, count: int, reads: bool) -> None:
    """Draw so many digits; where the program `reads`, wait for the bars after each stroke, and clear the pad."""
    watch = Watch(line, found)
    for digit in strokes(count):
        for stroke in digit:
            kind = "down"
            for number, cell in enumerate(stroke, 1):
                paced = number <= len(stroke) - _LAST
                if paced:
                    watch.reported(cell)
                sent = time.monotonic()
                line.mouse(kind, *cell)
                kind = "move"
                if paced:
                    line.pump(_PACE)
            line.mouse("up", *stroke[-1])
            while (watch.bars_changed if reads else line.last) < sent and time.monotonic() - sent < _PATIENCE:
                line.pump(0.01)
            line.pump(_READ if reads else 0.2)
            watch.ended()
            if not reads:
                continue
            if watch.bars_changed > sent:
                found.bars.append((watch.bars_changed - sent) * 1000)
            else:
                found.unchanged += 1
        if reads:
            line.type("c")
            line.settle(0.3, 5)


def app(home: Path, count: int) -> Measured:
    """The app, with its reader loaded and one digit drawn before those that count."""
    found = Measured()
    with opened(app_command(), home) as line:
        line.expect("Training", 120)
        line.settle(0.3)
        line.type("p")
        line.expect("Draw something", 120)
        line.mouse("down", 20, 4)
        line.mouse("move", 20, 17)
        line.mouse("up", 20, 17)
        line.expect("%", 300)
        line.settle(0.5, 10)
        line.type("c")
        line.settle(0.5, 10)
        draw(line, found, count, True)
    return found


def bare(home: Path, count: int) -> Measured:
    """The Textual app of one widget."""
    found = Measured()
    with opened(bare_command(), home) as line:
        line.expect("....", 120)
        line.settle(0.3)
        draw(line, found, count, False)
    return found


def measure(home: Path, count: int, load: str) -> None:
    """Print the rows of one state of the machine."""
    plain, ours = bare(home, max(1, count // 3)), app(home, count)
    _row(f"a Textual app of one widget, {load}", plain.cells, plain)
    _row(f"report to painted cell, {load}", ours.cells, plain)
    _row(f"end of a stroke to its bars, {load}", ours.bars, plain)
    if ours.same or ours.unchanged:
        print(f"    ({ours.same} reports changed no cell, {ours.unchanged} ends of strokes no bar)", flush=True)


def _row(title: str, found: list[float], plain: Measured) -> None:
    if not found:
        print(f"  {title:<50}  nothing was measured")
        return
    ratio = median(found) / median(plain.cells)
    print(
        f"  {title:<50}{len(found):>6}{median(found):>8.1f} ms{percentile(found, 95):>8.1f} ms{max(found):>8.1f} ms"
        f"{ratio:>8.1f}",
        flush=True,
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--digits", type=int, default=10, help="drawn idle, and as many while training")
    parser.add_argument("--quick", action="store_true", help="two digits each")
    options = parser.parse_args()
    count = 2 if options.quick else options.digits
    print(machine())
    print(f"{'':<52}{'n':>6}{'median':>11}{'95th':>11}{'most':>11}{'× bare':>8}")
    with tempfile.TemporaryDirectory() as home:
        measure(Path(home), count, "idle")
    with tempfile.TemporaryDirectory() as home, Training(Path(home)):
        measure(Path(home), count, "training")


if __name__ == "__main__":
    main()
