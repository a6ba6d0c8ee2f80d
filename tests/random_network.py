"""Networks that have learned nothing, as if they had seen something."""

from __future__ import annotations

from typing import cast

import torch
from torch import nn

from core.networks.architectures import SequentialNetwork, build


def random_network(name: str) -> SequentialNetwork:
    """With batch statistics that are not those of a network that has seen nothing."""
    network = build(name, seed=3)
    with torch.no_grad():
        for each in network.modules():
            if isinstance(each, nn.BatchNorm2d) and each.running_mean is not None and each.running_var is not None:
                each.running_mean.uniform_(-0.5, 0.5, generator=torch.Generator().manual_seed(1))
                each.running_var.uniform_(0.5, 2, generator=torch.Generator().manual_seed(2))
    return cast(SequentialNetwork, network.eval())
