"""core.reading.packed: arrays come back, up to what a byte can tell apart."""

from __future__ import annotations

import base64
import math

import numpy as np
import pytest

from core.reading.packed import image_of, image_text, packed, unpacked


@pytest.mark.parametrize("shape", [(3, 28, 28), (7,), (0, 5), ()])
def test_values_come_back_within_half_a_step(shape: tuple[int, ...]) -> None:
    """A step is 1/127 of the largest; zero stays zero, and signs stay."""
    values = np.random.default_rng(1).normal(0, 5, shape).astype(np.float32)
    found = unpacked(packed(values))
    assert found.shape == shape and found.dtype == np.float32
    assert np.abs(found - values).max(initial=0) <= np.abs(values).max(initial=0) / 254 + 1e-6


@pytest.mark.parametrize("wrong", [0.0, math.nan, math.inf, -math.inf])
def test_what_cannot_be_told_apart_is_zero(wrong: float) -> None:
    """A network that was broken on purpose may give numbers that are none."""
    found = unpacked(packed(np.array([[wrong, wrong]], np.float32)))
    np.testing.assert_array_equal(found, np.zeros((1, 2)))


@pytest.mark.parametrize(
    "change",
    [
        {"shape": [3]},
        {"shape": [-1]},
        {"shape": [2**40, 0]},
        {"shape": [2**21]},
        {"shape": 4},
        {"largest": math.inf},
        {"largest": math.nan},
        {"largest": -1.0},
        {"largest": "x"},
        {"values": "no base64"},
        {"values": 5},
    ],
)
def test_what_is_no_array_is_refused(change: dict[str, object]) -> None:
    """With one of the errors that a malformed message may raise."""
    with pytest.raises((KeyError, TypeError, ValueError)):
        unpacked({**packed(np.ones(4, np.float32)), **change})


def test_an_image_comes_back_exactly() -> None:
    """Its 784 bytes; a text with more, with fewer, or no text is refused."""
    image = np.arange(784).astype(np.uint8).reshape(28, 28)
    np.testing.assert_array_equal(image_of(image_text(image)), image)
    for wrong in (base64.b64encode(bytes(783)).decode(), "", "ä", None, 5):
        with pytest.raises((TypeError, ValueError)):
            image_of(wrong)
