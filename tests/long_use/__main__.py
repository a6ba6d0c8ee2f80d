"""Long use: `python -m tests.long_use --minutes 60`.

One app shows trainings that follow each other, another one is drawn on all the time, each in a pseudo-terminal with its
own home. Every tenth of the time the memory and the open files of each process are noted. Printed is what they are at
the end, as a ratio to what they were after the first fifth, and how many zombies there were.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from processes import of_home
from terminal import Terminal

from core.system import children

_LOOKS = 10
_WARM = 2
"""Looks after which nothing should grow."""


def main() -> None:
    """Use both, and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--minutes", type=float, default=60.0, help="how long (60)")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        homes = [Path(name) / "attached", Path(name) / "drawn"]
        with _opened(homes[0]) as attached, _opened(homes[1]) as drawn:
            _use(attached, drawn, homes, given.minutes * 60)


def _opened(home: Path) -> Terminal:
    return Terminal([sys.executable, "-P", "-m", "tui"], {**children.environment(), "DIGITS_HOME": str(home)})


def _use(attached: Terminal, drawn: Terminal, homes: list[Path], seconds: float) -> None:
    for terminal in (attached, drawn):
        terminal.expect("Training")
    drawn.press("p")
    drawn.expect("draw something")
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    began, looks, zombies, strokes, runs = time.monotonic(), 0, 0, 0, 0
    while (passed := time.monotonic() - began) < seconds:
        strokes += _stroke(drawn, strokes)
        runs += _train(attached, homes[0])
        if passed >= (looks + 1) * seconds / _LOOKS - 1:
            looks += 1
            zombies += _look(found, {"attached": homes[0], "drawn": homes[1]})
    print(f"{seconds / 60:g} min, {runs} trainings begun, {strokes:,} strokes; zombies seen: {zombies}")
    for name, each in found.items():
        if len(each) > _WARM:
            (memory, files), (last, open_files) = each[_WARM - 1], each[-1]
            print(
                f"{name}: memory {memory >> 20} -> {last >> 20} MiB, ratio {last / memory:.3f}; "
                f"open files {files} -> {open_files}"
            )


def _stroke(terminal: Terminal, number: int) -> int:
    """Draw one stroke; every third clears the pad first, every tenth keeps it as a digit."""
    if number % 3 == 0:
        terminal.press("c")
    terminal.mouse("down", 20, 6)
    for step in range(12):
        angle = step * math.pi / 6 + number
        terminal.mouse("move", 20 + round(8 * math.sin(angle)), 10 + round(5 * math.cos(angle)))
    terminal.mouse("up", 20, 10)
    if number % 10 == 9:
        terminal.press(str(number % 8))
    terminal.pump(0.05)
    return 1


def _train(terminal: Terminal, home: Path) -> int:
    """Begin a training where none is going; whether one was begun."""
    while terminal.pump(0.01):
        pass
    if any("train" in command for _, command in of_home(home)):
        return 0
    terminal.press("d")
    terminal.settle(0.2)
    terminal.press("enter")
    terminal.settle(0.2)
    terminal.press("enter")
    terminal.settle(1.0)
    return 1


def _look(found: dict[str, list[tuple[int, int]]], homes: dict[str, Path]) -> int:
    """Note memory and open files of each lasting process; how many zombies there are."""
    for name, home in homes.items():
        for pid, command in of_home(home):
            kind = "app" if "tui" in command else "reader" if "serve" in command else ""
            if kind:
                memory = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
                found[f"{name}, {kind}"].append((memory, len(list(Path(f"/proc/{pid}/fd").iterdir()))))
    return sum(_is_zombie(each) for each in Path("/proc").glob("[0-9]*"))


def _is_zombie(process: Path) -> bool:
    try:
        return (process / "stat").read_text().rpartition(") ")[2].startswith("Z")
    except OSError:
        return False


if __name__ == "__main__":
    main()
