"""The images that a network finds most like another one, by its last hidden layer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from core.networks.architectures import SequentialNetwork, standardised
from core.networks.inputs import as_input

_PART = 4096
"""Rows that are widened to float32 at a time: all of them would take 200 MB."""


@dataclass(frozen=True)
class Neighbour:
    """One image that is like another."""

    index: int
    """Its place among the images that were asked about."""
    likeness: float
    """The cosine between the two images' hidden values, −1 to 1; 1 for the same image."""


def features(network: SequentialNetwork, images: NDArray[np.uint8]) -> NDArray[np.float16]:
    """What the last layer of `network`, in evaluation mode and on the CPU, is given for `images` (N, 28, 28) uint8.

    (N, D) float16, each row of length 1.
    """
    with torch.inference_mode():
        value = standardised(as_input(torch.tensor(images)))
        for layer in network.layers[: len(network.layers) - 1]:
            value = layer(value)
        flat = value.flatten(1)
        found: NDArray[np.float16] = (flat / flat.norm(dim=1, keepdim=True).clamp_min(1e-12)).half().numpy()
        return found


def nearest(one: NDArray[np.float16], others: NDArray[np.float16], most: int) -> list[Neighbour]:
    """The `most` of `others` (N, D) most like `one` (D,), as `features` makes both; of equal ones, the first."""
    wide = one.astype(np.float32)
    parts = [others[at : at + _PART].astype(np.float32) @ wide for at in range(0, len(others), _PART)]
    likeness = np.concatenate([np.zeros(0, np.float32), *parts])
    order = np.argsort(-likeness, kind="stable")[:most]
    return [Neighbour(int(index), float(likeness[index])) for index in order]
