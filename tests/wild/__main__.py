"""Walks through the program at random: `python -m tests.wild --events 20000 --seed 1 --seeds 5`.

A walk that fails is made shorter and written as a file, which `--replay FILE` does again.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.wild.events import WildEvent, wild_events
from tests.wild.shortening import shortened
from tests.wild.walk import WalkResult, walk


def main() -> int:
    """Walk; 1 if a walk failed."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--events", type=int, default=20_000, metavar="N", help="events of each walk (20,000)")
    options.add_argument("--seed", type=int, default=0, metavar="S", help="of the first walk (0)")
    options.add_argument("--seeds", type=int, default=1, metavar="N", help="walks, each with the next seed (1)")
    options.add_argument("--replay", type=Path, metavar="FILE", help="do the events of this file instead")
    options.add_argument("--whole", action="store_true", help="do not make a failing walk shorter")
    given = options.parse_args()
    if given.replay:
        events = [WildEvent.from_json(line) for line in given.replay.read_text().splitlines()]
        return _told(given.replay.name, _walked(events))
    failed = 0
    for seed in range(given.seed, given.seed + given.seeds):
        events = list(islice(wild_events(seed), given.events))
        result = _walked(events)
        if _told(f"seed {seed}", result):
            failed = 1
            if not given.whole:
                events = shortened(events[: result.done], lambda some: bool(_walked(some).failure))
            file = Path(f"wild-{seed}.jsonl")
            file.write_text("".join(f"{event.to_json()}\n" for event in events[: result.done]))
            print(f"{len(events):,} events that fail are in {file}")
    return failed


def _walked(events: Sequence[WildEvent]) -> WalkResult:
    with tempfile.TemporaryDirectory() as folder:
        here = Path.cwd()
        os.chdir(folder)  # what is typed as a path is a path in there
        try:
            return walk(events, Path(folder))
        finally:
            os.chdir(here)


def _told(name: str, result: WalkResult) -> int:
    told = f"{name}: {result.done:,} events, {result.failure or 'nothing failed'}"
    memory, at_rest = _mebibytes(result.memory), _mebibytes(result.at_rest)
    print(f"{told}; MiB {memory}; at rest {at_rest}, {result.growth:.3f} of what it was when warm", flush=True)
    return int(bool(result.failure))


def _mebibytes(memory: Sequence[int]) -> str:
    """Some nine of the readings."""
    return ", ".join(f"{each / 2**20:.0f}" for each in memory[:: max(1, len(memory) // 8)])


if __name__ == "__main__":
    sys.exit(main())
