"""core.preprocessing.bounding_box: the smallest box around all ink."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from core.preprocessing.bounding_box import bounding_box, cropped


@pytest.mark.parametrize("seed", range(20))
def test_it_is_the_box_that_pillow_finds(seed: int) -> None:
    """Of images of all sizes with a few pixels of ink, and of masks."""
    random = np.random.default_rng(seed)
    image = np.zeros(random.integers(1, 40, 2), np.uint8)
    image.flat[random.integers(image.size, size=3)] = random.integers(1, 256, 3)
    assert bounding_box(image) == Image.fromarray(image).getbbox() == bounding_box(image > 0)
    left, top, right, bottom = Image.fromarray(image).getbbox() or (0, 0, 0, 0)
    assert np.array_equal(cropped(image), image[top:bottom, left:right])


def test_without_ink_there_is_none() -> None:
    """Neither a box, nor a pixel that is left."""
    blank = np.zeros((5, 7), np.uint8)
    assert bounding_box(blank) is None
    assert cropped(blank).shape == (0, 0)
