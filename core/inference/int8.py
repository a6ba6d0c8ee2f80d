"""A network in int8, for reading many images on processors that multiply such integers fastest.

An x86 core with VNNI multiplies them four times as fast as float32 (twice as fast as bfloat16). Weights are scaled by
output channel, what lies between two layers by the layer (B. Jacob et al., "Quantization and Training of Neural
Networks for Efficient Integer-Arithmetic-Only Inference", 2018). The answer is nearly that of the network, not the
same: `close_calls` says where that will do. Knows no data and no augmentation.
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

from core.networks.architectures import PIXEL_DEVIATION, PIXEL_MEAN, SequentialNetwork
from core.networks.inputs import as_input

_SCALED_BY = 128
"""Images that it is scaled by; that takes as long as reading some hundred in float32."""
_ROOM = 1.25
"""Of what a layer gives for the images that it is scaled by, so much more still fits."""
_PAPER = round(255 * PIXEL_MEAN)
"""The grey level that stands for 0 in the network's own scale: with it a convolution fills in beyond the edges."""
_TOLERANCE = 0.1
"""Mean difference of the logits at most; the shipped model's are 0.01 apart, those of a kernel gone wrong are far."""
_BESIDE = 64
"""Images that go through a network as one: each row is made of all their first pixels, then all their second ones, and
so on, and the kernels reach over so many to the next pixel. Rows of 7 or 14 pixels alone do not fill the processor's
wide units: layers of 7 take a sixth less time so, those of 14 a twentieth (one core of an EPYC, torch 2.15)."""
_GROUPS = 2
"""So many times that the first layer takes at once: what its four convolutions give then stays near the processor."""
_STEP = 16
"""Few images are filled up to a multiple of this: for each other number of them torch would make new kernels."""


@dataclass(frozen=True)
class _Layer:
    """A convolution with ReLU, from and to unsigned bytes."""

    weights: Tensor
    """As the kernel wants them."""
    scales: Tensor
    """(output channels,): what 1 of a weight stands for."""
    bias: Tensor
    """(output channels,) float32, in the network's own scale."""
    padding: tuple[int, int]
    """Pixels down and across."""
    inner: float
    """What 1 of a byte that comes in stands for."""
    zero: int
    """Which byte that comes in stands for 0."""
    outer: float
    """What 1 of a byte that goes out stands for."""
    pooled: bool
    """Whether 2×2 maximum pooling follows."""


