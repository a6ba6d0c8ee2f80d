"""How well digits are read from scans of few pixels, as older collections have them.

    python -m tests.benchmarks.coarse_scans [--count 2000] [--side 16] [--images FOLDER]… [--checkpoint RUN]

MNIST's test digits, or those of folders `0/` to `9/`, are cut out and scaled to fill a square of `--side` pixels: with
their proportions, or stretched without them; in grey levels, or each pixel ink or paper. Each is then read as an image
whose polarity is not known, and printed is how many are read right, taken for the other polarity, and rejected.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.data import mnist
from core.data.datasets import gather
from core.preprocessing.bounding_box import cropped
from core.preprocessing.normalise import normalise
from core.preprocessing.polarity import is_ink_dark
from core.reading.recogniser import Recogniser
from core.runs.checkpoints import resolve

Grey = NDArray[np.uint8]
_INK = 100
"""Grey level, of 255, over which a pixel in black and white is ink."""


def scanned(image: Grey, side: int, *, stretched: bool, grey: bool) -> Grey:
    """(side, side) uint8, ink bright on 0."""
    ink = Image.fromarray(cropped(image))
    times = side / max(ink.size)
    size = (side, side) if stretched else (max(1, round(ink.width * times)), max(1, round(ink.height * times)))
    small = np.asarray(ink.resize(size, Image.Resampling.BILINEAR))
    field = np.zeros((side, side), np.uint8)
    top, left = (side - size[1]) // 2, (side - size[0]) // 2
    field[top : top + size[1], left : left + size[0]] = small
    return field if grey else ((field > _INK) * 255).astype(np.uint8)


def digits(folder: Path) -> tuple[Grey, Grey]:
    """All images (N, 28, 28) of a set, normalised, and their labels (N,)."""
    parts = gather(str(folder)).parts
    return np.concatenate([part.images for part in parts]), np.concatenate([part.labels for part in parts])


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--count", type=int, default=2000, help="of MNIST's test images")
    options.add_argument("--side", type=int, default=16)
    options.add_argument("--images", type=Path, action="append", default=[])
    options.add_argument("--checkpoint", default="", help="else the shipped model")
    given = options.parse_args()
    recogniser = Recogniser(resolve(given.checkpoint))
    _, test = mnist.load()
    sets = [("MNIST's test set", test.images[: given.count], test.labels[: given.count])]
    sets += [(folder.name, *digits(folder)) for folder in given.images]
    print(f"{recogniser.path.name}, {given.side}×{given.side} pixels")
    for name, images, labels in sets:
        print(f"\n{f'{name}, {len(images):,}':44}{'right':>8}{'turned round':>15}{'rejected':>10}")
        for stretched in (False, True):
            for grey in (True, False):
                scans = [scanned(image, given.side, stretched=stretched, grey=grey) for image in images]
                read = recogniser.scores(np.stack([normalise(scan) for scan in scans]))
                right = (read.probabilities.argmax(axis=1) == labels).mean()
                turned = np.mean([is_ink_dark(scan) for scan in scans])
                rejected = (read.no_digit >= recogniser.calibration.threshold).mean()
                what = f"{'stretched' if stretched else 'in proportion'}, {'grey' if grey else 'black or white'}"
                print(f"  {what:42}{right:>8.2%}{turned:>15.2%}{rejected:>10.2%}")


if __name__ == "__main__":
    main()
