"""What a network says of normalised images: ten probabilities each, and how probably it is no digit at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from core.batches import as_input
from core.calibration import Calibration
from core.collection import CLASSES
from core.second_look import looked_again

_BATCH = 1000
Made = TypeVar("Made")


@dataclass(frozen=True)
class Scores:
    """The answers to N images."""

    probabilities: NDArray[np.float32]
    """(N, 10), of 0 to 9, each row sums to 1: which digit, if it is one."""
    no_digit: NDArray[np.float32]
    """(N,), 0 to 1: how probably it is no digit; 0 of a network that was never shown anything else."""


def scores(
    network: nn.Module,
    images: NDArray[np.uint8],
    device: torch.device,
    calibration: Calibration | None = None,
    batch: int = _BATCH,
    *,
    once: bool = False,
) -> Scores:
    """What `network`, which lies on `device` and keeps its mode, says of `images` (N, 28, 28) uint8.

    Unsure ones are looked at again, unless `once`.
    """
    # Batch by batch: what is worked out between logits and probabilities is ten times as large as these.
    found = _of_batches(network, images, device, batch, once, lambda each: of_logits(each, calibration))
    if len(found) == 1:
        return found[0]
    return Scores(
        np.concatenate([each.probabilities for each in found]), np.concatenate([each.no_digit for each in found])
    )


def of_logits(logits: Tensor, calibration: Calibration | None = None) -> Scores:
    """The scores of `logits` (N, 10), or (N, 11) where the network tells what is no digit."""
    temperature = 1.0 if calibration is None else calibration.temperature
    wide = logits.cpu().numpy().astype(np.float64)
    digits = _softmax(wide[:, :CLASSES] / temperature)
    none = _softmax(wide)[:, CLASSES] if wide.shape[1] > CLASSES else np.zeros(len(wide))
    return Scores(digits.astype(np.float32), none.astype(np.float32))


def _softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: NDArray[np.float64] = powers / powers.sum(axis=1, keepdims=True)
    return shares


def logits(
    network: nn.Module, images: NDArray[np.uint8], device: torch.device, batch: int = _BATCH, *, once: bool = False
) -> Tensor:
    """What `network` puts out for `images` (N, 28, 28) uint8: (N, 10) or (N, 11) float32 on the CPU.

    Of the images it is unsure of it is the mean over several looks (`second_look`), unless `once`.
    """
    return torch.cat(_of_batches(network, images, device, batch, once, lambda each: each))


def _of_batches(
    network: nn.Module,
    images: NDArray[np.uint8],
    device: torch.device,
    batch: int,
    once: bool,
    made: Callable[[Tensor], Made],
) -> list[Made]:
    """What is `made` of the logits of each batch, one at least, which is empty where there are no images."""
    was_training = network.training
    if was_training:
        network.eval()  # goes through all layers, which takes as long as one of them
    found = []
    try:
        with torch.inference_mode():
            for start in range(0, max(len(images), 1), batch):
                seen = as_input(torch.tensor(images[start : start + batch], device=device))
                first = network(seen).float()
                found.append(made((first if once else looked_again(network, seen, first)).cpu()))
    finally:
        if was_training:
            network.train()
    return found
