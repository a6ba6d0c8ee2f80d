"""What each layer of a network makes of one image: feature maps, and what speaks for each digit. Knows no file.

Only sequential networks can be looked into; `Architecture.is_sequential` says which are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from core.networks.architectures import SequentialNetwork, standardised
from core.networks.inputs import as_input


@dataclass(frozen=True, eq=False)  # arrays have no single truth value
class FeatureMaps:
    """What one convolution makes of an image."""

    maps: NDArray[np.float32]
    """(C, H, W), one for each kernel, after the activation function: 0 where nothing was found."""
    kernels: NDArray[np.float32]
    """(C, K, h, w): the weights that made them, K for each map of the layer before."""


@dataclass(frozen=True, eq=False)
class Votes:
    """What speaks for each answer in the last layer: its logits are the sums of its columns, and its biases."""

    votes: NDArray[np.float32]
    """(N, 10), or (N, 11) with a reject output: each hidden value times its weight; below 0 it speaks against it."""
    biases: NDArray[np.float32]
    """(10,) or (11,)."""

    @property
    def logits(self) -> NDArray[np.float32]:
        """(10,) or (11,)."""
        logits: NDArray[np.float32] = self.votes.sum(axis=0) + self.biases
        return logits

    def of_groups(self, count: int) -> NDArray[np.float32]:
        """(count, 10 or 11): the votes of as many equal groups of hidden values, such as those from one feature map.

        Raises ValueError if they cannot be grouped so.
        """
        grouped: NDArray[np.float32] = self.votes.reshape(count, -1, self.votes.shape[1]).sum(axis=1)
        return grouped


@dataclass(frozen=True, eq=False)
class Layers:
    """What a network makes of one image, from its first convolution to its logits."""

    convolutions: tuple[FeatureMaps, ...]
    hidden: tuple[NDArray[np.float32], ...]
    """The values (N,) of each hidden linear layer, after the activation function."""
    votes: Votes

    @property
    def grouped_votes(self) -> NDArray[np.float32]:
        """(N, 10 or 11): the votes of each map of the last convolution or, with hidden linear layers, of each value."""
        if self.hidden or not self.convolutions:
            return self.votes.votes
        return self.votes.of_groups(len(self.convolutions[-1].maps))


def layers(network: SequentialNetwork, image: NDArray[np.uint8]) -> Layers:
    """The layers of `network`, in evaluation mode and on the CPU, for `image` (28, 28) uint8, as `normalise` makes it.

    Raises ValueError if the network's last layer is not linear.
    """
    with torch.inference_mode():
        value = standardised(as_input(torch.tensor(image[np.newaxis])))
        convolutions, hidden = [], []
        blocks = list(_blocks(network))
        for block in blocks[:-1]:
            value, active = _through(block, value)
            if isinstance(block[0], nn.Conv2d):
                convolutions.append(FeatureMaps(active[0].numpy(), block[0].weight.detach().numpy()))
            elif isinstance(block[0], nn.Linear):
                hidden.append(active[0].numpy())
        last = blocks[-1]
        if len(last) != 1 or not isinstance(last[0], nn.Linear):
            raise ValueError("the last layer of the network is not linear")
        weight, bias = last[0].weight.detach(), last[0].bias.detach()
        return Layers(
            tuple(convolutions), tuple(hidden), Votes((value[0].unsqueeze(1) * weight.T).numpy(), bias.numpy())
        )


def _blocks(network: SequentialNetwork) -> Iterator[list[nn.Module]]:
    """The layers in groups, each of which begins with one that has weights of its own."""
    block: list[nn.Module] = []
    for layer in network.layers:
        if isinstance(layer, nn.Conv2d | nn.Linear) and block:
            yield block
            block = []
        block.append(layer)
    yield block


def _through(block: list[nn.Module], value: Tensor) -> tuple[Tensor, Tensor]:
    """What comes out of a block, and what came out of its activation function; of one without, out of its weights."""
    active = None
    for layer in block:
        value = layer(value)
        if isinstance(layer, nn.ReLU) or active is None:
            active = value.clone()  # a later layer may work in place
    if active is None:
        raise ValueError("a block of layers is empty")
    return value, active
