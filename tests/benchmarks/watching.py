"""What it costs a training to be watched: images a second alone, and with the app on its training screen.

    python -m tests.benchmarks.watching [--seconds 8] [--rounds 6] [--quick]

One training of `fast` goes on, started as the app starts it, on all cores. In turn nobody watches it, the app does
in a pseudo-terminal of 80 × 24, nobody, and the app at 160 × 50; each for so many seconds once the app is there.
The ratio is that of the images trained in these seconds, evaluation after each epoch included, to the mean of those
when nobody watches before and after. `--quick` is for trying the script.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.runs import events
from core.runs.follow import EventReader
from core.runs.run import Run
from tests.benchmarks.program import Training, app_command, machine, median, opened
from tests.slow_line import SlowLine

Size = tuple[int, int]
_SIZES: tuple[Size, Size] = ((80, 24), (160, 50))


class Rate:
    """How many images a run has trained on, by its own account."""

    def __init__(self, run: Run) -> None:
        self._reader = EventReader(run)
        self._batch = 0
        self._last: events.Progress | None = None

    def over(self, seconds: float, line: SlowLine | None) -> float:
        """Images a second over about so many seconds from now, while `line` is read where there is one."""
        before = self._look()
        if line is None:
            time.sleep(seconds)
        else:
            line.pump(seconds, shown=False)  # the terminal is another computer's
        after = self._look()
        if after.time <= before.time:
            raise SystemExit("the training said nothing; give more --seconds")
        return (after.step - before.step) * self._batch / (after.time - before.time)

    def _look(self) -> events.Progress:
        for event in self._reader.read():
            if isinstance(event, events.Started):
                self._batch = event.batch_size
            elif isinstance(event, events.Progress):
                self._last = event
        if self._last is None:
            raise SystemExit("the training has not begun")
        return self._last


@contextmanager
def watched(home: Path, size: Size) -> Iterator[SlowLine]:
    """The app on its training screen, once it has drawn its curves."""
    with opened(app_command(), home, size) as line:
        line.expect("Training", 120)
        line.settle(0.2, 5)
        line.type("t")
        line.expect("Validation accuracy", 120)
        line.pump(2)
        yield line


def processor_seconds(process: int) -> float:
    """What a process has used so far, as `ps` tells it, in hundredths where /proc does."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except OSError:
        shown = subprocess.run(["ps", "-o", "time=", "-p", str(process)], capture_output=True, text=True).stdout
        seconds = 0.0
        for part in shown.strip().split(":"):
            seconds = 60 * seconds + float(part)
        return seconds


def measure(home: Path, run: Run, seconds: float, rounds: int) -> None:
    """Take turns, and print."""
    rate = Rate(run)
    alone = [rate.over(seconds, None)]
    found: dict[Size, list[float]] = {size: [] for size in _SIZES}
    ratios: dict[Size, list[float]] = {size: [] for size in _SIZES}
    used: dict[Size, list[float]] = {size: [] for size in _SIZES}
    sent: dict[Size, list[float]] = {size: [] for size in _SIZES}
    for _ in range(rounds):
        for size in _SIZES:
            with watched(home, size) as line:
                bytes_before, used_before, began = line.sent, processor_seconds(line.pid), time.monotonic()
                found[size].append(rate.over(seconds, line))
                lasted = time.monotonic() - began
                used[size].append((processor_seconds(line.pid) - used_before) / lasted)
                sent[size].append((line.sent - bytes_before) / lasted)
            time.sleep(0.5)
            alone.append(rate.over(seconds, None))
            ratios[size].append(2 * found[size][-1] / (alone[-1] + alone[-2]))
    print(f"\n{'training of fast':<34}{'images/s':>12}{'ratio':>9}{'least':>9}{'of a core':>12}{'bytes/s':>10}")
    print(f"  {'nobody watches':<32}{median(alone):>12,.0f}{1:>9.3f}")
    for size in _SIZES:
        print(
            f"  {'watched at {} × {}'.format(*size):<32}{median(found[size]):>12,.0f}{median(ratios[size]):>9.3f}"
            f"{min(ratios[size]):>9.3f}{median(used[size]):>12.1%}{median(sent[size]):>10,.0f}"
        )
    print(f"  medians of {rounds} rounds of {seconds:g} s; `of a core` is the app's processor time")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=8, help="of each turn")
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--quick", action="store_true", help="one round of 3 seconds")
    options = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as home, Training(Path(home)) as run:
        time.sleep(2)  # the first steps are slower
        if options.quick:
            measure(Path(home), run, 3, 1)
        else:
            measure(Path(home), run, options.seconds, options.rounds)


if __name__ == "__main__":
    main()
