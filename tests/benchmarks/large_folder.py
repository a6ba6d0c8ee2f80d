"""How long a large folder takes to load, the first time, from the cache, and after one image was added.

    python tests/benchmarks/large_folder.py [--images 100000] [--check]

Writes MNIST as PNGs into a temporary folder: all 70,000 images, and then the first ones again under other names.
Each load is a process of its own, timed from the call to the collection; peak memory is that of the process and,
where it starts others to decode, the largest of these. With `--check` the check-up (without networks) is measured
too, likewise the first and the second time.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parent.parent.parent

_LOAD = """
import json, resource, sys, time
from pathlib import Path

def main():
    from core.data import folders
    from core.checkup.check import check
    told = []
    began = time.perf_counter()
    if sys.argv[2] == "load":
        count = sum(folders.gather(Path(sys.argv[1]), lambda *each: told.append(each)).counts())
    else:
        found = check(Path(sys.argv[1]), lambda *each: told.append(each), quick=True)
        count = found.images
    seconds = time.perf_counter() - began
    unit = 1 if sys.platform == "darwin" else 1024
    peaks = [resource.getrusage(who).ru_maxrss * unit for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(json.dumps({"seconds": seconds, "count": count, "told": len(told), "peaks": peaks}))

if __name__ == "__main__":
    main()
"""


def _write(folder: Path, count: int) -> None:
    import numpy as np
    from PIL import Image

    from core.data import mnist

    train, test = mnist.load()
    images = np.concatenate([train.images, test.images])
    labels = np.concatenate([train.labels, test.labels])
    for label in range(10):
        (folder / str(label)).mkdir(parents=True)
    for turn in range(count):
        index = turn % len(images)
        Image.fromarray(images[index]).save(folder / str(labels[index]) / f"{turn:06}.png")


def _run(script: Path, folder: Path, what: str, home: Path) -> dict[str, Any]:
    environment = {**os.environ, "DIGITS_HOME": str(home), "PYTHONPATH": str(_ROOT)}
    command = [sys.executable, str(script), str(folder), what]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    found: dict[str, Any] = json.loads(done.stdout)  # as the last line of the script writes it
    return found


def _row(name: str, found: dict[str, Any]) -> None:
    own, others = (peak / 2**20 for peak in found["peaks"])
    # A process that starts no other has the peak of none.
    beside = f", each other {others:,.0f} MiB" if others else ""
    print(f"{name:24}{found['count']:>9,} images{found['seconds']:>8.1f} s   peak {own:,.0f} MiB{beside}")


def main() -> None:
    """Write the folder, load it three times, print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--images", type=int, default=100_000)
    options.add_argument("--check", action="store_true", help="measure the check-up too")
    options.add_argument("--write", type=Path, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.write:
        sys.path.insert(0, str(_ROOT))
        _write(given.write, given.images)
        return
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}")
    with tempfile.TemporaryDirectory() as place:
        folder, home, script = Path(place) / "digits", Path(place) / "home", Path(place) / "load.py"
        script.write_text(_LOAD)
        began = time.perf_counter()
        # In a process of its own: a child's peak counts from what its parent held when it was started.
        command = [sys.executable, __file__, "--write", str(folder), "--images", str(given.images)]
        subprocess.run(command, check=True)
        print(f"written in {time.perf_counter() - began:.0f} s")
        _row("first load", _run(script, folder, "load", home))
        _row("second load", _run(script, folder, "load", home))
        shutil.copy(folder / "7" / min(path.name for path in (folder / "7").iterdir()), folder / "7" / "one-more.png")
        _row("after adding one", _run(script, folder, "load", home))
        if given.check:
            _row("first check-up", _run(script, folder, "check", home))
            _row("second check-up", _run(script, folder, "check", home))


if __name__ == "__main__":
    main()
