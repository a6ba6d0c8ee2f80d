"""core.synthesis: made images, against brute force, MNIST's frame and the network that ships."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from core import paths
from core.config.recipes import FINE_TUNE, RECIPES
from core.config.training_length import TrainingLength
from core.data import mnist
from core.data.collection import LabelledImages
from core.evaluation.evaluation import evaluate
from core.networks import checkpoint
from core.networks.architectures import build
from core.preprocessing.normalise import normalise
from core.preprocessing.specks import pieces
from core.synthesis import doodles
from core.synthesis.box import fitted
from core.synthesis.digits import redrawn, written
from core.synthesis.glyphs import GLYPHS, strokes
from core.synthesis.negatives import negatives
from core.synthesis.numerals import NUMERALS
from core.synthesis.pen import rendered
from core.synthesis.skeleton import distances, inked, thinned
from core.training.auxiliary import auxiliary_images
from core.training.pretrained import Pretrained, recipe_for

_CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def some() -> LabelledImages:
    """The first 400 of MNIST's training images."""
    train, _ = mnist.load()
    return train.take(np.arange(400))


def _is_framed(images: NDArray[np.uint8]) -> None:
    """Each has ink, within 20 pixels both ways and about as long, and its centre of mass in the middle."""
    rows, columns = images.max(axis=2) > 0, images.max(axis=1) > 0
    extents = [28 - line.argmax(axis=1) - line[:, ::-1].argmax(axis=1) for line in (rows, columns)]
    longer = np.maximum(*extents)
    assert (longer <= 22).all() and (longer >= 18).all()  # grey edges count, or fall away
    grey = images.astype(float)
    for axis in (1, 2):
        centre = (grey.sum(axis=3 - axis) @ np.arange(28)) / grey.sum(axis=(1, 2))
        assert (abs(centre - 14) <= 3).all() and np.median(abs(centre - 14)) <= 0.5


@pytest.mark.parametrize("glyph", [*GLYPHS, *(form for forms in NUMERALS for form in forms)])
def test_every_glyph_can_be_read_and_drawn(glyph: str) -> None:
    """Strokes of at least two points each, and ink in MNIST's frame."""
    found = strokes(glyph)
    assert all(len(points) >= 2 for _, points in found)
    _is_framed(rendered([[np.array(points) for _, points in found]], np.array([1.2])))


def test_a_pen_draws_what_lies_within_its_radius() -> None:
    """Every pixel of a bent line, against the distance to each of ten thousand points along it."""
    path = np.array([[0.0, 0.0], [4.0, 1.0], [4.0, 6.0]])
    image = rendered([[path]], np.array([1.5]))[0]
    dense = np.concatenate([np.linspace(path[k], path[k + 1], 5000) for k in range(2)])
    scale = 17 / 6
    placed = (dense - [2, 3]) * scale + 14
    y, x = np.mgrid[:28, :28] + 0.5
    nearest = np.sqrt(((np.stack([x, y], -1)[:, :, None] - placed[None, None]) ** 2).sum(-1).min(-1))
    expected = np.clip(2 - nearest, 0, 1) * 255
    # Where it lies follows from its mass; what it looks like does not.
    row, column = np.argwhere(image)[0] - np.argwhere(expected >= 0.5)[0]
    np.testing.assert_allclose(np.roll(expected, (0, 0), (0, 1))[4:24, 4:24].sum(), image.sum(), rtol=0.02)
    moved = np.roll(expected, tuple(np.array([row, 0])), (0, 1))
    best = min(abs(np.roll(moved, shift, 1) - image).max() for shift in range(-5, 6))
    assert best <= 2, column


def test_a_skeleton_is_thin_and_as_connected_as_the_digit(some: LabelledImages) -> None:
    """As many pieces as before, a fraction of the ink, and nothing outside of it."""
    masks = some.images[:60] > 127
    thin = thinned(torch.tensor(masks)).numpy()
    assert not (thin & ~masks).any()
    assert thin.sum() < 0.5 * masks.sum()
    assert [pieces(each).max() for each in thin] == [pieces(each).max() for each in masks]


def test_distances_are_those_to_the_nearest_point() -> None:
    """A straight line two pixels wide lies on its middle; sixteenths of a pixel, as far as a byte goes."""
    image = np.zeros((28, 28), np.uint8)
    image[5:23, 13:15] = 255
    found = distances(image[np.newaxis])[0] / 16
    for column in range(28):
        assert found[14, column] == pytest.approx(min(abs(column + 0.5 - 14), 255 / 16), abs=0.35)
    assert (distances(np.zeros((1, 28, 28), np.uint8)) == 255).all()


