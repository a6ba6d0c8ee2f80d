"""How often dark ink is told from bright in photographs of pages in uneven light.

    python -m tests.benchmarks.uneven_light [--count 50] [--depth 0.7]

Pages of some hundred pixels with one to four of MNIST's test digits, of a fifth, a half and four fifths of the page's
height, in ink on paper or in chalk on a board, a little blurred and noisy. The light falls by `--depth` of it: not at
all, across the page, into a corner, towards all corners, or at the edge of a shadow. Printed is how many of `--count`
pages of each kind are taken for the other polarity. Always the same pages: the seed is fixed.
"""

from __future__ import annotations

import argparse

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from core.data import mnist
from core.preprocessing.bounding_box import cropped
from core.preprocessing.normalise import reduced
from core.preprocessing.polarity import is_ink_dark

Grey = NDArray[np.uint8]
LIGHTS = ("even", "across", "corner", "corners", "shadow")
SIZES = (0.2, 0.5, 0.8)
"""Height of the digits, as parts of the page's."""


def page(digits: Grey, light: str, depth: float, *, size: float, chalk: bool, random: np.random.Generator) -> Grey:
    """One photograph, of digits drawn from `digits` (N, 28, 28)."""
    height, width = int(random.integers(200, 500)), int(random.integers(200, 700))
    ink = np.zeros((height, width), np.float32)
    tall, left = int(height * size), round(width * random.uniform(0.05, 0.15))
    for _ in range(1 if size > 0.6 else int(random.integers(1, 5))):
        digit = cropped(digits[random.integers(len(digits))])
        wide = max(8, digit.shape[1] * tall // digit.shape[0])
        if left + wide >= width:
            break
        top = int(random.integers(height - tall))
        shape = Image.fromarray(digit).resize((wide, tall), Image.Resampling.BICUBIC)
        ink[top : top + tall, left : left + wide] = np.asarray(shape) / np.float32(255)
        left += wide + tall // 5
    ink *= random.uniform(0.5, 0.85)
    fallen = 1 - depth * _fall(light, height, width, random)
    shown = fallen * (40 + 175 * ink if chalk else 215 * (1 - ink)) + random.normal(0, 4, ink.shape)
    return np.asarray(Image.fromarray(shown.clip(0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(1)))


def _fall(light: str, height: int, width: int, random: np.random.Generator) -> NDArray[np.float64]:
    """(height, width), 0 to 1: how far the light has fallen."""
    down, across = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    turn = random.uniform(0, 2 * np.pi)
    along = np.cos(turn) * (across - 0.5) + np.sin(turn) * (down - 0.5)
    if light == "across":
        return np.asarray(along / 2**0.5 + 0.5)
    if light == "corner":
        return np.asarray((across + down) / 2)
    if light == "corners":
        return np.asarray(2 * ((across - 0.5) ** 2 + (down - 0.5) ** 2))
    if light == "shadow":
        return np.asarray(1 / (1 + np.exp(-20 * (along + random.uniform(-0.2, 0.2)))))
    return np.zeros((height, width))


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--count", type=int, default=50, help="pages of each kind")
    options.add_argument("--depth", type=float, default=0.7, help="0 to 1: how much of the light is lost")
    given = options.parse_args()
    _, test = mnist.load()
    total = wrong = 0
    print(f"{'of ' + str(given.count) + ' pages turned round':<28}" + "".join(f"{size:>8.0%}" for size in SIZES))
    for chalk in (False, True):
        for light in LIGHTS:
            turned = []
            for size in SIZES:
                random = np.random.default_rng([7, LIGHTS.index(light), round(100 * size), chalk])
                pages = (
                    page(test.images, light, given.depth, size=size, chalk=chalk, random=random)
                    for _ in range(given.count)
                )
                turned.append(sum(is_ink_dark(reduced(each)) == chalk for each in pages))
            total, wrong = total + len(SIZES) * given.count, wrong + sum(turned)
            print(f"  {'chalk' if chalk else 'ink':<6}{light:<20}" + "".join(f"{each:>8}" for each in turned))
    print(f"{wrong} of {total:,}")


if __name__ == "__main__":
    main()
