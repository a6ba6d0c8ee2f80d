"""Images as the networks take them."""

from __future__ import annotations

import torch
from torch import Tensor


def as_input(images: Tensor) -> Tensor:
    """uint8 (N, 28, 28) as the networks take it: float32 (N, 1, 28, 28), 0 to 1, channels last."""
    scaled = images.unsqueeze(1).float().div_(255)
    return scaled.contiguous(memory_format=torch.channels_last)
