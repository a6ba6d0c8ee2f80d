"""Distorts whole batches of digits on their device, each image differently. Knows no data set."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from core.config.recipes import Augmentation
from core.config.shape import SIDE


def augment(images: Tensor, how: Augmentation, generator: torch.Generator) -> Tensor:
    """Distorted copies of `images` (N, 1, 28, 28), float, 0 to 1; the result has the same shape and range.

    `generator` is on the images' device. Nothing is read back from the device.
    """
    if how.stroke > 0:
        images = _change_strokes(images, how.stroke, generator)
    if not (how.degrees or how.scale or how.shear or how.shift or how.elastic):
        return images
    grid = F.affine_grid(_affine(images, how, generator), list(images.shape), align_corners=False)
    if how.elastic > 0:
        grid = grid + _elastic(images, how.elastic, generator)
    return F.grid_sample(images, grid, mode="bilinear", padding_mode="zeros", align_corners=False)


def _uniform(images: Tensor, columns: int, generator: torch.Generator) -> Tensor:
    """(N, columns) float, uniform random numbers from −1 to 1."""
    draws = torch.rand((len(images), columns), generator=generator, device=images.device)
    return draws * 2 - 1


def _affine(images: Tensor, how: Augmentation, generator: torch.Generator) -> Tensor:
    """(N, 2, 3), a matrix for each image that maps where a pixel goes to where it comes from."""
    draws = _uniform(images, 6, generator)
    angle = draws[:, 0] * math.radians(how.degrees)
    wide = 1 + draws[:, 1] * how.scale
    high = 1 + draws[:, 2] * how.scale
    slant = draws[:, 3] * how.shear
    cosine, sine = angle.cos(), angle.sin()
    shift = draws[:, 4:6] * (how.shift * 2 / SIDE)  # the grid spans −1 to 1
    rows = (
        torch.stack([cosine / wide, (slant * cosine - sine) / wide, shift[:, 0]], dim=1),
        torch.stack([sine / high, (slant * sine + cosine) / high, shift[:, 1]], dim=1),
    )
    return torch.stack(rows, dim=1)


def _elastic(images: Tensor, deviation: float, generator: torch.Generator) -> Tensor:
    """A smooth displacement (N, 28, 28, 2) for the sampling grid.

    After Simard, Steinkraus and Platt 2003, "Best practices for convolutional neural networks". Random vectors on a
    coarse 6×6 lattice, interpolated, replace their Gaussian filter, which costs more.
    """
    lattice = torch.randn((len(images), 2, 6, 6), generator=generator, device=images.device)
    field = F.interpolate(lattice, size=(SIDE, SIDE), mode="bicubic", align_corners=True)
    return field.permute(0, 2, 3, 1) * (deviation * 2 / SIDE)


def _change_strokes(images: Tensor, probability: float, generator: torch.Generator) -> Tensor:
    """Make strokes thicker or thinner, on each side by less than a pixel, by blending in a grey dilation or erosion."""
    draws = torch.rand((len(images), 2), generator=generator, device=images.device)
    amount = (draws[:, 1] * (draws[:, 0] < probability)).view(-1, 1, 1, 1)
    thicker = (draws[:, 0] < probability / 2).view(-1, 1, 1, 1)
    dilated = F.max_pool2d(images, 3, stride=1, padding=1)
    eroded = -F.max_pool2d(-images, 3, stride=1, padding=1)
    # Eroding by a whole pixel breaks thin strokes, which are two to three pixels wide; half a pixel does not.
    return torch.where(thicker, images.lerp(dilated, amount * 0.9), images.lerp(eroded, amount * 0.5))
