"""A network in int8, for reading many images on processors that are fastest at 8-bit integers.

An x86 core with VNNI multiplies them four times as fast as float32 (twice as fast as bfloat16). Weights are scaled per
output channel, activations per layer (B. Jacob et al., "Quantization and Training of Neural Networks for Efficient
Integer-Arithmetic-Only Inference", 2018). The answers are close to the network's, not equal to them: `close_calls`
decides where that is good enough. Knows no data and no augmentation.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from core.networks.architectures import PIXEL_DEVIATION, PIXEL_MEAN, SequentialNetwork, standardised
from core.networks.inputs import as_input

_SCALED_BY = 128
"""Images that set the scales; scaling takes as long as reading some hundred images in float32."""
_ROOM = 1.25
"""Headroom: a layer's output may be this many times the largest one for the images that set the scales."""
_PAPER = round(255 * PIXEL_MEAN)
"""The grey level that stands for 0 in the network's own scale; convolutions pad with it."""
_TOLERANCE = 0.1
"""Largest mean difference of the logits. The shipped model's is 0.01; that of a faulty kernel is far larger."""
_INTERLEAVED = 64
"""Images that go through a network as one group: each row holds the first pixel of every image, then the second of
every image, and so on, and the kernels are dilated by this number to reach the next pixel. Rows of only 7 or 14 pixels
do not fill the processor's wide units: interleaved, layers of 7 take a sixth less time, those of 14 a twentieth less
(one core of an EPYC, torch 2.15)."""
_GROUPS = 2
"""Groups that the first layer takes at once: the output of its four convolutions then stays in the cache."""
_STEP = 16
"""A small number of images is padded to a multiple of this: torch would make new kernels for every other number."""


@dataclass(frozen=True)
class _Layer:
    """A convolution with ReLU, from and to unsigned bytes."""

    weights: Tensor
    """In the kernel's layout."""
    scales: Tensor
    """(output channels,): the value of one unit of a weight."""
    bias: Tensor
    """(output channels,) float32, in the network's own scale."""
    padding: tuple[int, int]
    """Pixels down and across."""
    inner: float
    """The value of one unit of an input byte."""
    zero: int
    """The input byte that stands for 0."""
    outer: float
    """The value of one unit of an output byte."""
    pooled: bool
    """Whether 2×2 maximum pooling follows."""


