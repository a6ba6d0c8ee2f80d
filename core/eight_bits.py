"""A network in integers of eight bits, for reading many images on processors that multiply these fastest.

An x86 core with VNNI multiplies them four times as fast as float32 (twice as fast as bfloat16). Weights are scaled by
output channel, what lies between two layers by the layer (B. Jacob et al., "Quantization and Training of Neural
Networks for Efficient Integer-Arithmetic-Only Inference", 2018). The answer is nearly that of the network, not the
same: who asks decides where that will do. Knows no data and no second look.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.model import PIXEL_DEVIATION, PIXEL_MEAN

_ROOM = 1.25
"""Of what a layer gives for the images that it is scaled by, so much more still fits."""
_PAPER = round(255 * PIXEL_MEAN)
"""The grey level that stands for 0 in the network's own scale: with it a convolution fills in beyond the edges."""
_APART = 0.1
"""Mean difference of the logits at most; the shipped model's are 0.01 apart, those of a kernel gone wrong are far."""
_BESIDE = 16
"""Small images laid beside each other: the processor's kernels do rows of 8 pixels at a third of their speed."""
_NARROW = 8
"""Images narrower than this are laid so."""


@dataclass(frozen=True)
class _Layer:
    """A convolution with ReLU, from and to unsigned bytes."""

    weights: Tensor
    """As the kernel wants them."""
    scales: Tensor
    """(output channels,): what 1 of a weight stands for."""
    bias: Tensor
    """(output channels,) float32, in the network's own scale."""
    padding: int
    inner: float
    """What 1 of a byte that comes in stands for."""
    zero: int
    """Which byte that comes in stands for 0."""
    outer: float
    """What 1 of a byte that goes out stands for."""
    pooled: bool
    """Whether 2×2 maximum pooling follows."""


class EightBits:
    """A network in eight bits; called with what networks are called with, it gives their logits, nearly."""

    def __init__(self, layers: Sequence[_Layer], last: nn.Module) -> None:
        self._layers = tuple(layers)
        self._last = last

    @classmethod
    def of(cls, network: nn.Module, images: Tensor) -> EightBits | None:
        """Of a `folded` network on the CPU, scaled by `images` (N, 1, 28, 28) float, 0 to 1, some hundred of them.

        None where this machine, this torch or this network is not made for it, or where the answers differ.
        """
        if not _suited() or images.device.type != "cpu":
            return None
        parts = _parts(network)
        if parts is None:
            return None
        convolutions, last = parts
        try:
            with torch.inference_mode():
                found = cls(_scaled(convolutions, images), last)
                apart = (found(images) - network(images)).abs().mean()
        except (RuntimeError, TypeError):
            return None  # a torch whose kernel takes other arguments
        return found if float(apart) < _APART else None

    def __call__(self, images: Tensor) -> Tensor:
        """Logits (N, 10) or (N, 11) float32 of `images` (N, 1, 28, 28), float, 0 (paper) to 1 (ink)."""
        count = len(images)
        seen = (images * 255 + 0.5).to(torch.uint8)
        beside = 1
        for layer in self._layers:
            if beside == 1 and seen.shape[3] < _NARROW:
                beside = _BESIDE
                seen = _laid_beside(seen, beside)
            seen = _convolved(layer, seen)
            if beside > 1:
                seen[:, :, :, _NARROW - 1 :: _NARROW] = 0  # the gaps between two images
            if layer.pooled:
                if beside > 1:
                    seen, beside = _taken_apart(seen, count), 1
                seen = _halved(seen)
        if beside > 1:
            seen = _taken_apart(seen, count)
        found: Tensor = self._last(seen.float() * self._layers[-1].outer)
        return found


def _suited() -> bool:
    supported = getattr(torch.cpu, "_is_vnni_supported", None)  # there is no public name for it
    return supported is not None and bool(supported()) and hasattr(torch.ops.onednn, "qconv_pointwise")


