"""core.preprocessing.frames: lines round an image go, drawings stay."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from core.data import mnist
from core.preprocessing.bounding_box import cropped
from core.preprocessing.frames import without_frame
from core.preprocessing.normalise import normalise

Grey = NDArray[np.uint8]


@pytest.fixture(scope="module")
def digits() -> Grey:
    """(500, 28, 28) MNIST test images."""
    test = mnist.test()
    return test.images[:500]


def _framed(image: Grey, margin: int, line: int, gap: int) -> Grey:
    """`image`, bright on dark, within a line of `line` pixels, `gap` from it and `margin` from the edge."""
    inside = np.pad(image, gap)
    return np.pad(np.pad(inside, line, constant_values=230), margin)


@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize(("margin", "line"), [(0, 1), (0, 3), (2, 1), (3, 2)])
def test_a_framed_digit_is_read_as_without_its_frame(digits: Grey, margin: int, line: int, inverted: bool) -> None:
    """Whether the line lies at the very edge or within paper, and whatever the polarity."""
    for image in digits[:40]:
        framed = _framed(image, margin, line, 1)
        given = 255 - framed if inverted else framed
        np.testing.assert_array_equal(normalise(given), normalise(image, "bright"))


def test_a_drawn_frame_may_have_gaps_and_be_blurred(digits: Grey) -> None:
    """A scan is softer than a drawing; an inch of the line may be missing."""
    framed = _framed(digits[0], 4, 2, 3)
    framed[4:6, 10:13] = 0
    large = np.asarray(Image.fromarray(255 - framed).resize((220, 220), Image.Resampling.BICUBIC))
    found = normalise(large).astype(int)
    alone = np.asarray(Image.fromarray(255 - digits[0]).resize((28 * 5, 28 * 5), Image.Resampling.BICUBIC))
    assert np.abs(found - normalise(alone).astype(int)).mean() < 6


def test_digits_are_no_frames(digits: Grey) -> None:
    """MNIST's own stay the same array; of those cropped to their ink, small and enlarged, hardly one is changed."""
    assert all(without_frame(image) is image for image in digits)
    for factor in (1, 3):
        crops = [cropped(image).repeat(factor, axis=0).repeat(factor, axis=1) for image in digits]
        assert sum(without_frame(crop) is not crop for crop in crops) <= 1


def test_a_square_zero_is_no_frame() -> None:
    """With nothing in it, the line is what was drawn."""
    square = np.zeros((40, 40), np.uint8)
    square[3:37, 3:37] = 255
    square[6:34, 6:34] = 0
    assert without_frame(square) is square
    assert normalise(square).any()


@pytest.mark.parametrize("shape", [(1, 1), (2, 9), (9, 2), (12, 12)])
def test_any_shape_is_looked_at(shape: tuple[int, int]) -> None:
    """Also those too small for a frame, and those of one level."""
    image = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    assert without_frame(image).shape == shape
    level = np.full(shape, 7, np.uint8)
    assert without_frame(level) is level


def test_a_frame_on_the_pad_is_what_was_drawn(digits: Grey) -> None:
    """There nobody cuts anything out: with the polarity given, all ink counts."""
    framed = _framed(digits[0], 0, 2, 1)
    assert normalise(framed, "bright").sum() > normalise(digits[0], "bright").sum() * 1.2
