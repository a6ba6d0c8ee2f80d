"""Damages sound files at random and reads them: `python -m tests.fuzz --tries 20000 --seed 1`.

Each reader may succeed or raise what it documents. Anything else, more memory than a bound, or more than ten seconds
for one file is a failure, which is printed with the seed that makes it again: `--reader NAME --seed S --tries 1`.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import traceback
from pathlib import Path

from tests.fuzz.tries import tried


def main() -> int:
    """Try all readers, or one; 1 if one failed."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--tries", type=int, default=20_000, metavar="N", help="tries of each reader (20,000)")
    options.add_argument("--seed", type=int, default=0, metavar="S", help="of the first try; each next one adds 1 (0)")
    options.add_argument("--reader", metavar="NAME", help="those whose names begin so")
    options.add_argument("--most", type=int, default=5, metavar="N", help="failures of a reader that are printed (5)")
    given = options.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DIGITS_HOME"] = folder
        from tests.fuzz.readers import readers

        for reader in readers(Path(folder)):
            if given.reader and not reader.name.startswith(given.reader):
                continue
            result = tried(reader, given.tries, given.seed)
            failed += len(result.failures)
            print(
                f"{reader.name:16} {result.tries:7,} tries, seeds {given.seed} to {given.seed + result.tries - 1}: "
                f"{result.read:6,} read, {result.refused:6,} refused, {len(result.failures)} failed; slowest "
                f"{result.slowest:.2f} s, {result.memory >> 20} MiB more",
                flush=True,
            )
            for seed, error in result.failures[: given.most]:
                print(f"--- {reader.name}, seed {seed}", file=sys.stderr)
                traceback.print_exception(error, limit=-6)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
