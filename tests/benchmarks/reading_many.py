"""How fast many images are read, many files, and one image alone; each beside something plain run in turn with it.

    python -m tests.benchmarks.reading_many [--images 70000] [--files 10000] [--singles 1000] [--photographs]
        [--checkpoint RUN]

- evaluate: all of MNIST (or the first `--images`), as `evaluate` reads them once they are loaded, against a loop
  over the same network as it was trained, 128 images at a time (1,000 take it twice as long here), and against that
  loop with test-time augmentation.
- predict: a process as a person starts it, on a tenth of `--files` PNGs and on all of them, with the peak memory of
  it and of the largest of those it starts; against decoding the same files with PIL alone, in as many processes.
  The files are MNIST's images; with `--photographs` JPEGs of 12 million pixels, on grainy paper in uneven light, of
  2.5 MB each (give fewer `--files` then).
- one image: `Recogniser.read` on one thread, images that were augmented apart, against one pass of the network
  as it was trained.

Prints tables; ratios hold for this machine in these minutes.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from core.data import mnist
from core.inference.scores import scores
from core.inference.test_time_augmentation import MARGIN, margins
from core.networks.checkpoint import load
from core.networks.inputs import as_input
from core.reading.recogniser import Recogniser
from core.runs.checkpoints import resolve
from core.system.hardware import usable_cores

_ROOT = Path(__file__).resolve().parent.parent.parent
_PHOTOGRAPHS = 24
"""Different ones, and then these again."""
_BLOCK = 100
"""Single images that one way reads before it is the other one's turn."""
_AT_A_TIME = 128
"""In the plain loop."""
_TURN = 35_000
"""Images that one way reads before it is the next one's turn."""

_MEASURED = """
import json, resource, subprocess, sys, time
began = time.perf_counter()
done = subprocess.run([sys.executable, *sys.argv[1:]], stdout=subprocess.DEVNULL)
unit = 1 if sys.platform == "darwin" else 1024
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit
print(json.dumps({"seconds": time.perf_counter() - began, "peak": peak, "status": done.returncode}))
"""
"""Runs a script in a process of its own; its peak is that of the largest process below."""

_PREDICT = """
import sys
from core.__main__ import main
if __name__ == "__main__":
    sys.exit(main(["predict", "--json", *sys.stdin.read().split("\\n")]))
"""

_DECODE = """
import sys
from multiprocessing import get_context
from PIL import Image

def decode(name):
    with Image.open(name) as image:
        image.load()

if __name__ == "__main__":
    with get_context("spawn").Pool(int(sys.argv[1])) as pool:
        for _ in pool.imap(decode, sys.stdin.read().split("\\n"), 64):
            pass
"""


def evaluating(recogniser: Recogniser, network: torch.nn.Module, images: NDArray[np.uint8]) -> None:
    """Print how many images a second each way reads, and whether they say the same."""
    cpu = torch.device("cpu")
    calibration = recogniser.calibration

    def plain(some: NDArray[np.uint8]) -> NDArray[np.int64]:
        with torch.inference_mode():
            batches = (some[at : at + _AT_A_TIME] for at in range(0, len(some), _AT_A_TIME))
            rows = [network(as_input(torch.tensor(each))) for each in batches]
        best: NDArray[np.int64] = torch.cat(rows)[:, :10].argmax(dim=1).numpy()
        return best

    def augmented(some: NDArray[np.uint8]) -> NDArray[np.int64]:
        best: NDArray[np.int64] = scores(network, some, cpu, calibration, _AT_A_TIME).probabilities.argmax(axis=1)
        return best

    ways: dict[str, Callable[[NDArray[np.uint8]], NDArray[np.int64]]] = {
        "plain loop": plain,
        "plain loop, augmented": augmented,
        "evaluate": lambda some: recogniser.scores(some).probabilities.argmax(axis=1),
    }
    seconds = dict.fromkeys(ways, 0.0)
    answers: dict[str, list[NDArray[np.int64]]] = {name: [] for name in ways}
    for read in ways.values():
        read(images[:2000])
    for start in range(0, len(images), _TURN):
        for name, read in ways.items():
            began = time.perf_counter()
            answers[name].append(read(images[start : start + _TURN]))
            seconds[name] += time.perf_counter() - began
    print(f"\n{len(images):,} images, {torch.get_num_threads()} threads")
    first, second, _ = ways
    told = np.concatenate(answers[second])
    for name, taken in seconds.items():
        differ = int((np.concatenate(answers[name]) != told).sum())
        print(
            f"  {name:26}{taken:8.1f} s{len(images) / taken:10,.0f} images/s{seconds[first] / taken:8.2f} times "
            f"the first row   {differ} other answers than the second row"
        )


