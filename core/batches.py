"""Shuffled batches of a data set that lies on the device as uint8 from start to end."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from core.augmentation import augment
from core.collection import Part
from core.recipes import Augmentation


class Batches:
    """Training batches. The order of an epoch follows from the seed and the epoch alone."""

    def __init__(
        self,
        part: Part,
        batch_size: int,
        augmentation: Augmentation,
        device: torch.device,
        seed: int,
        *,
        steps: int | None = None,
        replay: Part | None = None,
        replayed: int = 0,
        replay_augmentation: Augmentation | None = None,
    ) -> None:
        """`part`, of at least one image, is copied to `device` once, and `replay` too.

        Of each batch the last `replayed` images are drawn from `replay`, fewer than `batch_size`. An epoch has as
        many batches as `part` fills, or `steps`: more than it fills show images more than once, each as often as
        any other, give or take one.
        """
        self._images = torch.tensor(part.images, device=device)
        self._labels = torch.tensor(part.labels, device=device).long()
        self._own = min(batch_size - replayed, len(part)) if steps is None else batch_size - replayed
        self.batch_size = self._own + replayed
        self.replayed = replayed
        if replay is not None:
            self._replay_images = torch.tensor(replay.images, device=device)
            self._replay_labels = torch.tensor(replay.labels, device=device).long()
        self._augmentation = augmentation
        self._replay_augmentation = replay_augmentation or augmentation
        self._seed = seed
        self.steps = len(part) // self._own if steps is None else steps
        """Batches an epoch. What does not fill the last one is left to later epochs, other images each time."""
        self.generator = torch.Generator(device=device).manual_seed(seed)
        """Draws the distortions; its state is part of what a resumed run goes on from."""

    def epoch(self, number: int, skip: int = 0) -> Iterator[tuple[Tensor, Tensor]]:
        """The batches of epoch `number`, after the first `skip`: images (B, 1, 28, 28) float 0 to 1, labels (B,)."""
        # Shuffled on the CPU, whose generator gives the same order for every device.
        shuffler = torch.Generator().manual_seed((self._seed * 1_000_003 + number) % 2**63)
        count, device = len(self._images), self._images.device
        rounds = max(1, -(-self.steps * self._own // count))
        order = torch.cat([torch.randperm(count, generator=shuffler) for _ in range(rounds)]).to(device)
        if self.replayed:
            size = (self.steps, self.replayed)
            again = torch.randint(len(self._replay_images), size, generator=shuffler).to(device)
        for step in range(skip, self.steps):
            chosen = order[step * self._own : (step + 1) * self._own]
            images, labels = (
                augment(as_input(self._images[chosen]), self._augmentation, self.generator),
                self._labels[chosen],
            )
            if self.replayed:
                known = as_input(self._replay_images[again[step]])
                images = torch.cat([images, augment(known, self._replay_augmentation, self.generator)])
                labels = torch.cat([labels, self._replay_labels[again[step]]])
            yield images, labels


def as_input(images: Tensor) -> Tensor:
    """uint8 (N, 28, 28) as the networks take it: float32 (N, 1, 28, 28), 0 to 1, channels last."""
    scaled = images.unsqueeze(1).float().div_(255)
    return scaled.contiguous(memory_format=torch.channels_last)
