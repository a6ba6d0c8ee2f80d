"""A prepacked copy of a network, for few images at a time on the CPU: the weights of the convolutions are stored in the
layout of the processor's kernels.

Otherwise torch lays them out again at each pass, and makes another pass over memory for each ReLU: for a single small
image that takes a quarter of the time. The copy gives the network's answers, up to float32 rounding.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from core.config.shape import SIDE
from core.networks.architectures import SequentialNetwork, standardised

_TOLERANCE = 1e-3
"""Largest difference of the logits; rounding causes some 1e-6, a faulty kernel far more."""


def unavailable() -> str:
    """Why this torch cannot prepack; empty if it can."""
    if not torch.backends.mkldnn.is_available():  # type: ignore[no-untyped-call] # torch's own omission
        return f"torch {torch.__version__} is built without oneDNN"
    return ""


def prepacked(network: SequentialNetwork) -> nn.Module:
    """A prepacked copy of a fused `network` on the CPU; `network` itself if the kernels are missing or answer wrongly.

    Layers other than convolutions are used unchanged.
    """
    if unavailable():
        return network
    example = torch.linspace(0, 1, SIDE * SIDE).reshape(1, 1, SIDE, SIDE)
    try:
        with torch.inference_mode():
            found = _Prepacked(list(network.layers), example).eval()
            difference = (found(example) - network(example)).abs().max()
    except (AttributeError, RuntimeError, TypeError):
        return network  # a torch without these kernels, or whose kernels take other arguments
    return found if float(difference) < _TOLERANCE else network


class _Prepacked(nn.Module):
    """The layers one after the other, called without the overhead of `nn.Module`, which is 30 µs for ten layers."""

    def __init__(self, layers: list[nn.Module], example: Tensor) -> None:
        super().__init__()
        self._steps: list[Callable[[Tensor], Tensor]] = []
        seen = example
        for at, layer in enumerate(layers):
            if isinstance(layer, nn.ReLU) and at and isinstance(layers[at - 1], nn.Conv2d):
                continue  # done by the convolution's kernel
            if isinstance(layer, nn.Conv2d):
                then = "relu" if at + 1 < len(layers) and isinstance(layers[at + 1], nn.ReLU) else "none"
                self._steps.append(_convolution(layer, seen, then))
            else:
                self._steps.append(layer.forward)
            seen = self._steps[-1](seen)

    def forward(self, images: Tensor) -> Tensor:
        found = standardised(images)
        for step in self._steps:
            found = step(found)
        return found


def _convolution(plain: nn.Conv2d, example: Tensor, then: str) -> Callable[[Tensor], Tensor]:
    """The convolution with its activation, "relu" or "none"."""
    shape, groups, bias = (plain.padding, plain.stride, plain.dilation), plain.groups, plain.bias
    weight = torch.ops.mkldnn._reorder_convolution_weight(plain.weight, *shape, groups, list(example.shape))
    convolve = torch.ops.mkldnn._convolution_pointwise.default

    def step(images: Tensor) -> Tensor:
        found: Tensor = convolve(images, weight, bias, *shape, groups, then, [], "")
        return found

    return step