def test_the_same_pen_gives_nearly_the_same_image(some: LabelledImages) -> None:
    """Drawn again by a pen of MNIST's width, an image is like itself and unlike the next one."""
    again = inked(distances(some.images), np.full(len(some), 1.4)).reshape(len(some), -1).astype(float)
    before = some.images.reshape(len(some), -1).astype(float)
    alike = [np.corrcoef(one, two)[0, 1] for one, two in zip(again, before, strict=True)]
    others = [np.corrcoef(one, two)[0, 1] for one, two in zip(again, np.roll(before, 1, 0), strict=True)]
    assert np.median(alike) > 0.85 > 0.5 > np.median(others)


def test_the_frame_is_that_of_normalise(some: LabelledImages) -> None:
    """Enlarged or moved aside, images come back as `normalise` has them, but for its finer interpolation."""
    wide = np.zeros((50, 56, 56), np.uint8)
    wide[:, 3:31, 20:48] = some.images[:50]
    found = fitted(wide)
    expected = np.stack([normalise(image, "bright") for image in wide])
    assert np.median(abs(found.astype(int) - expected).mean(axis=(1, 2))) < 4
    _is_framed(found)
    assert not fitted(np.zeros((1, 40, 40), np.uint8)).any()


def test_made_digits_are_read_as_what_they_are(some: LabelledImages) -> None:
    """By the shipped network, most of them: they are harder than MNIST, and still digits."""
    network, _ = checkpoint.load(paths.shipped_checkpoint())
    for made, least in ((redrawn(some, 0), 0.93), (written(400, 0), 0.85)):
        assert evaluate(network, made.images, made.labels, _CPU).accuracy >= least
    assert written(400, 0).counts() == [40] * 10


def test_what_is_made_follows_from_the_seed(some: LabelledImages) -> None:
    """The same again, and other images for another seed."""
    few = some.take(np.arange(60))
    makers: tuple[Callable[[int], NDArray[np.uint8]], ...] = (
        lambda seed: redrawn(few, seed).images,
        lambda seed: written(60, seed).images,
        lambda seed: negatives(few, 60, seed),
    )
    for make in makers:
        made = make(1)
        np.testing.assert_array_equal(made, make(1))
        assert (made != make(2)).any(axis=(1, 2)).mean() > 0.9


def test_what_is_no_digit_has_ink_in_the_frame(some: LabelledImages) -> None:
    """As many as asked for, none of them blank."""
    made = negatives(some, 300, 0)
    assert made.shape == (300, 28, 28) and made.dtype == np.uint8
    assert (made.reshape(300, -1).max(axis=1) > 200).all()


def test_a_curve_goes_through_its_points() -> None:
    """Each of them, in order, and ends where they end."""
    points = np.array([[0.0, 0], [1, 3], [4, 3], [5, 0]])
    found = doodles.curve(points)
    at = [int(np.argmin(abs(found - point).sum(axis=1))) for point in points]
    np.testing.assert_allclose(found[at], points, atol=1e-9)
    assert at == sorted(at) and at[-1] == len(found) - 1


def test_a_recipe_gets_what_it_asks_for(some: LabelledImages, monkeypatch: pytest.MonkeyPatch) -> None:
    """Made digits and what is none from scratch; when fine-tuning MNIST, and what is none where the network tells."""
    monkeypatch.setattr("core.training.auxiliary._MADE", 60)
    monkeypatch.setattr("core.training.pretrained._NO_DIGITS", 30)
    robust = RECIPES["robust"]
    length = TrainingLength.of(robust, 20_000)
    found = auxiliary_images(robust, length, some, None)
    assert [each.each for each in found] == [robust.redrawn, robust.written, robust.no_digits]
    assert set(found[-1].labels) == {10} and sum(each.each for each in found) == length.added
    assert auxiliary_images(RECIPES["fast"], TrainingLength.of(RECIPES["fast"], 20_000), some, None) == []
    for architecture, names in (("deep", [0]), ("deep-11", [10, 0])):
        _, header = checkpoint.load(paths.shipped_checkpoint())
        base = Pretrained(paths.shipped_checkpoint(), build(architecture, 0), header, some, some)
        header = dataclasses.replace(header, architecture=architecture)
        base = dataclasses.replace(base, header=header)
        recipe = recipe_for(RECIPES[FINE_TUNE].on(100), base)
        joined = auxiliary_images(recipe, TrainingLength.of(recipe, 100), some, base)
        assert [int(each.labels[0] == 10) * 10 for each in joined] == names
