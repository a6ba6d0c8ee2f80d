"""Shuffled batches of a data set that lies on the device as uint8 from start to end."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.augmentation import augment
from core.recipes import Augmentation


class Batches:
    """Training batches. The order of an epoch follows from the seed and the epoch alone."""

    def __init__(
        self,
        images: NDArray[np.uint8],
        labels: NDArray[np.uint8],
        batch_size: int,
        augmentation: Augmentation,
        device: torch.device,
        seed: int,
    ) -> None:
        """`images` (N, 28, 28) and `labels` (N,), uint8, N at least 1; copied to `device` once."""
        self._images = torch.tensor(images, device=device)
        self._labels = torch.tensor(labels, device=device).long()
        self.batch_size = min(batch_size, len(images))
        self._augmentation = augmentation
        self._seed = seed
        self.generator = torch.Generator(device=device).manual_seed(seed)
        """Draws the distortions; its state is part of what a resumed run goes on from."""

    @property
    def steps(self) -> int:
        """Batches an epoch. What does not fill the last one is left to later epochs, other images each time."""
        return len(self._images) // self.batch_size

    def epoch(self, number: int, skip: int = 0) -> Iterator[tuple[Tensor, Tensor]]:
        """The batches of epoch `number`, after the first `skip`: images (B, 1, 28, 28) float 0 to 1, labels (B,)."""
        # Shuffled on the CPU, whose generator gives the same order for every device.
        shuffler = torch.Generator().manual_seed((self._seed * 1_000_003 + number) % 2**63)
        order = torch.randperm(len(self._images), generator=shuffler).to(self._images.device)
        for step in range(skip, self.steps):
            chosen = order[step * self.batch_size : (step + 1) * self.batch_size]
            images = as_input(self._images[chosen])
            yield augment(images, self._augmentation, self.generator), self._labels[chosen]


def as_input(images: Tensor) -> Tensor:
    """uint8 (N, 28, 28) as the networks take it: float32 (N, 1, 28, 28), 0 to 1, channels last."""
    scaled = images.unsqueeze(1).float().div_(255)
    return scaled.contiguous(memory_format=torch.channels_last)
