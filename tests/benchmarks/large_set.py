"""Whether a training of a million images is as fast, image for image, as one of MNIST, and how much memory it takes.

    python -m tests.benchmarks.large_set [--images 1000000] [--recipe fast]

An archive of so many images, MNIST's repeated, is loaded once (normalised, as any archive is) and then trained on for
one epoch by a process as a person starts it, and MNIST itself for as many epochs as take some seconds, before and
after. Printed are images a second from first step to last and the peak memory of the process; the ratio is that
to the mean of MNIST's.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from core.data import mnist
from core.system.hardware import usable_cores
from tests.benchmarks.program import environment

_MEASURED = """
import json, resource, subprocess, sys
done = subprocess.run([sys.executable, "-P", "-m", "core", *sys.argv[1:]], stdout=subprocess.PIPE, text=True)
unit = 1 if sys.platform == "darwin" else 1024
print(done.stdout + json.dumps(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit))
sys.exit(done.returncode)
"""
"""The program in a process of its own, and its peak in bytes, or that of the largest process below it."""


def told(home: Path, *arguments: str) -> tuple[list[str], float]:
    """The lines that a command prints, and its peak memory in MiB."""
    command = [sys.executable, "-c", _MEASURED, *arguments]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment(home))
    *lines, peak = done.stdout.splitlines()
    return lines, int(peak) / 2**20


def trained(home: Path, data: str, recipe: str, epochs: int) -> tuple[float, float]:
    """Images a second of all steps, and the peak memory in MiB."""
    options = ["--recipe", recipe, "--epochs", str(epochs), "--device", "cpu", "--json"]
    lines, peak = told(home, "train", "--data", data, *options)
    events = [json.loads(line) for line in lines]
    begun = next(each for each in events if each["event"] == "started")
    # An epoch's own time is what its steps and its validation took.
    ended = [each for each in events if each["event"] == "epoch"]
    seconds = sum(each["epoch_seconds"] for each in ended)
    return len(ended) * begun["steps_per_epoch"] * begun["batch_size"] / seconds, peak


def repeated(path: Path, count: int) -> None:
    """Write an archive of so many of MNIST's images, over and over."""
    train, _ = mnist.load()
    rows = np.arange(count) % len(train)
    np.savez(path, images=train.images[rows], labels=train.labels[rows])


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=1_000_000)
    parser.add_argument("--recipe", default="fast")
    parser.add_argument("--epochs", type=int, default=4, help="of MNIST")
    given = parser.parse_args(arguments)
    print(f"Python {platform.python_version()}, torch {torch.__version__}, {usable_cores()} cores")
    with tempfile.TemporaryDirectory() as folder:
        home, archive = Path(folder, "home"), Path(folder, "repeated.npz")
        repeated(archive, given.images)
        began = time.monotonic()
        _, peak = told(home, "datasets", str(archive))
        print(f"{given.images:,} images loaded for the first time: {time.monotonic() - began:.1f} s, {peak:,.0f} MiB")
        small = [trained(home, "mnist", given.recipe, given.epochs)]
        large = trained(home, str(archive), given.recipe, 1)
        small.append(trained(home, "mnist", given.recipe, given.epochs))
    mean = sum(rate for rate, _ in small) / len(small)
    print(f"{given.recipe:<28}{'images/s':>12}{'peak memory':>14}")
    for name, (rate, peak) in (
        ("MNIST, before", small[0]),
        (f"{given.images:,} images", large),
        ("MNIST, after", small[1]),
    ):
        print(f"  {name:<26}{rate:>12,.0f}{peak:>10,.0f} MiB")
    print(f"ratio {large[0] / mean:.3f}")


if __name__ == "__main__":
    main()
