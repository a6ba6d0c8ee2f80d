"""How much the line to the terminal has to carry, and what becomes of it where the line is slow.

    python -m tests.benchmarks.line [--digits 3] [--traces pendigits.jsonl] [--seconds 20] [--baud 1200 9600 115200]

The app runs in a pseudo-terminal of 80 × 24 cells in truecolor. Digits are drawn as a hand does, with mouse reports
(60 a second) and with the arrow keys (25 a second), and the bytes are counted from the first report to the last
thing that comes of them. A training is watched whose events are written as a run on two cores writes them; no
network is trained meanwhile. Then the same over a line of so many baud with 300 ms each way: how far the ink
is behind the pen, how much is under way at most, and when the last byte arrives after the last pen move.
With `--traces`, digits are taken from a file of pen traces in place of our own ones.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.drawn import SHAPES
from tests.slow_line import SlowLine

_ROOT = Path(__file__).resolve().parent.parent.parent

Point = tuple[float, float]
SIDE = 40
"""Canvas pixels of the pad at 80 × 24; its first cell is at (1, 1)."""
DELAY = 0.3
"""Seconds each way over a slow line."""
_MOUSE, _KEYS = 1 / 60, 1 / 25
_UP, _DOWN, _RIGHT, _LEFT = "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D"


def strokes(options: argparse.Namespace) -> Iterator[list[list[Point]]]:
    """Digits as strokes of points in canvas pixels, about 28 pixels high in the middle of the pad."""
    if options.traces is None:
        digits: Iterable[list[list[Point]]] = (SHAPES[digit] for digit in (8, 5, 2, 3, 9, 6, 0, 4, 7, 1))
    else:
        lines = options.traces.read_text().splitlines()
        rows = [json.loads(line) for line in random.Random(5).sample(lines, options.digits)]
        digits = [[[(point[0], point[1]) for point in stroke] for stroke in row["strokes"] if stroke] for row in rows]
    for digit, _ in zip(digits, range(options.digits), strict=False):
        points = [point for stroke in digit for point in stroke]
        left, right = min(x for x, _ in points), max(x for x, _ in points)
        top, bottom = min(y for _, y in points), max(y for _, y in points)
        scale = 28 / max(right - left, bottom - top, 1)
        x0, y0 = SIDE / 2 - scale * (left + right) / 2, SIDE / 2 - scale * (top + bottom) / 2
        yield [[(x0 + scale * x, y0 + scale * y) for x, y in stroke] for stroke in digit]


def between(stroke: list[Point]) -> Iterator[tuple[int, int]]:
    """The pixels that a pen passes, one after the other."""
    last = None
    for (x, y), (to_x, to_y) in zip(stroke, stroke[1:] or stroke, strict=False):
        count = max(1, math.ceil(2 * max(abs(to_x - x), abs(to_y - y))))
        for step in range(count + 1):
            here = round(x + (to_x - x) * step / count), round(y + (to_y - y) * step / count)
            if here != last:
                yield here
            last = here


class Ink:
    """How far the ink is behind the pen: from when a report is sent until its cell looks different, for who sent it."""

    def __init__(self, line: SlowLine) -> None:
        self._screen = line.screen
        self._awaited: dict[tuple[int, int], tuple[float, object]] = {}
        self.behind: list[float] = []
        """Seconds, one for each cell that was drawn on."""
        self.last = time.monotonic()
        """When the pen was moved last."""
        line.arrived = self._look

    def drawn(self, column: int, row: int) -> None:
        """The pen has just been moved there."""
        self.last = time.monotonic()
        self._awaited.setdefault((column, row), (self.last, self._screen.buffer[row][column]))

    def _look(self) -> None:
        for (column, row), (since, before) in list(self._awaited.items()):
            if self._screen.buffer[row][column] != before:
                self.behind.append(time.monotonic() - since)
                del self._awaited[column, row]


def draw_with_mouse(line: SlowLine, digit: list[list[Point]], ink: Ink | None = None) -> int:
    """How many reports it took."""
    moves = 0
    for stroke in digit:
        kind, at = "down", (-1, -1)
        for x, y in between(stroke):
            cell = 1 + x, 1 + y // 2
            if cell != at:
                line.mouse(kind, *cell)
                if ink is not None:
                    ink.drawn(*cell)
                line.pump(_MOUSE)
                kind, at, moves = "move", cell, moves + 1
        line.mouse("up", *at)
        line.pump(_MOUSE)
    return moves


def draw_with_keys(line: SlowLine, digit: list[list[Point]], pen: list[int], ink: Ink | None = None) -> int:
    """How many key presses it took; `pen` is where the pen is, and is moved."""
    keys, lowered = 0, False

    def go(x: int, y: int) -> None:
        nonlocal keys
        while pen != [x, y]:
            across = abs(x - pen[0]) >= abs(y - pen[1])
            step = 1 if (x > pen[0] if across else y > pen[1]) else -1
            pen[0 if across else 1] += step
            line.type((_LEFT, _RIGHT)[step > 0] if across else (_UP, _DOWN)[step > 0])
            if ink is not None and lowered:
                ink.drawn(1 + pen[0], 1 + pen[1] // 2)
            line.pump(_KEYS)
            keys += 1

    for stroke in digit:
        places = between(stroke)
        go(*next(places))
        line.type(" ")
        line.pump(_KEYS)
        lowered = True
        for x, y in places:
            go(x, y)
        line.type(" ")
        line.pump(_KEYS)
        lowered = False
        keys += 2
    return keys


def opened(home: Path, *, baud: float = 0, delay: float = 0.0) -> SlowLine:
    """The app over such a line."""
    environment = {**os.environ, "DIGITS_HOME": str(home), "PYTHONPATH": str(_ROOT)}
    return SlowLine([sys.executable, "-P", "-m", "tui"], environment, baud=baud, delay=delay)


def drawing(home: Path, *, baud: float = 0, delay: float = 0.0) -> SlowLine:
    """The app with its pad open, and its reader ready."""
    app = opened(home, baud=baud, delay=delay)
    app.expect("Training", 120)
    app.settle()
    app.type("p")
    app.expect("Draw something", 300)
    deadline = time.monotonic() + 60
    while "loading" in app.text() and time.monotonic() < deadline:
        app.pump(0.1)
    app.settle()
    return app


def train(folder: Path, stop: threading.Event) -> None:
    """Write what a run writes, at its pace, until it is to stop."""
    os.environ["DIGITS_HOME"] = str(folder)
    from core.config.configuration import TrainingConfig
    from core.runs import events
    from core.runs.run import create_run
    from core.runs.writer import RunWriter

    run = create_run(TrainingConfig())
    chance, steps, epochs, rate = random.Random(7), 228, 60, 40
    with RunWriter(run) as writer:
        writer.append(
            events.Started(
                data="mnist", recipe="fast", architecture="small", parameters=213_866, epochs=epochs,
                steps_per_epoch=steps, batch_size=256, train_count=58_200, validation_count=1_800, test_count=10_000,
                device="cpu", device_name="Two cores", threads=2, precision="bfloat16", seed=7,
                test_note="MNIST's test set", time=time.time(),
            )
        )  # fmt: skip
        began = time.monotonic()
        step = 0
        while not stop.is_set() and step < epochs * steps:
            time.sleep(0.1)
            done = max(1, round(rate * 0.1))
            losses = tuple(
                round((2.0 * math.exp(-(step + each) / 90) + 0.06) * chance.lognormvariate(0, 0.4), 5)
                for each in range(done)
            )
            step += done
            passed = time.monotonic() - began
            writer.append(
                events.Progress(
                    epoch=(step - 1) // steps + 1, step=step, losses=losses,
                    learning_rate=0.01 * (1 - step / steps / epochs),
                    images_per_second=256 * rate * chance.uniform(0.95, 1.05), seconds=passed, time=time.time(),
                )
            )  # fmt: skip
            if step % 20 < done:
                load, memory = chance.uniform(0.85, 1.0), 1_200_000_000 + chance.randrange(10**8)
                writer.append(events.DeviceState("cpu", load, memory, 8_000_000_000, 61.0, time=time.time()))
            if step // steps > (step - done) // steps:
                epoch = step // steps
                writer.append(
                    events.EpochEnded(
                        epoch=epoch, step=step, train_loss=0.3 / epoch, validation_loss=0.2 / epoch,
                        validation_accuracy=0.99 - 0.05 / epoch, learning_rate=0.005, epoch_seconds=5.0,
                        seconds=passed, time=time.time(),
                    )
                )  # fmt: skip


def rate(line: SlowLine, seconds: float) -> float:
    """Bytes a second over so long."""
    before = line.sent
    line.pump(seconds)
    return (line.sent - before) / seconds


def count_bytes(options: argparse.Namespace) -> None:
    """Over a line without limits: what each thing costs."""
    print(f"{'80 × 24, truecolor':<44}{'bytes':>10}")
    with tempfile.TemporaryDirectory() as folder, drawing(Path(folder)) as line:
        for name, pen in (("mouse", None), ("arrow keys", [SIDE // 2, SIDE // 2])):
            sent = moves = 0
            for digit in strokes(options):
                before = line.sent
                moves += draw_with_mouse(line, digit) if pen is None else draw_with_keys(line, digit, pen)
                line.settle(1.5)
                sent += line.sent - before
                line.type("c")
                line.settle(1.5)
            print(f"{f'a pen move with the {name}, mean of {moves}':<44}{sent / moves:>10,.0f}")
        print(f"{'idle on the pad, a second':<44}{rate(line, 5):>10,.0f}")
        line.type("h")
        line.settle()
        print(f"{'idle on the first screen, a second':<44}{rate(line, 5):>10,.0f}")
    with tempfile.TemporaryDirectory() as folder:
        stop = threading.Event()
        writer = threading.Thread(target=train, args=(Path(folder), stop), daemon=True)
        writer.start()
        time.sleep(1)
        with opened(Path(folder)) as line:
            line.expect("Training")
            line.type("t")
            line.expect("Validation accuracy")
            line.settle(0.1, 2)
            print(f"{'watching a training, a second':<44}{rate(line, options.seconds):>10,.0f}")
            stop.set()
            writer.join()
            line.settle(1.5)
            print(f"{'watching a training that has ended, a second':<44}{rate(line, 5):>10,.0f}")


def slow_lines(options: argparse.Namespace) -> None:
    """Over lines of so many baud, with 0.3 s each way: how drawing goes there."""
    print()
    title = "one digit over a slow line, 0.3 s each way"
    print(f"{title:<44}{'ink behind the pen':>22}{'under way':>11}{'last byte':>12}")
    print(f"{'':<44}{'median':>12}{'most':>10}{'at most':>11}{'after it':>12}")
    for baud in options.baud:
        with tempfile.TemporaryDirectory() as folder, drawing(Path(folder), baud=baud, delay=DELAY) as line:
            said = next((row for row in line.text().splitlines() if "Pen up" in row), "").rpartition("│")[2].strip()
            for name in ("mouse", "arrow keys"):
                if name == "mouse" and baud < 9600:
                    continue  # its reports alone are more than such a line carries
                digit = next(strokes(options))
                ink, line.longest = Ink(line), 0
                if name == "mouse":
                    draw_with_mouse(line, digit, ink)
                else:
                    draw_with_keys(line, digit, [SIDE // 2, SIDE // 2], ink)
                line.settle(3, 300)
                behind = sorted(ink.behind) or [math.nan]
                print(
                    f"{f'{baud:,} baud, {name}':<44}{behind[len(behind) // 2]:>10.1f} s{behind[-1]:>8.1f} s"
                    f"{line.longest:>9,} B{max(0.0, line.last - ink.last):>10.1f} s",
                    flush=True,
                )
                line.type("c")
                line.settle(2)
            print(f"    the status line: {said}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--digits", type=int, default=3, help="how many are drawn in each way")
    parser.add_argument("--traces", type=Path, help="a file of pen traces, one digit a line")
    parser.add_argument("--seconds", type=float, default=20, help="of the watched training; 0: only slow lines")
    parser.add_argument("--baud", type=int, nargs="*", default=[1200, 9600, 115200], help="slow lines to try")
    options = parser.parse_args()
    if options.seconds:
        count_bytes(options)
    slow_lines(options)


if __name__ == "__main__":
    main()
