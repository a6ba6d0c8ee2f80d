"""Images put into MNIST's frame again after something was done to them, many at once.

Their boxes are found here and not by `bounding_box`, which takes one image: a batch of 2,000 in one go.
"""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from core.preprocessing.normalise import BOX, FIELD

_BATCH = 2000
_INK = 40
"""Fainter pixels, of 255, do not count for the box."""


def fitted(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """`images` (N, H, W) uint8, bright ink, as (N, 28, 28): the longer side 20 pixels, centred by mass.

    What `normalise` does, with bilinear interpolation. Empty images stay empty.
    """
    parts = [_fitted(torch.tensor(images[start : start + _BATCH])) for start in range(0, len(images), _BATCH)]
    return np.concatenate(parts) if parts else np.zeros((0, FIELD, FIELD), np.uint8)


def _fitted(images: Tensor) -> NDArray[np.uint8]:
    height, width = images.shape[1:]
    inked = images > _INK
    top, bottom = _ends(inked.any(dim=2))
    left, right = _ends(inked.any(dim=1))
    side = torch.maximum(bottom - top, right - left).clamp_min(1)
    scale = side / BOX  # pixels of the image for one of the field
    centres = torch.arange(FIELD) + 0.5 - FIELD / 2
    x = (left + right)[:, None] / 2 + centres * scale[:, None]
    y = (top + bottom)[:, None] / 2 + centres * scale[:, None]
    grid = torch.stack(
        [
            (x * 2 / width - 1)[:, None, :].expand(-1, FIELD, -1),
            (y * 2 / height - 1)[:, :, None].expand(-1, -1, FIELD),
        ],
        dim=3,
    )
    found = F.grid_sample(images[:, None].float(), grid, mode="bilinear", padding_mode="zeros", align_corners=False)
    peak = found.amax(dim=(1, 2, 3)).clamp_min(1)  # greys are stretched, as `normalise` does
    return centred((found[:, 0] * (255 / peak)[:, None, None] + 0.5).to(torch.uint8)).numpy()


def _ends(filled: Tensor) -> tuple[Tensor, Tensor]:
    """Of each row (N, L) bool where the filled part begins and ends, (N,) float."""
    length = filled.shape[1]
    return filled.float().argmax(dim=1).float(), (length - filled.flip(1).float().argmax(dim=1)).float()


def centred(images: Tensor) -> Tensor:
    """(N, 28, 28) uint8, each moved by whole pixels so that its centre of mass is in the middle, nothing lost."""
    grey = images.float()
    mass = grey.sum(dim=(1, 2)).clamp_min(1)
    index = torch.arange(FIELD, dtype=torch.float32)
    moves = []
    for axis in (1, 2):
        line = grey.sum(dim=3 - axis)
        wanted = (FIELD / 2 - (line * index).sum(dim=1) / mass).round().long()
        filled = line > 0
        first = filled.float().argmax(dim=1)
        last = FIELD - 1 - filled.flip(1).float().argmax(dim=1)
        moves.append(torch.minimum(torch.maximum(wanted, -first), FIELD - 1 - last))
    rows = (torch.arange(FIELD) - moves[0][:, None]) % FIELD
    columns = (torch.arange(FIELD) - moves[1][:, None]) % FIELD
    numbers = torch.arange(len(images))
    return images[numbers[:, None, None], rows[:, :, None], columns[:, None, :]]