class Int8Network:
    """A network in int8; called with what networks are called with, it gives their logits, nearly."""

    def __init__(self, corners: Sequence[_Layer], layers: Sequence[_Layer], last: nn.Module) -> None:
        """`corners` are the first layer (see `_corners`), `layers` the others.

        `last` takes (N, H W C) float32: what the last of these gives, channels last.
        """
        self._first = tuple(corners)
        self._layers = tuple(layers)
        self._last = last

    @classmethod
    def quantised(cls, network: SequentialNetwork, images: Tensor) -> Int8Network | None:
        """Of a fused network on the CPU, scaled by `images` (N, 1, 28, 28) float, 0 to 1, some hundred of them.

        None where this machine, this torch or this network is not made for it, or where the answers differ.
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
        """As `quantised`, scaled by some of `images` (N, 28, 28) uint8, N at least 1."""
        # From all over the set: the first ones may all be of one digit.
        some = images[:: max(1, len(images) // _SCALED_BY)][:_SCALED_BY]
        return cls.quantised(network, as_input(torch.tensor(some)))

    def __call__(self, images: Tensor) -> Tensor:
        """Logits (N, 10) or (N, 11) float32 of `images` (N, 1, 28, 28), float, 0 (paper) to 1 (ink), N at least 1."""
        count = len(images)
        beside = min(-(-count // _STEP) * _STEP, _BESIDE)
        seen = images.new_zeros(-(-count // beside) * beside, *images.shape[1:], dtype=torch.uint8)
        seen[:count] = (images * 255).add_(0.5)
        laid = _in_corners(self._first, _blocks(seen[:, 0], beside, self._first[0].padding[0]))
        for layer in self._layers:
            laid = _laid_convolved(layer, laid)
            if layer.pooled:
                laid = _halved(laid)
        found: Tensor = self._last(_taken_apart(laid)[:count].float())
        return found


def unavailable() -> str:
    """Why this machine has no fast int8 convolution; empty where it has one."""
    if not hasattr(torch.ops.onednn, "qconv_pointwise") or not hasattr(torch.cpu, "_is_vnni_supported"):
        return f"torch {torch.__version__} has no int8 convolution of this kind"
    if not torch.cpu._is_vnni_supported():
        return "the processor has no AVX-512 VNNI instructions"
    return ""


def _parts(network: SequentialNetwork) -> tuple[list[tuple[nn.Conv2d, bool]], nn.Linear, list[nn.Module]] | None:
    """The convolutions, each with whether pooling follows, the linear layer after them and what comes after that.

    None of another kind of row: the first one has one channel, and pooling follows.
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
    # A convolution keeps the size of what it is given.
    plain = all(
        each.stride == (1, 1) and each.padding == tuple(side // 2 for side in each.kernel_size) for each, _ in found
    )
    first, pooled = found[0]
    return (found, row[at + 1], row[at + 2 :]) if plain and pooled and first.in_channels == 1 else None


def _scaled(
    convolutions: Sequence[tuple[nn.Conv2d, bool]], linear: nn.Linear, others: Sequence[nn.Module], images: Tensor
) -> tuple[list[_Layer], list[_Layer], nn.Module]:
    """The first layer's corners, the other layers, and what comes after them."""
    seen = (images - PIXEL_MEAN) / PIXEL_DEVIATION
    inner, zero = 1 / (255 * PIXEL_DEVIATION), _PAPER
    # The byte for 0 is a whole number and the mean is not: the bias makes up for the rest.
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
    """With the weights (K, C, S, T) int8 as the kernel wants them."""
    arguments = layer.scales, layer.inner, layer.zero, [1, 1], list(layer.padding), [1, 1], 1, None
    return replace(layer, weights=torch.ops.onednn.qconv_prepack(layer.weights, *arguments))


def _corners(layer: _Layer) -> list[_Layer]:
    """A convolution of one channel with 2×2 pooling after it, as four of `_blocks`.

    Each gives what the convolution gives for one of the four pixels, of which the largest counts: a quarter of the
    places, at each of which the processor's units, made for at least four channels, have something to do.
    """
    kernels, _, high, wide = layer.weights.shape
    reach = (max(layer.padding) + 1) // 2
    found = []
    for down, across in product((0, 1), repeat=2):
        top, left = 2 * reach - layer.padding[0] + down, 2 * reach - layer.padding[1] + across
        pixels = layer.weights.new_zeros(kernels, 4 * reach + 2, 4 * reach + 2)
        pixels[:, top : top + high, left : left + wide] = layer.weights[:, 0]
        # From (K, rows of blocks, 2, columns of blocks, 2) to what lies in a row of blocks as channels.
        blocks = pixels.reshape(kernels, 2 * reach + 1, 2, 2 * reach + 1, 2).permute(0, 3, 2, 4, 1).flatten(1, 3)
        found.append(replace(layer, weights=blocks.unsqueeze(3).contiguous(), padding=(reach, 0)))
    return found


def _blocks(seen: Tensor, beside: int, reach: int) -> Tensor:
    """The blocks of 2×2 pixels of (N, H, W) bytes, even sides, each with the `reach` ones on its left and right.

    (N / beside, H / 2, W / 2, beside, (2 reach + 1) 4), of each place that of image after image.
    """
    count, height, width = seen.shape
    pairs = seen.contiguous().view(torch.int16)  # pixels that stay together are moved as one
    rows = pairs.reshape(count // beside, beside, height // 2, 2, width // 2)
    blocks = rows.permute(0, 2, 4, 1, 3).contiguous().view(torch.int32).squeeze(4)
    paper = int.from_bytes([_PAPER] * 4, "big")
    return F.pad(blocks, (0, 0, reach, reach), value=paper).unfold(2, 2 * reach + 1, 1).contiguous().view(torch.uint8)


def _in_corners(corners: Sequence[_Layer], blocks: Tensor) -> Tensor:
    """The first layer with its pooling, of `_blocks`: (G, H, W, beside, C) -> (G, H, W, beside, K)."""
    found = blocks.new_empty(*blocks.shape[:-1], len(corners[0].scales))
    for some, best in zip(torch.split(blocks, _GROUPS), torch.split(found, _GROUPS), strict=True):
        of_each = (_laid_convolved(each, some) for each in corners)
        best.copy_(functools.reduce(lambda one, other: torch.maximum(one, other, out=one), of_each))
    return found


def _convolved(layer: _Layer, seen: Tensor, beside: int) -> Tensor:
    """(N, C, H, W) bytes -> (N, K, H, W); `beside` so many columns lies the next pixel of an image."""
    zeros = torch.zeros_like(layer.scales, dtype=torch.long)
    padding, apart = [layer.padding[0], layer.padding[1] * beside], [1, beside]
    arguments: tuple[Any, ...] = (
        seen, layer.inner, layer.zero, layer.weights, layer.scales, zeros, layer.bias,
        [1, 1], padding, apart, 1, layer.outer, 0, torch.uint8, "relu", [], "",
    )  # fmt: skip
    found: Tensor = torch.ops.onednn.qconv_pointwise(*arguments)
    return found


def _laid_convolved(layer: _Layer, laid: Tensor) -> Tensor:
    """As `_convolved`, of images that are laid beside each other."""
    groups, height, width, beside, _ = laid.shape
    seen = laid.flatten(2, 3).permute(0, 3, 1, 2)
    found = _convolved(layer, seen, beside).permute(0, 2, 3, 1)
    return found.reshape(groups, height, width, beside, -1)


def _taken_apart(laid: Tensor) -> Tensor:
    """(G, H, W, beside, C) -> (G beside, H W C)."""
    return laid.permute(0, 3, 1, 2, 4).flatten(0, 1).flatten(1)


def _halved(laid: Tensor) -> Tensor:
    """2×2 maximum pooling of images (G, H, W, beside, C) laid beside each other, as they then lie in memory."""
    height, width = (side // 2 * 2 for side in laid.shape[1:3])
    rows = torch.maximum(laid[:, 0:height:2], laid[:, 1:height:2])
    one, other = rows[:, :, 0:width:2], rows[:, :, 1:width:2]
    return torch.maximum(one, other, out=one.new_empty(one.shape))
