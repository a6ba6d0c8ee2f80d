"""A copy of a network for reading alone: its batch normalisations are folded into the convolutions before them.

Knows no particular network: whatever is a row of layers in an `nn.Sequential` is gone through. The copy says what the
network says, to the rounding of float32, in fewer passes over memory; it follows no later change of the network.
"""

from __future__ import annotations

import copy

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval


def folded(network: nn.Module) -> nn.Module:
    """A copy of `network` in evaluation mode, on its device, that cannot be trained; `network` stays as it is."""
    found = copy.deepcopy(network).eval()
    for name, child in found.named_children():
        if isinstance(child, nn.Sequential):
            setattr(found, name, nn.Sequential(*_row(list(child))))
    found = found.to(memory_format=torch.channels_last)
    return found.requires_grad_(False)


def _row(layers: list[nn.Module]) -> list[nn.Module]:
    row: list[nn.Module] = []
    for layer in layers:
        before = row[-1] if row else None
        if isinstance(layer, nn.BatchNorm2d) and isinstance(before, nn.Conv2d):
            row[-1] = fuse_conv_bn_eval(before, layer)
        elif isinstance(layer, nn.ReLU):
            row.append(nn.ReLU(inplace=True))  # what it is given belongs to the copy
        elif not isinstance(layer, nn.Dropout):
            row.append(layer)
    return row