class Int8Network:
    """A network in int8: called as networks are, it returns nearly the same logits."""

    def __init__(self, corners: Sequence[_Layer], layers: Sequence[_Layer], last: nn.Module) -> None:
        """`corners` make up the first layer (see `_corners`); `layers` are the other convolutions.

        `last` takes their output, (N, H W C) float32, channels last.
        """
        self._first = tuple(corners)
        self._layers = tuple(layers)
        self._last = last

    @classmethod
    def quantised(cls, network: SequentialNetwork, images: Tensor) -> Int8Network | None:
        """Quantise a fused network on the CPU, with scales from `images` (N, 1, 28, 28) float, 0 to 1, N some hundred.

        None if this machine, this torch or this network does not support it, or if the answers differ too much.
        """
        if unavailable() or images.device.type != "cpu":
            return None
        parts = _parts(network)
        if parts is None:
            return None
        try:
            with torch.inference_mode():
                found = cls(*_scaled(*parts, images))
                difference = (found(images) - network(images)).abs().mean()
        except (RuntimeError, TypeError):
            return None  # a torch whose kernel takes other arguments
        return found if float(difference) < _TOLERANCE else None

    @classmethod
    def quantised_for(cls, network: SequentialNetwork, images: NDArray[np.uint8]) -> Int8Network | None:
        """As `quantised`, with scales from some of `images` (N, 28, 28) uint8, N at least 1."""
        # Spread over the whole set, because the first ones may all be of one digit.
        some = images[:: max(1, len(images) // _SCALED_BY)][:_SCALED_BY]
        return cls.quantised(network, as_input(torch.tensor(some)))

    def __call__(self, images: Tensor) -> Tensor:
        """Logits (N, 10) or (N, 11) float32 of `images` (N, 1, 28, 28), float, 0 (paper) to 1 (ink), N at least 1."""
        count = len(images)
        interleaved = min(-(-count // _STEP) * _STEP, _INTERLEAVED)
        seen = images.new_zeros(-(-count // interleaved) * interleaved, *images.shape[1:], dtype=torch.uint8)
        seen[:count] = (images * 255).add_(0.5)
        groups = _in_corners(self._first, _blocks(seen[:, 0], interleaved, self._first[0].padding[0]))
        for layer in self._layers:
            groups = _groups_convolved(layer, groups)
            if layer.pooled:
                groups = _halved(groups)
        logits: Tensor = self._last(_taken_apart(groups)[:count].float())
        return logits


def unavailable() -> str:
    """Why this machine has no fast int8 convolution; empty if it has one."""
    if not hasattr(torch.ops.onednn, "qconv_pointwise") or not hasattr(torch.cpu, "_is_vnni_supported"):
        return f"torch {torch.__version__} has no int8 convolution of this kind"
    if not torch.cpu._is_vnni_supported():
        return "the processor has no AVX-512 VNNI instructions"
    return ""


def _parts(network: SequentialNetwork) -> tuple[list[tuple[nn.Conv2d, bool]], nn.Linear, list[nn.Module]] | None:
    """The convolutions, each with whether pooling follows, the linear layer after them, and the layers after that.

    None if the network is built otherwise, or if its first convolution has more than one input channel or no pooling.
    """
    row: list[Any] = list(network.layers)
    found: list[tuple[nn.Conv2d, bool]] = []
    at = 0
    while at + 1 < len(row) and isinstance(row[at], nn.Conv2d) and isinstance(row[at + 1], nn.ReLU):
        pool = row[at + 2] if at + 2 < len(row) else None
        pooled = isinstance(pool, nn.MaxPool2d) and pool.kernel_size == pool.stride == 2
        found.append((row[at], pooled))
        at += 2 + pooled
    if not found or at + 1 >= len(row) or not isinstance(row[at], nn.Flatten) or not isinstance(row[at + 1], nn.Linear):
        return None
    # Each convolution keeps the size of its input.
    plain = all(
        each.stride == (1, 1) and each.padding == tuple(side // 2 for side in each.kernel_size) for each, _ in found
    )
    first, pooled = found[0]
    return (found, row[at + 1], row[at + 2 :]) if plain and pooled and first.in_channels == 1 else None


def _scaled(
    convolutions: Sequence[tuple[nn.Conv2d, bool]], linear: nn.Linear, others: Sequence[nn.Module], images: Tensor
) -> tuple[list[_Layer], list[_Layer], nn.Module]:
    """The corners of the first layer, the other convolutions, and the layers after them."""
    seen = standardised(images)
    inner, zero = 1 / (255 * PIXEL_DEVIATION), _PAPER
    # The byte for 0 is a whole number and the mean is not: the bias makes up for the difference.
    shift = (_PAPER - 255 * PIXEL_MEAN) * inner
    corners: list[_Layer] = []
    layers: list[_Layer] = []
    for convolution, pooled in convolutions:
        seen = F.relu(convolution(seen))
        outer = _ROOM * max(float(seen.max()), 1e-6) / 255
        weight, bias = convolution.weight, convolution.bias
        scales = (weight.abs().amax((1, 2, 3)) / 127).clamp_min(1e-8)
        whole = (weight / scales[:, None, None, None]).round().clamp(-127, 127).to(torch.int8)
        shifted = (bias if bias is not None else 0) + shift * weight.sum((1, 2, 3))
        down, across = (side // 2 for side in convolution.kernel_size)
        layer = _Layer(whole, scales, shifted, (down, across), inner, zero, outer, pooled)
        if corners:
            layers.append(_prepacked(layer))
        else:
            corners = [_prepacked(each) for each in _corners(layer)]
        if pooled:
            seen = F.max_pool2d(seen, 2)
        inner, zero, shift = outer, 0, 0.0
    last = nn.Linear(linear.in_features, linear.out_features)
    weight = linear.weight.reshape(-1, *seen.shape[1:]).permute(0, 2, 3, 1).flatten(1)
    last.load_state_dict({"weight": weight * inner, "bias": linear.bias})
    return corners, layers, nn.Sequential(last, *others)


def _prepacked(layer: _Layer) -> _Layer:
    """`layer`, whose weights are (K, C, S, T) int8, with the weights in the kernel's layout."""
    arguments = layer.scales, layer.inner, layer.zero, [1, 1], list(layer.padding), [1, 1], 1, None
    return replace(layer, weights=torch.ops.onednn.qconv_prepack(layer.weights, *arguments))


def _corners(layer: _Layer) -> list[_Layer]:
    """A convolution of one channel, followed by 2×2 pooling, as four convolutions of `_blocks`.

    Each computes one of the four pixels of a block, and pooling takes their maximum. There are a quarter of the places,
    and at each of them enough channels for the processor's units, which are made for at least four.
    """
    kernels, _, high, wide = layer.weights.shape
    reach = (max(layer.padding) + 1) // 2
    found = []
    for down, across in product((0, 1), repeat=2):
        top, left = 2 * reach - layer.padding[0] + down, 2 * reach - layer.padding[1] + across
        pixels = layer.weights.new_zeros(kernels, 4 * reach + 2, 4 * reach + 2)
        pixels[:, top : top + high, left : left + wide] = layer.weights[:, 0]
        # From (K, rows of blocks, 2, columns of blocks, 2) to the pixels of a row of blocks as channels.
        blocks = pixels.reshape(kernels, 2 * reach + 1, 2, 2 * reach + 1, 2).permute(0, 3, 2, 4, 1).flatten(1, 3)
        found.append(replace(layer, weights=blocks.unsqueeze(3).contiguous(), padding=(reach, 0)))
    return found


def _blocks(seen: Tensor, interleaved: int, reach: int) -> Tensor:
    """The blocks of 2×2 pixels of (N, H, W) bytes, H and W even, each with the `reach` blocks on its left and right.

    (N / interleaved, H / 2, W / 2, interleaved, (2 reach + 1) 4): at each place, one image after another.
    """
    count, height, width = seen.shape
    pairs = seen.contiguous().view(torch.int16)  # pixels that stay together are moved as one
    rows = pairs.reshape(count // interleaved, interleaved, height // 2, 2, width // 2)
    blocks = rows.permute(0, 2, 4, 1, 3).contiguous().view(torch.int32).squeeze(4)
    paper = int.from_bytes([_PAPER] * 4, "big")
    return F.pad(blocks, (0, 0, reach, reach), value=paper).unfold(2, 2 * reach + 1, 1).contiguous().view(torch.uint8)


def _in_corners(corners: Sequence[_Layer], blocks: Tensor) -> Tensor:
    """Apply the first layer and its pooling to `_blocks`: (G, H, W, interleaved, C) -> (G, H, W, interleaved, K)."""
    found = blocks.new_empty(*blocks.shape[:-1], len(corners[0].scales))
    for some, best in zip(torch.split(blocks, _GROUPS), torch.split(found, _GROUPS), strict=True):
        of_each = (_groups_convolved(each, some) for each in corners)
        best.copy_(functools.reduce(lambda one, other: torch.maximum(one, other, out=one), of_each))
    return found


def _convolved(layer: _Layer, seen: Tensor, interleaved: int) -> Tensor:
    """(N, C, H, W) bytes -> (N, K, H, W); an image's pixels are `interleaved` columns apart."""
    zeros = torch.zeros_like(layer.scales, dtype=torch.long)
    padding, dilation = [layer.padding[0], layer.padding[1] * interleaved], [1, interleaved]
    arguments: tuple[Any, ...] = (
        seen, layer.inner, layer.zero, layer.weights, layer.scales, zeros, layer.bias,
        [1, 1], padding, dilation, 1, layer.outer, 0, torch.uint8, "relu", [], "",
    )  # fmt: skip
    convolved: Tensor = torch.ops.onednn.qconv_pointwise(*arguments)
    return convolved


def _groups_convolved(layer: _Layer, groups: Tensor) -> Tensor:
    """As `_convolved`, for groups of interleaved images (G, H, W, interleaved, C)."""
    count, height, width, interleaved, _ = groups.shape
    seen = groups.flatten(2, 3).permute(0, 3, 1, 2)
    convolved = _convolved(layer, seen, interleaved).permute(0, 2, 3, 1)
    return convolved.reshape(count, height, width, interleaved, -1)


def _taken_apart(groups: Tensor) -> Tensor:
    """(G, H, W, interleaved, C) -> (G interleaved, H W C)."""
    return groups.permute(0, 3, 1, 2, 4).flatten(0, 1).flatten(1)


def _halved(groups: Tensor) -> Tensor:
    """2×2 maximum pooling of interleaved images (G, H, W, interleaved, C), contiguous in memory."""
    height, width = (side // 2 * 2 for side in groups.shape[1:3])
    rows = torch.maximum(groups[:, 0:height:2], groups[:, 1:height:2])
    one, other = rows[:, :, 0:width:2], rows[:, :, 1:width:2]
    return torch.maximum(one, other, out=one.new_empty(one.shape))
