"""Crashes of the whole machine, and disks that fail, while the program writes: `python -m tests.crashes`.

Each kind of write is recorded call by call; then each state that a crash may leave is opened with the program. And each
is done again and again on a disk that begins to fail one call later.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.crashes.crash import crash
from tests.crashes.faults import FAULTS, READ_ONLY, fail
from tests.crashes.kinds import KINDS


def main() -> int:
    """Crash; 1 if something was lost."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--kind", choices=KINDS, help="this kind of write alone")
    options.add_argument("--every", type=int, default=1, metavar="N", help="each Nth state (1)")
    given = options.parse_args()
    states = tries = 0
    wrong: list[str] = []
    for name in (given.kind,) if given.kind else KINDS:
        with tempfile.TemporaryDirectory() as folder:
            found = crash(KINDS[name], Path(folder), given.every)
        print(f"{name}: {found.calls} calls, {found.states:,} states after a crash", flush=True)
        states += found.states
        wrong += (f"{name}: {failure}" for failure in found.failures)
        for fault in (*FAULTS, *READ_ONLY):
            with tempfile.TemporaryDirectory() as folder:
                failed = fail(KINDS[name], fault, Path(folder), given.every)
            tries += failed.tries
            wrong += (f"{name}, {fault.name}: {complaint}" for complaint in failed.complaints)
    print(f"{states:,} states after a crash, {tries:,} writes to a failing disk, {len(wrong)} not fine")
    print("\n".join(wrong[:10]))
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
