"""A fused copy of a network, for inference only: batch normalisations are folded into the convolutions before them.

The copy gives the network's answers, up to float32 rounding, in fewer passes over memory. Later changes to the network
do not reach it. Knows no particular network.
"""

from __future__ import annotations

import copy

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from core.networks.architectures import SequentialNetwork


def fused(network: SequentialNetwork) -> SequentialNetwork:
    """A copy of `network` in evaluation mode, on the same device, that cannot be trained; `network` is unchanged."""
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
            found.append(nn.ReLU(inplace=True))  # safe: its input belongs to the copy
        elif not isinstance(layer, nn.Dropout):
            found.append(layer)
    return found