def _parts(network: nn.Module) -> tuple[list[tuple[nn.Conv2d, bool]], nn.Module] | None:
    """The convolutions, each with whether pooling follows, and what comes after them; None of another kind of row."""
    row = list(getattr(network, "layers", ()))
    found: list[tuple[nn.Conv2d, bool]] = []
    at = 0
    while at + 1 < len(row) and isinstance(row[at], nn.Conv2d) and isinstance(row[at + 1], nn.ReLU):
        pool = row[at + 2] if at + 2 < len(row) else None
        pooled = isinstance(pool, nn.MaxPool2d) and pool.kernel_size == pool.stride == 2
        found.append((row[at], pooled))
        at += 2 + pooled
    if not found or at >= len(row) or not isinstance(row[at], nn.Flatten):
        return None
    # Images beside each other keep their size through a convolution, and have a gap of one column.
    plain = all(
        each.stride == (1, 1) and each.padding == tuple(side // 2 for side in each.kernel_size) for each, _ in found
    )
    return (found, nn.Sequential(*row[at:])) if plain and found[-1][0].kernel_size == (3, 3) else None


def _scaled(convolutions: Sequence[tuple[nn.Conv2d, bool]], images: Tensor) -> list[_Layer]:
    seen = (images - PIXEL_MEAN) / PIXEL_DEVIATION
    inner, zero = 1 / (255 * PIXEL_DEVIATION), _PAPER
    # The byte for 0 is a whole number and the mean is not: the bias makes up for the rest.
    shift = (_PAPER - 255 * PIXEL_MEAN) * inner
    layers = []
    for convolution, pooled in convolutions:
        seen = F.relu(convolution(seen))
        outer = _ROOM * max(float(seen.max()), 1e-6) / 255
        weight, bias = convolution.weight, convolution.bias
        scales = (weight.abs().amax((1, 2, 3)) / 127).clamp_min(1e-8)
        whole = (weight / scales[:, None, None, None]).round().clamp(-127, 127).to(torch.int8)
        padding = convolution.kernel_size[0] // 2
        packed = torch.ops.onednn.qconv_prepack(whole, scales, inner, zero, [1, 1], [padding] * 2, [1, 1], 1, None)
        shifted = (bias if bias is not None else 0) + shift * weight.sum((1, 2, 3))
        layers.append(_Layer(packed, scales, shifted, padding, inner, zero, outer, pooled))
        if pooled:
            seen = F.max_pool2d(seen, 2)
        inner, zero, shift = outer, 0, 0.0
    return layers


def _convolved(layer: _Layer, seen: Tensor) -> Tensor:
    zeros = torch.zeros_like(layer.scales, dtype=torch.long)
    arguments: tuple[Any, ...] = (
        seen, layer.inner, layer.zero, layer.weights, layer.scales, zeros, layer.bias,
        [1, 1], [layer.padding] * 2, [1, 1], 1, layer.outer, 0, torch.uint8, "relu", [], "",
    )  # fmt: skip
    found: Tensor = torch.ops.onednn.qconv_pointwise(*arguments)
    return found


def _laid_beside(seen: Tensor, beside: int) -> Tensor:
    """(N / beside, C, H, 8 beside) from (N, C, H, W) bytes, W under 8: each image, and then zeros up to 8 columns."""
    count, channels, height, width = seen.shape
    groups = -(-count // beside)
    rows = seen.new_zeros(groups * beside, height, _NARROW, channels)
    rows[:count, :, :width] = seen.permute(0, 2, 3, 1)
    # Row by row: (group, row, image, column, channel).
    laid = rows.view(groups, beside, height, _NARROW, channels).transpose(1, 2)
    return laid.reshape(groups, height, beside * _NARROW, channels).permute(0, 3, 1, 2)


def _taken_apart(laid: Tensor, count: int) -> Tensor:
    """The inverse: (count, C, H, 7)."""
    groups, channels, height, width = laid.shape
    rows = laid.permute(0, 2, 3, 1).reshape(groups, height, width // _NARROW, _NARROW, channels).transpose(1, 2)
    apart = rows.reshape(-1, height, _NARROW, channels)[:count, :, : _NARROW - 1]
    return apart.permute(0, 3, 1, 2)


def _halved(seen: Tensor) -> Tensor:
    """2×2 maximum pooling of (N, C, H, W) bytes, which torch itself does not do."""
    height, width = (side // 2 * 2 for side in seen.shape[2:])
    rows = torch.maximum(seen[:, :, 0:height:2], seen[:, :, 1:height:2])
    return torch.maximum(rows[..., 0:width:2], rows[..., 1:width:2])
