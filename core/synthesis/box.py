"""Fits many images at once into MNIST's frame: a 20×20 box, centred by mass in a 28×28 field.

It has its own bounding boxes, 2,000 images at a time, since `bounding_box` takes only one image.
"""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from core.config.shape import BOX, SIDE

_BATCH = 2000
_INK = 40
"""Grey level, of 255, up to which pixels do not count for the box."""


def fitted(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(N, 28, 28) uint8 from (N, H, W) uint8, ink bright: the longer side scaled to 20 pixels, centred by mass.

    Like `normalise`, but with bilinear interpolation. Empty images stay empty.
    """
    parts = [_fitted(torch.tensor(images[start : start + _BATCH])) for start in range(0, len(images), _BATCH)]
    return np.concatenate(parts) if parts else np.zeros((0, SIDE, SIDE), np.uint8)


def _fitted(images: Tensor) -> NDArray[np.uint8]:
    height, width = images.shape[1:]
    inked = images > _INK
    top, bottom = _ends(inked.any(dim=2))
    left, right = _ends(inked.any(dim=1))
    side = torch.maximum(bottom - top, right - left).clamp_min(1)
    scale = side / BOX  # pixels of the image per pixel of the field
    centres = torch.arange(SIDE) + 0.5 - SIDE / 2
    x = (left + right)[:, None] / 2 + centres * scale[:, None]
    y = (top + bottom)[:, None] / 2 + centres * scale[:, None]
    grid = torch.stack(
        [
            (x * 2 / width - 1)[:, None, :].expand(-1, SIDE, -1),
            (y * 2 / height - 1)[:, :, None].expand(-1, -1, SIDE),
        ],
        dim=3,
    )
    found = F.grid_sample(images[:, None].float(), grid, mode="bilinear", padding_mode="zeros", align_corners=False)
    peak = found.amax(dim=(1, 2, 3)).clamp_min(1)  # stretch the greys, as `normalise` does
    return centred((found[:, 0] * (255 / peak)[:, None, None] + 0.5).to(torch.uint8)).numpy()


def _ends(filled: Tensor) -> tuple[Tensor, Tensor]:
    """The start and the end, (N,) float each, of the filled part of each row of `filled` (N, L) bool."""
    length = filled.shape[1]
    return filled.float().argmax(dim=1).float(), (length - filled.flip(1).float().argmax(dim=1)).float()


def centred(images: Tensor) -> Tensor:
    """(N, 28, 28) uint8, each moved by whole pixels to put its centre of mass in the middle without losing ink."""
    grey = images.float()
    mass = grey.sum(dim=(1, 2)).clamp_min(1)
    index = torch.arange(SIDE, dtype=torch.float32)
    moves = []
    for axis in (1, 2):
        line = grey.sum(dim=3 - axis)
        shift = (SIDE / 2 - (line * index).sum(dim=1) / mass).round().long()
        filled = line > 0
        first = filled.float().argmax(dim=1)
        last = SIDE - 1 - filled.flip(1).float().argmax(dim=1)
        moves.append(torch.minimum(torch.maximum(shift, -first), SIDE - 1 - last))
    rows = (torch.arange(SIDE) - moves[0][:, None]) % SIDE
    columns = (torch.arange(SIDE) - moves[1][:, None]) % SIDE
    numbers = torch.arange(len(images))
    return images[numbers[:, None, None], rows[:, :, None], columns[:, None, :]]
