"""Synthetic digits: a data set's digits redrawn with other pens, and digits written by our own strokes."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from core.config.shape import CLASSES, SIDE
from core.data.collection import LabelledImages
from core.synthesis import doodles
from core.synthesis.box import fitted
from core.synthesis.numerals import NUMERALS
from core.synthesis.pen import rendered
from core.synthesis.skeleton import distances, inked

_THINNEST, _BOLDEST = 0.45, 2.6
"""Pen radii in pixels of the 20×20 box: lines of 0.9 to 5.2 pixels, where MNIST's are 1.6 to 3.4."""
_CLIPPED = 0.3
"""Share of the images with one side cut off, as when people draw over the edge."""
_MOST_CLIPPED = 5
"""Maximum number of rows or columns, of 20, that are cut off."""
_COARSE = 0.12
"""Share of the images that look like a low-resolution scan."""


def redrawn(part: LabelledImages, seed: int) -> LabelledImages:
    """Each image of `part` redrawn along its centre lines with a pen of another width, in MNIST's frame.

    Some are cut off at one side, and some are as coarse as a scan of 10 to 18 pixels.
    """
    random = np.random.default_rng(seed)
    # Uniform in the logarithm: as many between 1 and 2 pixels as between 2 and 4.
    radii = np.exp(random.uniform(np.log(_THINNEST), np.log(_BOLDEST), len(part.labels)))
    images = inked(distances(part.images), radii)
    images = fitted(_clipped(images, random))
    return LabelledImages(_coarse(images, random), part.labels)


def written(count: int, seed: int) -> LabelledImages:
    """`count` synthetic digits (28, 28) in MNIST's frame, in all forms of `NUMERALS`, equally many of each digit."""
    random = np.random.default_rng(seed)
    labels = np.arange(count) % CLASSES
    traces = []
    for label in labels:
        forms = NUMERALS[label]
        traces.append(doodles.written(forms[random.integers(len(forms))], random, random.uniform(0.08, 0.4)))
    radii = np.exp(random.uniform(np.log(_THINNEST), np.log(_BOLDEST), count))
    images = fitted(_clipped(rendered(traces, radii), random))
    return LabelledImages(_coarse(images, random), labels.astype(np.uint8))


def _clipped(images: NDArray[np.uint8], random: np.random.Generator, share: float = _CLIPPED) -> NDArray[np.uint8]:
    found = images.copy()
    chosen = np.flatnonzero(random.random(len(images)) < share)
    for index in chosen:
        image = np.rot90(found[index], turns := int(random.integers(4)))
        first = int(np.argmax(image.any(axis=1)))
        cut = image.copy()
        cut[: first + random.integers(1, _MOST_CLIPPED + 1)] = 0
        found[index] = np.rot90(cut, -turns)
    return found


def _coarse(images: NDArray[np.uint8], random: np.random.Generator) -> NDArray[np.uint8]:
    found = images.copy()
    chosen = np.flatnonzero(random.random(len(images)) < _COARSE)
    sides = random.integers(10, 19, len(chosen))
    for side in np.unique(sides):
        numbers = chosen[sides == side]
        grey = torch.tensor(images[numbers])[:, None].float()
        small = F.interpolate(grey, size=int(side) * SIDE // 20, mode="area")
        wide = F.interpolate(small, size=SIDE, mode="bicubic", align_corners=False).clamp_(0, 255)
        found[numbers] = fitted((wide[:, 0] + 0.5).to(torch.uint8).numpy())
    return found
