"""A running average of a network's weights, which is more accurate than the last weights (Polyak and Juditsky 1992)."""

from __future__ import annotations

import copy

import torch
from torch import nn


class WeightAverage:
    """The exponential moving average of one network's weights and floating-point buffers."""

    def __init__(self, network: nn.Module, decay: float, *, is_fresh: bool) -> None:
        """`decay`, 0 to 1, is the part kept at each step; `is_fresh` says that the weights begin at random."""
        self.network = copy.deepcopy(network).eval()
        self._decay = decay
        self._is_fresh = is_fresh

    @torch.no_grad()
    def update(self, network: nn.Module, done: int) -> None:
        """Take in the weights of `network` after `done` steps."""
        decay = self._decay
        if self._is_fresh:  # a shorter memory at first; otherwise the random start would count for too long
            decay = min(decay, done / (done + 10))
        torch._foreach_lerp_(list(self.network.parameters()), list(network.parameters()), 1 - decay)
        for mean, now in zip(self.network.buffers(), network.buffers(), strict=True):
            if mean.is_floating_point():
                mean.lerp_(now, 1 - decay)
            else:
                mean.copy_(now)
