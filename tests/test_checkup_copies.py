"""Copies are found among thousands of images, and what is only alike is not taken for a copy."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest
from image_folder import LabelledImages, scaled
from numpy.typing import NDArray
from PIL import Image

from core.data import mnist
from core.data.near_duplicates import copies, groups, joined, numbered, unique
from core.preprocessing.normalise import normalise


def pressed(image: np.ndarray, quality: int) -> np.ndarray:
    """Through JPEG and back."""
    file = io.BytesIO()
    Image.fromarray(image).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file))


def test_thousands_of_different_digits_have_no_copies() -> None:
    """MNIST's 10,000 test images: each its own group, numbered in order."""
    test = mnist.test()
    assert np.array_equal(groups(test.images), np.arange(10_000))


@pytest.mark.parametrize("way", ["compressed", "halved", "enlarged", "moved", "turned over", "noisy", "paler"])
def test_changed_copies_are_found(mnist_part: LabelledImages, way: str) -> None:
    """Drawings of 112×112 and their copies, both normalised: nearly all pairs are found among 600 others."""
    random = np.random.default_rng(1)
    ways: dict[str, Callable[[NDArray[np.uint8]], NDArray[np.uint8]]] = {
        "compressed": lambda image: pressed(image, 40),
        "halved": lambda image: scaled(image, 56),
        "enlarged": lambda image: scaled(image, 150),
        "moved": lambda image: np.roll(image, (1, -1), (0, 1)),
        "turned over": lambda image: 255 - image,
        "noisy": lambda image: np.clip(image + random.normal(0, 4, image.shape), 0, 255).astype(np.uint8),
        "paler": lambda image: (image * 0.8 + 20).astype(np.uint8),
    }
    changed = ways[way]
    drawings = [255 - scaled(image, 112) for image in mnist_part[0][:60]]
    images = np.stack([*map(normalise, drawings), *(normalise(changed(each)) for each in drawings)])
    found = groups(np.concatenate([images, mnist_part[0][60:660]]))
    assert (found[:60] == found[60:120]).mean() >= 0.95
    assert len(np.unique(found[:60])) == 60 and len(np.unique(found[120:])) == 600


def test_two_careful_ones_are_two_drawings() -> None:
    """Bare strokes whose slants differ by three degrees are not copies; the same stroke twice is."""
    from core.drawing.ink import draw

    ones = [draw([[(0, 0), (float(np.tan(np.radians(slant))) * 10, 10)]], 64) for slant in (0, 3, 6, 9, 9)]
    found = groups(np.stack([normalise(each) for each in ones]))
    assert found.tolist() == [0, 1, 2, 3, 3]


def test_many_copies_of_one_are_one_group(mnist_part: LabelledImages) -> None:
    """Though only a few neighbours of each are looked at."""
    image = mnist_part[0][7]
    random = np.random.default_rng(0)
    noisy = [np.clip(image + random.normal(0, 3, image.shape), 0, 255).astype(np.uint8) for _ in range(400)]
    found = groups(np.stack([*noisy, *[image] * 400, mnist_part[0][8]]))
    assert np.count_nonzero(found == 0) >= 790 and found[-1] != 0


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_images_are_no_difficulty(count: int) -> None:
    """None, one, and two blank ones, which are copies of each other."""
    assert groups(np.zeros((count, 28, 28), np.uint8)).tolist() == [0] * count


def test_bare_strokes_and_dots_are_no_difficulty() -> None:
    """Images in which there is nothing to align by."""
    images = np.zeros((4, 28, 28), np.uint8)
    images[0, 14, 4:24] = images[1, 4:24, 14] = images[2, 14, 14] = 255
    images[3] = 255
    assert len(set(groups(images).tolist())) == 4


def test_unstretched_copies_must_have_the_same_place(mnist_part: LabelledImages) -> None:
    """Without stretch a narrower copy is another image."""
    image = mnist_part[0][0]
    narrow = np.pad(np.asarray(Image.fromarray(image).resize((24, 28))), ((0, 0), (2, 2)))
    assert len(copies(np.stack([image, narrow]), stretch=False)) == 0
    assert copies(np.stack([image, pressed(image, 90)]), stretch=False).tolist() == [[0, 1]]


def test_groups_hang_together() -> None:
    """Pairs join groups, and these are numbered as they first appear."""
    assert joined(6, np.array([[4, 2], [2, 5], [0, 0]], np.int64)).tolist() == [0, 1, 2, 3, 2, 2]
    assert numbered(np.array([7, 3, 7, 1], np.int64)).tolist() == [0, 1, 0, 2]
    first, which = unique(np.array([[[1]], [[2]], [[1]]], np.uint8))
    assert first.tolist() == [0, 1] and which.tolist() == [0, 1, 0]