def predicting(folder: Path, images: NDArray[np.uint8], count: int, photographs: bool) -> None:
    """Print files a second and memory of `predict`, and of decoding alone."""
    from PIL import Image

    names = []
    for at in range(count):
        names.append(str(folder / f"{at:06}.{'jpg' if photographs else 'png'}"))
        if photographs and at >= _PHOTOGRAPHS:
            shutil.copyfile(names[at % _PHOTOGRAPHS], names[-1])  # making one takes seconds
            continue
        image = images[at % len(images)]
        Image.fromarray(_photograph(image, at) if photographs else 255 - image).save(names[-1], quality=90)
    decode = folder / "decode.py"
    decode.write_text(_DECODE)
    predict = folder / "predict.py"
    predict.write_text(_PREDICT)
    cores = usable_cores()
    print(f"\n{'':28}{'files':>8}{'seconds':>10}{'files/s':>10}   largest process")
    alone = 0.0
    for some in (names[: count // 10], names):
        found = {}
        for what, script, arguments in (("PIL alone", decode, [str(cores)]), ("predict", predict, [])):
            found[what] = _measured(script, arguments, some)
            taken, peak = found[what]
            title = f"{what}, {cores} processes"
            print(f"  {title:26}{len(some):>8,}{taken:>10.1f}{len(some) / taken:>10,.0f}   {peak / 2**20:,.0f} MiB")
        alone = found["PIL alone"][0] / found["predict"][0]
    print(f"  predict reads {alone:.2f} times as many files a second as PIL alone decodes, start included")


def _photograph(digit: NDArray[np.uint8], seed: int) -> NDArray[np.uint8]:
    """(3000, 4000, 3): the digit with a pen on yellowish paper."""
    from PIL import Image

    random = np.random.default_rng(seed)
    ink = np.zeros((3000, 4000), np.float32)
    ink[900:2100, 1400:2600] = np.asarray(Image.fromarray(digit).resize((1200, 1200), Image.Resampling.BICUBIC))
    down, across = np.linspace(0, 1, 3000)[:, None], np.linspace(0, 1, 4000)
    paper = 200 - 40 * across - 20 * down + random.normal(0, 4, ink.shape)
    grey = paper * (1 - 0.75 * ink / 255)
    colours = grey[..., None] * np.array([1.0, 0.98, 0.93]) + random.normal(0, 2, (*ink.shape, 1))
    photograph: NDArray[np.uint8] = colours.clip(0, 255).astype(np.uint8)
    return photograph


def _measured(script: Path, arguments: list[str], names: list[str]) -> tuple[float, int]:
    """Seconds and peak bytes."""
    done = subprocess.run(
        [sys.executable, "-c", _MEASURED, str(script), *arguments],
        input="\n".join(names),
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(_ROOT)},
    )
    found = json.loads(done.stdout)
    if found["status"]:
        raise SystemExit(f"{script.name} failed: {done.stderr}")
    return float(found["seconds"]), int(found["peak"])


def single(recogniser: Recogniser, network: torch.nn.Module, images: NDArray[np.uint8]) -> None:
    """Print milliseconds of one reading."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    bare: list[float] = []
    clear: list[float] = []
    unsure: list[float] = []
    with torch.inference_mode():
        inputs = as_input(torch.tensor(images))
        logits = torch.cat([network(inputs[at : at + 1000]) for at in range(0, len(inputs), 1000)])
        again = (margins(logits) < MARGIN).tolist()
        # In turns: one after the other they would drive each other's weights out of the processor's memory.
        for start in range(0, len(images), _BLOCK):
            block = range(start, min(start + _BLOCK, len(images)))
            for at in block:
                began = time.perf_counter()
                network(inputs[at : at + 1])
                bare.append((time.perf_counter() - began) * 1000)
            for at in block:
                began = time.perf_counter()
                recogniser.read(images[at], "bright")
                (unsure if again[at] else clear).append((time.perf_counter() - began) * 1000)
    torch.set_num_threads(threads)
    print(f"\n{'one image, one thread':28}{'median':>10}{'95th':>10}")
    for name, found in (
        ("bare pass of the network", bare), ("read, not augmented", clear), ("read, augmented", unsure)
    ):  # fmt: skip
        if found:
            print(f"  {name:26}{statistics.median(found):>7.2f} ms{float(np.percentile(found, 95)):>7.2f} ms")
    if clear:
        ratio = statistics.median(clear) / statistics.median(bare)
        print(f"  reading takes {ratio:.2f} times the bare pass, normalising included; {len(unsure)} were augmented")


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--images", type=int, default=70_000)
    options.add_argument("--files", type=int, default=10_000)
    options.add_argument("--singles", type=int, default=1000)
    options.add_argument("--photographs", action="store_true")
    options.add_argument("--checkpoint", default="", help="else the shipped model")
    given = options.parse_args()
    path = resolve(given.checkpoint)
    recogniser, (network, _) = Recogniser(path), load(path)
    train, test = mnist.load()
    print(f"Python {platform.python_version()}, torch {torch.__version__}, {usable_cores()} cores, {path.name}")
    if given.images:
        evaluating(recogniser, network, np.concatenate([test.images, train.images])[: given.images])
    if given.singles:
        single(recogniser, network, test.images[: given.singles])
    if given.files:
        with tempfile.TemporaryDirectory() as folder:
            predicting(Path(folder), test.images, given.files, given.photographs)


if __name__ == "__main__":
    main()
