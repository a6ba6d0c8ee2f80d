"""A fused copy of a network, for reading alone: batch normalisations are folded into the convolutions before them.

The copy says what the network says, to the rounding of float32, in fewer passes over memory; it follows no later
change of the network. Knows no particular network.
"""

from __future__ import annotations

import copy

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from core.networks.architectures import SequentialNetwork


def fused(network: SequentialNetwork) -> SequentialNetwork:
    """A copy of `network` in evaluation mode, on its device, that cannot be trained; `network` stays as it is."""
    found = copy.deepcopy(network).eval()
    found.layers = nn.Sequential(*_fused(list(found.layers)))
    found = found.to(memory_format=torch.channels_last)
    return found.requires_grad_(False)


def _fused(layers: list[nn.Module]) -> list[nn.Module]:
    found: list[nn.Module] = []
    for layer in layers:
        before = found[-1] if found else None
        if isinstance(layer, nn.BatchNorm2d) and isinstance(before, nn.Conv2d):
            found[-1] = fuse_conv_bn_eval(before, layer)
        elif isinstance(layer, nn.ReLU):
            found.append(nn.ReLU(inplace=True))  # what it is given belongs to the copy
        elif not isinstance(layer, nn.Dropout):
            found.append(layer)
    return found
