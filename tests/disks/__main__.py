"""Disks that fail for real, while the program makes each kind of write: `python -m tests.disks`.

Each disk is a file system of its own, mounted in a user and mount namespace, for which no rights are needed but for the
one with a quota. Those that this machine cannot make are named.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.disks.disks import DISKS
from tests.disks.tries import Tried, try_all

_NAMESPACE = ["unshare", "--user", "--map-root-user", "--mount"]
_NAMESPACE_OF_ROOT = ["unshare", "--mount"]


def main() -> int:
    """Try each disk in a process of its own; 1 if something was lost or not said."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--disk", choices=DISKS, help="this disk alone")
    options.add_argument("--mounted-at", type=Path, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.mounted_at is not None:
        return _tell(given.disk, try_all(DISKS[given.disk], given.mounted_at))
    status = 0
    for name in (given.disk,) if given.disk else DISKS:
        if why := DISKS[name].wanting:
            print(f"{name}: not tried, {why}", flush=True)
            continue
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "tests.disks", "--disk", name, "--mounted-at", folder]
            namespace = _NAMESPACE_OF_ROOT if DISKS[name].is_btrfs else _NAMESPACE
            status |= subprocess.run([*namespace, *command], check=False).returncode
    return status


def _tell(name: str, tried: Tried) -> int:
    print(f"{name}: {tried.writes:,} writes, {tried.refused:,} refused, {len(tried.complaints)} not fine", flush=True)
    print("".join(f"  {each}\n" for each in tried.complaints[:10]), end="")
    return int(bool(tried.complaints))


if __name__ == "__main__":
    sys.exit(main())
