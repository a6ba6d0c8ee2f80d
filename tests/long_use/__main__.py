"""Long use: `python -m tests.long_use --minutes 60`.

One app shows trainings that follow each other, another one is drawn on all the time, each in a pseudo-terminal with its
own home. Every tenth of the time the memory and the open files of each process are noted. Printed is what they are at
the end, as a ratio to what they were after the first fifth, and how many zombies there were.
"""

from __future__ import annotations

import argparse
import contextlib
import math
import os
import signal
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
        homes = {"attached": Path(name) / "attached", "drawn": Path(name) / "drawn"}
        with _opened(homes["attached"]) as attached, _opened(homes["drawn"]) as drawn:
            try:
                _Use(attached, drawn, homes).last(given.minutes * 60)
            finally:
                for pid, _ in of_home(homes["attached"]):
                    os.kill(pid, signal.SIGKILL)  # a training would go on


def _opened(home: Path) -> Terminal:
    return Terminal([sys.executable, "-P", "-m", "tui"], {**children.environment(), "DIGITS_HOME": str(home)})


class _Use:
    """What both are used for, and what was found on the way."""

    def __init__(self, attached: Terminal, drawn: Terminal, homes: dict[str, Path]) -> None:
        self._attached, self._drawn, self._homes = attached, drawn, homes
        self._found: dict[str, list[tuple[int, int]]] = defaultdict(list)
        """Of each lasting process, its bytes of memory and its open files at each look."""
        self._zombies = self._strokes = self._runs = 0

    def last(self, seconds: float) -> None:
        """Use them for so long, and print what was found."""
        for terminal in (self._attached, self._drawn):
            terminal.expect("Training")
        self._drawn.press("p")
        began = time.monotonic()
        for look in range(1, _LOOKS + 1):
            while time.monotonic() < began + look * seconds / _LOOKS:
                if not any("train" in command for _, command in of_home(self._homes["attached"])):
                    self._train()
                for _ in range(10):
                    self._stroke()
            self._look()
        self._tell(seconds)

    def _train(self) -> None:
        """Begin the next training."""
        for key in ("d", "enter", "enter"):
            self._attached.press(key)
            self._pump(1.0)
        self._runs += 1

    def _stroke(self) -> None:
        """Draw one stroke; every third clears the pad first, every tenth keeps it as a digit."""
        if self._strokes % 3 == 0:
            self._drawn.press("c")
        self._drawn.mouse("down", 20, 6)
        for step in range(12):
            angle = step * math.pi / 6 + self._strokes
            self._drawn.mouse("move", 20 + round(8 * math.sin(angle)), 10 + round(5 * math.cos(angle)))
        self._drawn.mouse("up", 20, 10)
        if self._strokes % 10 == 9:
            self._drawn.press(str(self._strokes // 10 % 10))
        self._strokes += 1
        self._pump(0.2)

    def _pump(self, seconds: float) -> None:
        """Take in what both print, and keep nothing of it."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for terminal in (self._attached, self._drawn):
                terminal.pump(0.01)
                terminal.output = b""
                assert terminal.status is None, f"it ended with status {terminal.status}:\n{terminal.text()}"

    def _look(self) -> None:
        """Note memory and open files of each lasting process, and how many ended ones nobody has waited for."""
        for name, home in self._homes.items():
            processes = of_home(home)
            self._zombies += len(_zombies_of({pid for pid, _ in processes}))
            for pid, command in processes:
                kind = "app" if "tui" in command else "reader" if "serve" in command else ""
                if kind:
                    memory = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
                    found = (memory, len(list(Path(f"/proc/{pid}/fd").iterdir())))
                    self._found[f"{name}, {kind}"].append(found)

    def _tell(self, seconds: float) -> None:
        print(f"{seconds / 60:g} min, {self._runs} trainings, {self._strokes:,} strokes; zombies seen: {self._zombies}")
        kept = len(list((self._homes["drawn"] / "data" / "own").rglob("*.png")))
        print(f"drawings kept: {kept:,}")
        for name, each in self._found.items():
            memory, files = zip(*each, strict=True)
            ratio = memory[-1] / memory[min(_WARM, len(memory)) - 1]
            shown = ", ".join(str(size >> 20) for size in memory)
            print(f"{name}: MiB {shown}; last to the second {ratio:.3f}; open files {min(files)} to {max(files)}")


def _zombies_of(parents: set[int]) -> list[str]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            state, parent = (process / "stat").read_text().rpartition(") ")[2].split()[:2]
            if state == "Z" and int(parent) in parents:
                found.append(process.name)
    return found


if __name__ == "__main__":
    main()
