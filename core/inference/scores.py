"""A network's scores for normalised images: ten probabilities each, and the probability that it is not a digit.

This is the plain way, in float32 on any device. The fast ways in this package are measured against it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from core.config.calibration import Calibration
from core.config.shape import CLASSES
from core.inference.test_time_augmentation import augmented
from core.networks.inputs import as_input

_BATCH = 1000
_BATCH_OF_PROCESSOR = 128
"""On a CPU. Activations are allocated for each batch, and from some 16 MB on they come as empty pages of memory, each
of which costs a page fault: with this many images the network of `accurate` takes half as long as with 1,000."""


@dataclass(frozen=True)
class Scores:
    """The answers to N images."""

    probabilities: NDArray[np.float32]
    """(N, 10), for the digits 0 to 9, each row sums to 1: which digit it is, if it is one."""
    no_digit: NDArray[np.float32]
    """(N,), 0 to 1: the probability that it is not a digit; 0 for a network without a reject output."""


def scores(
    network: nn.Module,
    images: NDArray[np.uint8],
    device: torch.device,
    calibration: Calibration | None = None,
    batch: int | None = None,
    *,
    augment: bool = True,
) -> Scores:
    """Read `images` (N, 28, 28) uint8 with `network`, which is on `device` and keeps its mode.

    `augment`: with test-time augmentation of the unsure ones.
    """
    # Written in place, which saves a second copy at the end.
    digits, reject = np.empty((len(images), CLASSES), np.float32), np.empty(len(images), np.float32)
    for rows, found in _of_batches(network, images, device, batch, augment):
        read = of_logits(found, calibration)
        digits[rows], reject[rows] = read.probabilities, read.no_digit
    return Scores(digits, reject)


def of_logits(logits: Tensor, calibration: Calibration | None = None) -> Scores:
    """The scores for `logits` (N, 10), or (N, 11) with a reject output."""
    temperature = 1.0 if calibration is None else calibration.temperature
    wide = logits.cpu().numpy().astype(np.float64)
    digits = _softmax(wide[:, :CLASSES] / temperature)
    reject = _softmax(wide)[:, CLASSES] if wide.shape[1] > CLASSES else np.zeros(len(wide))
    return Scores(digits.astype(np.float32), reject.astype(np.float32))


def _softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: NDArray[np.float64] = powers / powers.sum(axis=1, keepdims=True)
    return shares


def logits(
    network: nn.Module,
    images: NDArray[np.uint8],
    device: torch.device,
    batch: int | None = None,
    *,
    augment: bool = True,
) -> Tensor:
    """The logits of `network` for `images` (N, 28, 28) uint8: (N, 10) or (N, 11) float32 on the CPU.

    `augment`: with test-time augmentation, the mean over several views, of the unsure ones.
    """
    return torch.cat([found for _, found in _of_batches(network, images, device, batch, augment)])


def _of_batches(
    network: nn.Module, images: NDArray[np.uint8], device: torch.device, batch: int | None, augment: bool
) -> Iterator[tuple[slice, Tensor]]:
    """The rows of each batch and their logits on the CPU; without images, one empty batch."""
    batch = batch or (_BATCH_OF_PROCESSOR if device.type == "cpu" else _BATCH)
    was_training = network.training
    if was_training:
        network.eval()  # only if needed: it walks all layers, which takes as long as a pass through one
    try:
        for start in range(0, max(len(images), 1), batch):
            rows = slice(start, start + batch)
            with torch.inference_mode():
                seen = _seen(images[rows], device)
                first = network(seen).float()
                found = (augmented(network, seen, first) if augment else first).cpu()
            yield rows, found
    finally:
        if was_training:
            network.train()


def _seen(images: NDArray[np.uint8], device: torch.device) -> Tensor:
    """As `as_input`, on `device`. On a CPU it uses NumPy, which takes a third of torch's time for a single image."""
    if device.type != "cpu":
        return as_input(torch.tensor(images, device=device))
    scaled = images[:, np.newaxis].astype(np.float32)
    scaled /= 255
    return torch.from_numpy(scaled)
