"""Crashes of the whole machine while the program writes: `python -m tests.crashes`.

Each kind of write is recorded call by call; then each state that a crash may leave is opened with the program.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.crashes.crash import crash
from tests.crashes.kinds import KINDS


def main() -> int:
    """Crash; 1 if something was lost."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--kind", choices=KINDS, help="this kind of write alone")
    options.add_argument("--every", type=int, default=1, metavar="N", help="each Nth state (1)")
    given = options.parse_args()
    total = failed = 0
    for name in (given.kind,) if given.kind else KINDS:
        with tempfile.TemporaryDirectory() as folder:
            found = crash(KINDS[name], Path(folder), given.every)
        print(f"{name}: {found.calls} calls, {found.states:,} states, {len(found.failures)} not fine", flush=True)
        for failure in found.failures[:3]:
            print(f"  {failure}")
        total, failed = total + found.states, failed + len(found.failures)
    print(f"{total:,} states, {failed} not fine")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
