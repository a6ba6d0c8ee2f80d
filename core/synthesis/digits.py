"""MNIST's digits as other pens, other scanners and other frames would have made them."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from core.collection import CLASSES, Part
from core.normalise import BOX, FIELD
from core.synthesis import doodles
from core.synthesis.box import fitted, widened
from core.synthesis.numerals import NUMERALS
from core.synthesis.pen import rendered
from core.synthesis.skeleton import distances, inked

_THINNEST, _BOLDEST = 0.45, 2.6
"""Radii of pens in pixels of the 20×20 box: lines of 0.9 to 5.2 pixels; MNIST's are 1.6 to 3.4."""
_CLIPPED = 0.3
"""Part of the images of which a side is cut off, as happens where people draw over the edge."""
_MOST_CLIPPED = 5
"""Rows or columns, of 20, that are cut off at most."""
_LEAST_LEFT = 0.7
"""Part of the rows or columns with ink that stays: a 1 is not cut away."""
_COARSE = 0.12
"""Part of the images that come from a scan of few pixels."""
_BLACK_OR_WHITE = 0.5
"""Part of these of which each pixel is either."""
_LEVEL = 0.4
"""Part of the strongest ink over which it is ink then."""


def redrawn(part: Part, seed: int) -> Part:
    """Each image of `part` drawn again along its middle lines by a pen of another width, in MNIST's frame.

    Some are cut off at a side, some widened, some as coarse as a scan of 10 to 18 pixels.
    """
    random = np.random.default_rng(seed)
    # Evenly over the logarithm: between 1 and 2 pixels lies as much as between 2 and 4.
    radii = np.exp(random.uniform(np.log(_THINNEST), np.log(_BOLDEST), len(part.labels)))
    images = inked(distances(part.images), radii)
    images = widened(fitted(_clipped(images, random)), random)
    return Part(_coarse(images, random), part.labels)


def written(count: int, seed: int) -> Part:
    """`count` digits (28, 28) written by pens, in all forms of `NUMERALS`, as many of each digit, in MNIST's frame."""
    random = np.random.default_rng(seed)
    labels = np.arange(count) % CLASSES
    traces = []
    for label in labels:
        forms = NUMERALS[label]
        traces.append(doodles.written(forms[random.integers(len(forms))], random, random.uniform(0.08, 0.4)))
    radii = np.exp(random.uniform(np.log(_THINNEST), np.log(_BOLDEST), count))
    images = widened(fitted(_clipped(rendered(traces, radii), random)), random)
    return Part(_coarse(images, random), labels.astype(np.uint8))


def _clipped(images: NDArray[np.uint8], random: np.random.Generator, share: float = _CLIPPED) -> NDArray[np.uint8]:
    found = images.copy()
    chosen = np.flatnonzero(random.random(len(images)) < share)
    for index in chosen:
        image = np.rot90(found[index], turns := int(random.integers(4)))
        rows = np.flatnonzero(image.any(axis=1))
        most = int((1 - _LEAST_LEFT) * len(rows))
        cut = image.copy()
        cut[: int(rows[0] if len(rows) else 0) + min(most, int(random.integers(1, _MOST_CLIPPED + 1)))] = 0
        found[index] = np.rot90(cut, -turns)
    return found


def _coarse(images: NDArray[np.uint8], random: np.random.Generator) -> NDArray[np.uint8]:
    found = images.copy()
    chosen = np.flatnonzero(random.random(len(images)) < _COARSE)
    sides = random.integers(10, 19, len(chosen))
    for side in np.unique(sides):
        numbers = chosen[sides == side]
        grey = torch.tensor(images[numbers])[:, None].float()
        small = F.interpolate(grey, size=int(side) * FIELD // BOX, mode="area")
        hard = torch.tensor(random.random(len(numbers)) < _BLACK_OR_WHITE)
        small[hard] = (small[hard] > _LEVEL * small[hard].amax(dim=(1, 2, 3), keepdim=True)) * 255.0
        wide = F.interpolate(small, size=FIELD, mode="bicubic", align_corners=False).clamp_(0, 255)
        found[numbers] = fitted((wide[:, 0] + 0.5).to(torch.uint8).numpy())
    return found
