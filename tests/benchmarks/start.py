"""How long it takes until the app is there, the reader answers and the plain commands are done.

    python -m tests.benchmarks.start [--repeats 7] [--runs 1000] [--quick]

- The first cell that is painted in a pseudo-terminal of 80 × 24, with an empty home and with one of so many past
  runs, against a Textual app of one widget. They start in turn; medians.
- `--help`, `--version`, `runs` and `datasets`, in wall and in processor time, against `python -c pass`.
- The drawing screen: from its key to the pad, to the first ink of a stroke drawn at once, and to the first answer;
  and what `import torch` alone takes, run in turn with it.

Every ratio is of medians taken in the same minutes. `--quick` is for trying the script.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.program import (
    app_command,
    bare_command,
    environment,
    machine,
    median,
    opened,
    with_past_runs,
)

_IMPORT = "import os, torch; os._exit(0)"
"""Without what Python does at the end of a process."""
_COMMANDS = ("--help", "--version", "runs", "datasets")


def first_cell(command: list[str], home: Path) -> float:
    """Seconds from starting a program to the first cell that is not blank."""
    began = time.monotonic()
    with opened(command, home) as line:
        while not line.text().strip():
            if line.status is not None or time.monotonic() - began > 120:
                raise SystemExit(f"nothing was painted: {line.output.decode(errors='replace')[-400:]}")
            line.pump(0.001)
        return line.last - began


def first_cells(empty: Path, full: Path, runs: int, repeats: int) -> None:
    """Print when the first cell is there."""
    ways = {
        "a Textual app of one widget": (bare_command(), empty),
        "digits-tui, no runs": (app_command(), empty),
        f"digits-tui, {runs:,} past runs": (app_command(), full),
    }
    found: dict[str, list[float]] = {name: [] for name in ways}
    for repeat in range(repeats + 1):
        for name, (command, home) in ways.items():
            taken = first_cell(command, home)
            if repeat:  # the first one compiles modules and brings files into memory
                found[name].append(taken)
    _table("first painted cell", found)


def _table(title: str, found: dict[str, list[float]]) -> None:
    print(f"\n{title:<40}{'median':>12}{'least':>12}{'times the first row':>22}")
    base = median(next(iter(found.values())))
    for name, seconds in found.items():
        print(
            f"  {name:<38}{median(seconds):>10.3f} s{min(seconds):>10.3f} s{median(seconds) / base:>22.2f}", flush=True
        )


def timed(command: list[str], home: Path) -> tuple[float, float]:
    """(seconds, seconds of processor time) of a process whose output nobody reads."""
    began = time.monotonic()
    nowhere = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in (0, 1, 2)]
    process = os.posix_spawn(command[0], command, environment(home), file_actions=nowhere)
    _, status, used = os.wait4(process, 0)
    if status:
        raise SystemExit(f"{' '.join(command)} ended with {os.waitstatus_to_exitcode(status)}")
    return time.monotonic() - began, used.ru_utime + used.ru_stime


def commands(empty: Path, full: Path, runs: int, repeats: int) -> None:
    """Print what the plain commands take."""
    ways = {"python -c pass": ([sys.executable, "-c", "pass"], empty)}
    ways |= {f"digits-tui {name}": ([*app_command(), name], empty) for name in _COMMANDS}
    ways |= {f"digits-tui {name}, {runs:,} runs": ([*app_command(), name], full) for name in _COMMANDS}
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for repeat in range(repeats + 1):
        for name, (command, home) in ways.items():
            taken = timed(command, home)
            if repeat:
                found[name].append(taken)
    print(f"\n{'plain commands':<40}{'median':>12}{'least':>12}{'processor':>12}{'× python -c pass':>20}")
    base = 0.0
    for name, times in found.items():
        wall, used = [each[0] for each in times], [each[1] for each in times]
        base = base or median(used)
        print(
            f"  {name:<38}{median(wall):>10.3f} s{min(wall):>10.3f} s{median(used):>10.3f} s"
            f"{median(used) / base:>20.1f}",
            flush=True,
        )
    print("  (the ratio is of processor time)")


def drawing(home: Path) -> tuple[float, float, float]:
    """Seconds from the key of the drawing screen to the pad, to the first ink, and to the first answer."""
    with opened(app_command(), home) as line:
        line.expect("Training", 120)
        line.settle(0.3)
        began = time.monotonic()
        line.type("p")
        while "Draw something" not in line.text():
            line.pump(0.001)
            if line.status is not None or time.monotonic() - began > 120:
                raise SystemExit(f"there is no pad:\n{line.text()}")
        pad = line.last - began
        before = line.screen.buffer[8][20]
        line.mouse("down", 20, 4)
        for row in range(4, 18):
            line.mouse("move", 20, row)
        line.mouse("up", 20, 17)
        while line.screen.buffer[8][20] == before:
            line.pump(0.001)
        ink = line.last - began
        while "%" not in line.text():
            line.pump(0.005)
            if line.status is not None or time.monotonic() - began > 300:
                raise SystemExit(f"nothing was read:\n{line.text()}")
        return pad, ink, line.last - began


def reader(repeats: int) -> None:
    """Print when the pad takes strokes and when they are read."""
    found: dict[str, list[float]] = {"import torch": [], "the pad": [], "ink": [], "the first answer": []}
    for _ in range(repeats):
        plain = timed([sys.executable, "-c", "pass"], Path())[0]
        found["import torch"].append(timed([sys.executable, "-c", _IMPORT], Path())[0] - plain)
        with tempfile.TemporaryDirectory() as home:  # the drawing is kept for the next start
            for name, seconds in zip(("the pad", "ink", "the first answer"), drawing(Path(home)), strict=True):
                found[name].append(seconds)
    _table("after the key of the drawing screen", found)
    part = median(found["import torch"]) / median(found["the first answer"])
    print(f"  importing torch is {part:.0%} of the time until the first answer")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=7, help="of each row, after one that is not counted")
    parser.add_argument("--runs", type=int, default=1000, help="past runs in the full home")
    parser.add_argument("--quick", action="store_true", help="two repeats, one of the drawing screen")
    options = parser.parse_args()
    repeats = 2 if options.quick else options.repeats
    print(machine())
    with tempfile.TemporaryDirectory() as empty, tempfile.TemporaryDirectory() as full:
        with_past_runs(Path(full), options.runs)
        first_cells(Path(empty), Path(full), options.runs, repeats)
        commands(Path(empty), Path(full), options.runs, repeats)
    reader(1 if options.quick else min(3, repeats))


if __name__ == "__main__":
    main()
