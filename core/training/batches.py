"""Shuffled batches of a data set that stays on the device as uint8 throughout the training."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.config.recipes import Augmentation
from core.data.collection import LabelledImages
from core.networks.inputs import as_input
from core.training.augmentation import augment


@dataclass(frozen=True)
class AuxiliaryImages:
    """Images that are shown in addition to those of the data set: replayed or synthetic ones."""

    images: NDArray[np.uint8]
    """(N, 28, 28)."""
    labels: NDArray[np.uint8]
    """(N,), 0 to 9, or 10 for non-digits."""
    each: int
    """How many of them, at least 1 and drawn at random, join each batch."""
    augmentation: Augmentation


class Batches:
    """Training batches. The order within an epoch depends only on the seed and the epoch."""

    def __init__(
        self,
        part: LabelledImages,
        batch_size: int,
        augmentation: Augmentation,
        device: torch.device,
        seed: int,
        *,
        steps: int | None = None,
        auxiliary: Sequence[AuxiliaryImages] = (),
    ) -> None:
        """Copies `part` (at least one image) and `auxiliary` to `device` once; on the CPU nothing is copied.

        The last images of each batch are auxiliary ones, in the order of `auxiliary`, fewer than `batch_size` in total.
        An epoch has `steps` batches, or as many as `part` fills. If `steps` is more than `part` fills, images are shown
        several times in an epoch, all equally often to within one.
        """
        added = sum(each.each for each in auxiliary)
        self._images = _there(part.images, device)
        self._labels = torch.tensor(part.labels, device=device)
        self._own = min(batch_size - added, len(part)) if steps is None else batch_size - added
        self.batch_size = self._own + added
        self._auxiliary = [
            (_there(each.images, device), torch.tensor(each.labels, device=device).long(), each) for each in auxiliary
        ]
        self._augmentation = augmentation
        self._seed = seed
        self.steps = len(part) // self._own if steps is None else steps
        """Batches per epoch. Images that do not fill a last batch are left out, different ones in each epoch."""
        self.generator = torch.Generator(device=device).manual_seed(seed)
        """Draws the distortions; its state is part of the snapshot that a run is resumed from."""

    def epoch(self, number: int, skip: int = 0) -> Iterator[tuple[Tensor, Tensor]]:
        """The batches of epoch `number`, after the first `skip`: images (B, 1, 28, 28) float 0 to 1, labels (B,)."""
        # Shuffled on the CPU, so that the order is the same for every device.
        shuffler = torch.Generator().manual_seed((self._seed * 1_000_003 + number) % 2**63)
        count, device = len(self._images), self._images.device
        rounds = max(1, -(-self.steps * self._own // count))
        order = torch.randperm(count, generator=shuffler)
        if rounds > 1:
            order = torch.cat([order, *(torch.randperm(count, generator=shuffler) for _ in range(rounds - 1))])
        order = order.to(device)
        drawn = [
            torch.randint(len(images), (self.steps, each.each), generator=shuffler).to(device)
            for images, _, each in self._auxiliary
        ]
        for step in range(skip, self.steps):
            chosen = order[step * self._own : (step + 1) * self._own]
            images = [augment(as_input(self._images[chosen]), self._augmentation, self.generator)]
            labels = [self._labels[chosen].long()]
            for numbers, (added, named, each) in zip(drawn, self._auxiliary, strict=True):
                images.append(augment(as_input(added[numbers[step]]), each.augmentation, self.generator))
                labels.append(named[numbers[step]])
            yield torch.cat(images), torch.cat(labels)


def _there(images: NDArray[np.uint8], device: torch.device) -> Tensor:
    """`images` on `device`; on the CPU without a copy if that is possible."""
    return torch.from_numpy(images).to(device) if images.flags.writeable else torch.tensor(images, device=device)
