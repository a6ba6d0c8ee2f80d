"""Finds the centre lines of strokes, so that a digit can be redrawn with another pen.

Thinning after Zhang and Suen 1984, "A fast parallel algorithm for thinning digital patterns", on images enlarged
twofold, with a table of the 256 neighbourhoods.
"""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from core.config.shape import SIDE

_FACTOR = 2
_BATCH = 1000
_FAR = 1e4
_STEP = 16
"""Distances are stored in sixteenths of a pixel."""
_NEIGHBOURS = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))
"""P2 to P9 in the paper: row and column offsets from the pixel, clockwise from above."""


def distances(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The distance of each pixel's centre from the strokes' centre lines, for `images` (N, 28, 28) uint8.

    (N, 28, 28) uint8 in sixteenths of a pixel, at most 255; an image without ink is 255 everywhere.
    """
    parts = [_distances(torch.tensor(images[start : start + _BATCH])) for start in range(0, len(images), _BATCH)]
    return np.concatenate(parts) if parts else np.zeros((0, SIDE, SIDE), np.uint8)


def inked(distance: NDArray[np.uint8], radii: NDArray[np.float64]) -> NDArray[np.uint8]:
    """(N, 28, 28) uint8 drawn along the centre lines with round pens of `radii` (N,) pixels.

    `distance` is the result of `distances`.
    """
    grey = radii[:, None, None] + 0.5 - distance.astype(np.float32) / _STEP
    return (np.clip(grey, 0, 1) * 255 + 0.5).astype(np.uint8)


def _distances(images: Tensor) -> NDArray[np.uint8]:
    scaled = F.interpolate(images[:, None].float(), scale_factor=_FACTOR, mode="bicubic", align_corners=False)
    thin = thinned(scaled[:, 0] > 127)
    # The squared distance to the nearest point in each column, then the minimum over columns (separable, so exact).
    centres = torch.arange(SIDE) + 0.5
    fine = (torch.arange(SIDE * _FACTOR) + 0.5) / _FACTOR
    apart = (centres[:, None] - fine).square()  # (28, 56)
    columns = torch.stack([torch.where(thin, row[None, :, None], _FAR).amin(dim=1) for row in apart], dim=1)
    nearest = torch.stack([(columns + row).amin(dim=2) for row in apart], dim=2)
    return (nearest.sqrt() * _STEP).clamp_(max=255).round_().to(torch.uint8).numpy()


def thinned(masks: Tensor) -> Tensor:
    """The skeletons (N, H, W) bool of `masks` (N, H, W) bool: one pixel wide, with connectivity preserved."""
    now = F.pad(masks, (1, 1, 1, 1)).to(torch.uint8)
    tables = [torch.tensor(_table(first)) for first in (True, False)]
    while True:
        before = now
        for table in tables:
            code = torch.zeros_like(now)
            for bit, (down, across) in enumerate(_NEIGHBOURS):
                code |= torch.roll(now, (-down, -across), (1, 2)) << bit
            now = now * table[code.long()]
        if torch.equal(before, now):
            return now[:, 1:-1, 1:-1].bool()


def _table(first: bool) -> list[int]:
    """For each of the 256 neighbourhoods, eight pixels as bits: 1 if the pixel in the middle stays, else 0."""
    stays = []
    for code in range(256):
        p = [code >> bit & 1 for bit in range(8)]
        crossings = sum(p[bit] == 0 and p[(bit + 1) % 8] == 1 for bit in range(8))
        up, right, down, left = p[0], p[2], p[4], p[6]
        corner = (
            up * right * down == 0 and right * down * left == 0
            if first
            else up * right * left == 0 and up * down * left == 0
        )
        stays.append(int(not (2 <= sum(p) <= 6 and crossings == 1 and corner)))
    return stays
