"""Runs that are killed: `python -m tests.kills --runs 200 --seed 0`.

Each is killed with SIGKILL at a random moment, or by itself after a random call on its files, once to three times in a
row. Every time its directory must be readable, and resumed it must end as a run that was left alone, bit for bit.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from core.runs.run import Run
from tests.kills.killed_run import Repeated, Tally, killed_run
from tests.kills.undisturbed import EPOCHS, calls_of, in_child, make_set, outcome


def main() -> int:
    """Kill; 1 if something was lost."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--runs", type=int, default=200, metavar="N", help="runs (200)")
    options.add_argument("--seed", type=int, default=0, metavar="S", help="of the moments (0)")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        return _killed(Path(name), given.runs, given.seed)


def _killed(folder: Path, runs: int, seed: int) -> int:
    repeated = prepared(folder)
    print(f"a run: {repeated.seconds:.2f} s, {repeated.calls} calls on its files", flush=True)
    tally, failed, source = Tally(), 0, random.Random(seed)
    for number in range(runs):
        (here := folder / str(number)).mkdir()
        if why := killed_run(repeated, here, source, tally):
            failed += 1
            print(f"run {number}: {why}", flush=True)
    print(f"{runs} runs, {failed} not fine: {tally}")
    return int(bool(failed))


def prepared(folder: Path) -> Repeated:
    """The run, done once in `folder` and left alone."""
    data = folder / "set.npz"
    make_set(data)
    arguments = ["train", "--data", str(data), "--epochs", str(EPOCHS), "--device", "cpu"]
    began = time.monotonic()
    if status := in_child(folder / "whole", arguments):
        raise SystemExit(f"a run that was left alone ended with {status}: {(folder / 'errors.txt').read_text()}")
    seconds = time.monotonic() - began
    run = Run(next((folder / "whole" / "checkpoints").iterdir()))
    return Repeated(arguments, outcome(run), seconds, calls_of(folder / "counted", arguments))


if __name__ == "__main__":
    sys.exit(main())
