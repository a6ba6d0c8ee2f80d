"""core.training.augmentation: what a distortion may and may not do to a digit."""

from __future__ import annotations

import torch

from core.config.recipes import RECIPES, Augmentation
from core.training.augmentation import augment


def _ring(count: int) -> torch.Tensor:
    """`count` copies (N, 1, 28, 28) of a bright ring off the centre."""
    rows, columns = torch.meshgrid(torch.arange(28.0), torch.arange(28.0), indexing="ij")
    radius = ((rows - 12) ** 2 + (columns - 15) ** 2).sqrt()
    return ((radius > 5) & (radius < 8)).float().expand(count, 1, 28, 28).contiguous()


def _draws(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_nothing_asked_for_changes_nothing() -> None:
    """The recipe without augmentation shows the images as they are."""
    images = _ring(2)
    assert torch.equal(augment(images, Augmentation(), _draws()), images)


def test_each_image_draws_its_own_distortion() -> None:
    """Equal images come out different, and the same generator state gives the same again."""
    how = RECIPES["thorough"].augmentation
    first, again = augment(_ring(8), how, _draws()), augment(_ring(8), how, _draws())
    assert torch.equal(first, again)
    flat = first.flatten(1)
    assert torch.unique(flat, dim=0).shape[0] == 8


def test_pixels_stay_in_range_and_most_ink_stays() -> None:
    """Values remain 0 to 1, and a distorted ring keeps between half and twice its ink."""
    images = _ring(200)
    out = augment(images, RECIPES["thorough"].augmentation, _draws(1))
    assert out.shape == images.shape
    assert out.min() >= 0 and out.max() <= 1
    ink = out.sum(dim=(1, 2, 3)) / images.sum(dim=(1, 2, 3))
    assert ink.min() > 0.5 and ink.max() < 2.0


def test_shift_stays_within_its_bound() -> None:
    """With a shift of two pixels alone, the centre of mass moves by at most two pixels, and does move."""
    images = _ring(100)
    out = augment(images, Augmentation(shift=2.0), _draws(2))
    rows = torch.arange(28.0).view(1, 1, 28, 1)
    centre = (out * rows).sum(dim=(1, 2, 3)) / out.sum(dim=(1, 2, 3))
    moved = (centre - 12).abs()
    assert moved.max() < 2.05
    assert moved.max() > 1.5


def test_rotation_agrees_with_torchvision() -> None:
    """A rotation alone is, for some angle within the bound, the one that torchvision makes."""
    import torchvision.transforms.functional as reference

    image = _ring(1)
    image[:, :, 12, 15:26] = 1.0  # a spoke, so that an angle shows
    out = augment(image, Augmentation(degrees=10), _draws(3))
    bilinear = reference.InterpolationMode.BILINEAR
    angles = [step / 10 for step in range(-100, 101)]
    errors = [(reference.rotate(image, angle, bilinear) - out).abs().mean().item() for angle in angles]
    assert min(errors) < 0.01
    assert errors[angles.index(0.0)] > 2 * min(errors)


def test_strokes_become_thicker_and_thinner() -> None:
    """Of many images some gain ink, some lose it, and none vanishes."""
    images = _ring(200)
    out = augment(images, Augmentation(stroke=1.0), _draws(4))
    ink = out.sum(dim=(1, 2, 3)) / images.sum(dim=(1, 2, 3))
    assert (ink > 1.1).sum() > 20
    assert (ink < 0.9).sum() > 20
    assert ink.min() > 0.3
