"""How much faster the `fast` recipe is than a plain script, both run on this machine one after the other.

    python tests/benchmarks/fast_training.py [--seeds 5] [--plain-epochs 10]

The plain script is what many a tutorial has: batch 64, a DataLoader with ToTensor and Normalize per sample,
two convolutions, SGD, ten epochs, the test set read twice an epoch. Each training is a process of its own and
is timed as a whole, starting Python and importing torch included. Prints a table and the ratio; with fewer
`--plain-epochs` the plain script's time is scaled up to ten, and the table says so.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent.parent

_PLAIN = """
import sys, tempfile, time
from pathlib import Path
import torch, torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader
from torchvision import datasets, transforms
from torchvision.datasets.utils import extract_archive

epochs, source = int(sys.argv[1]), Path(sys.argv[2])
with tempfile.TemporaryDirectory() as folder:
    raw = Path(folder) / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for path in source.glob("*.gz"):
        (raw / path.name).symlink_to(path)
        extract_archive(str(raw / path.name), str(raw))
    to = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))])
    train = DataLoader(datasets.MNIST(folder, train=True, transform=to), batch_size=64, shuffle=True)
    test = DataLoader(datasets.MNIST(folder, train=False, transform=to), batch_size=64)
    network = nn.Sequential(
        nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(3136, 128), nn.ReLU(), nn.Linear(128, 10),
    )
    optimiser = torch.optim.SGD(network.parameters(), lr=0.01, momentum=0.9)

    def accuracy():
        network.eval()
        with torch.no_grad():
            right = sum((network(x).argmax(1) == y).sum().item() for x, y in test)
        network.train()
        return right / 10_000

    began = time.perf_counter()
    for epoch in range(epochs):
        for step, (x, y) in enumerate(train):
            optimiser.zero_grad()
            F.cross_entropy(network(x), y).backward()
            optimiser.step()
            if step == len(train) // 2:
                accuracy()
        last = accuracy()
    print(last, time.perf_counter() - began)
"""


def _plain(epochs: int) -> tuple[float, float, float]:
    """(test accuracy, seconds in training scaled to ten epochs, seconds of the process, scaled likewise)."""
    began = time.perf_counter()
    command = [sys.executable, "-c", _PLAIN, str(epochs), str(_ROOT / "data" / "mnist")]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    whole = time.perf_counter() - began
    training = float(out[-1])
    scaled = training * 10 / epochs
    return float(out[-2]), scaled, whole - training + scaled


def _fast(seed: int) -> tuple[float, float, float]:
    """(test accuracy, seconds in training, seconds of the process)."""
    with tempfile.TemporaryDirectory() as home:
        command = [sys.executable, "-m", "core", "train", "--recipe", "fast", "--seed", str(seed), "--json"]
        began = time.perf_counter()
        out = subprocess.run(
            command, check=True, capture_output=True, text=True, cwd=_ROOT, env={**os.environ, "DIGITS_HOME": home}
        ).stdout
        whole = time.perf_counter() - began
    last = json.loads(out.splitlines()[-1])
    return last["test_accuracy"], last["seconds"], whole


def main() -> None:
    """Run both and print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seeds", type=int, default=5)
    options.add_argument("--plain-epochs", type=int, default=10)
    given = options.parse_args()

    import torch

    print(f"Python {platform.python_version()}, torch {torch.__version__}, {os.cpu_count()} cores")
    half = given.seeds // 2
    fast = [_fast(seed) for seed in range(half)]
    plain = _plain(given.plain_epochs)
    # Some before and some after: the load of the machine may change in the minutes between.
    fast += [_fast(seed) for seed in range(half, given.seeds)]
    scaled = "" if given.plain_epochs == 10 else f" (scaled from {given.plain_epochs} epochs)"
    print(f"{'':24}{'test accuracy':>14}{'training':>11}{'process':>11}")
    for seed, (accuracy, training, whole) in enumerate(fast):
        print(f"{f'fast, seed {seed}':24}{accuracy:>14.2%}{training:>9.1f} s{whole:>9.1f} s")
    means = [statistics.mean(column) for column in zip(*fast, strict=True)]
    print(f"{f'fast, mean of {given.seeds}':24}{means[0]:>14.2%}{means[1]:>9.1f} s{means[2]:>9.1f} s")
    print(f"{'plain script':24}{plain[0]:>14.2%}{plain[1]:>9.1f} s{plain[2]:>9.1f} s{scaled}")
    print(f"ratio: {plain[1] / means[1]:.1f} from first step to last, {plain[2] / means[2]:.1f} as whole processes")


if __name__ == "__main__":
    main()
