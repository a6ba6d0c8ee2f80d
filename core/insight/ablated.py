"""A copy of a network with an ablation. The network itself is left as it is."""

from __future__ import annotations

import copy

import torch
from torch import nn

from core.insight.ablation import Ablation
from core.networks.architectures import SequentialNetwork


def ablated(network: SequentialNetwork, ablation: Ablation) -> SequentialNetwork:
    """A copy of `network`, which is on the CPU, with `ablation` done to it; in evaluation mode.

    Raises IndexError for a layer or a map that it does not have.
    """
    broken = copy.deepcopy(network).eval()
    convolutions = [(at, each) for at, each in enumerate(broken.layers) if isinstance(each, nn.Conv2d)]
    for layer, number in ablation.maps | {(layer, 0) for layer in ablation.layers}:
        if not 0 <= layer < len(convolutions) or not 0 <= number < convolutions[layer][1].out_channels:
            raise IndexError(f"the network has no feature map {number} in convolution {layer}")
    with torch.no_grad():
        _disturb(broken, ablation)
        for layer in ablation.layers:
            _switch_off(broken, convolutions[layer][0], slice(None))
        for layer, number in ablation.maps:
            _switch_off(broken, convolutions[layer][0], number)
    return broken


def _disturb(network: SequentialNetwork, ablation: Ablation) -> None:
    random = torch.Generator().manual_seed(ablation.seed)
    for each in network.layers:
        if isinstance(each, nn.Conv2d | nn.Linear):
            spread = each.weight.std() * ablation.noise
            each.weight.add_(torch.randn(each.weight.shape, generator=random) * spread)
        if ablation.forgets_biases and isinstance(bias := getattr(each, "bias", None), nn.Parameter):
            bias.zero_()


def _switch_off(network: SequentialNetwork, at: int, number: int | slice) -> None:
    """Have map `number` of the convolution at `at` be 0 everywhere, whatever follows it."""
    for each in (network.layers[at], network.layers[at + 1]):
        # After batch normalisation a map without weight and bias is 0; before it, the convolution's would be moved.
        if isinstance(each, nn.Conv2d | nn.BatchNorm2d):
            each.weight[number] = 0
            if each.bias is not None:
                each.bias[number] = 0
