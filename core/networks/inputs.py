"""Converts images to the networks' input."""

from __future__ import annotations

import torch
from torch import Tensor


def as_input(images: Tensor) -> Tensor:
    """The networks' input, (N, 1, 28, 28) float32, 0 to 1, channels last, from (N, 28, 28) uint8 images."""
    scaled = images.unsqueeze(1).float().div_(255)
    return scaled.contiguous(memory_format=torch.channels_last)
