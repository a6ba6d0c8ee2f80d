"""core.preprocessing.paper: what it counts in few steps is, to the bit, what NumPy's own functions count."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from core.data import mnist
from core.preprocessing import paper

Values = NDArray[Any]


def _images() -> list[Values]:
    """Digits, noise, few levels, slopes, lit pages, single pixels: bytes and float32."""
    random = np.random.default_rng(0)
    test = mnist.test()
    found: list[Values] = [255 - image for image in test.images[:40]]
    for shape in ((1, 1), (1, 7), (2, 2), (17, 23), (60, 41), (300, 260)):
        noise = random.integers(0, 256, shape).astype(np.uint8)
        light = np.linspace(120, 250, shape[1])[None].repeat(shape[0], 0)
        found += [noise, noise // 64, noise % 3 * 7 + 90, light.astype(np.uint8)]
        found.append((light * (1 - 0.7 * (noise > 220))).astype(np.uint8))
    floats = [(1 - image / np.float32(each)).astype(np.float32) for image in found for each in (255, 201)]
    return [*found, *floats]


def _plain_otsu(image: Values) -> float:
    low, high = float(image.min()), float(image.max())
    if high <= low:
        return low
    counts, edges = np.histogram(image, 256, (low, high))
    below = np.cumsum(counts)
    weighted = np.cumsum(counts * (edges[:-1] + edges[1:]) / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        between = (weighted[-1] * below / below[-1] - weighted) ** 2 / (below * (below[-1] - below))
    between[-1] = 0
    best = np.flatnonzero(between >= between.max() * (1 - 1e-9))
    return float(edges[1:][best[len(best) // 2]])


def _plain_level(ink: Values) -> tuple[float, float]:
    bare = ink[ink <= _plain_otsu(ink)]
    counts, edges = np.histogram(bare, 64)
    most = int(counts.argmax())
    level = float(np.median(bare[(bare >= edges[most]) & (bare <= edges[most + 1])]))
    return level, 1.4826 * float(np.median(level - bare[bare <= level]))


@pytest.mark.parametrize("large", [0, 1 << 16])
def test_otsus_level_is_that_of_a_histogram(monkeypatch: pytest.MonkeyPatch, large: int) -> None:
    """Of bytes and of float32, of small images and of large ones."""
    monkeypatch.setattr(paper, "_LARGE", large)
    for image in _images():
        assert paper.otsu(image) == _plain_otsu(image)


def test_level_and_noise_are_those_of_medians() -> None:
    """To the bit, also where all values are one."""
    for image in _images():
        if image.dtype == np.float32:
            assert paper._level_and_noise(np.sort(image, axis=None)) == _plain_level(image)


def test_even_paper_is_paper_like_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ink by grey levels is, to the bit, that by pixels; specks and a soft edge on paper of one level."""
    image = np.full((90, 70), 230, np.uint8)
    image[20:60, 30:36], image[20:60, 36], image[5, 5], image[70:73, 60] = 40, 150, 226, 60
    by_levels = paper.ink_on_paper(image)
    assert by_levels[40, 32] > 200 and by_levels[40, 36] > 50 and not by_levels[:15].any()
    plain = paper._paper

    def by_pixels(image: NDArray[np.uint8], counts: NDArray[np.int64]) -> NDArray[np.float32]:
        return np.full(image.shape, plain(image, counts), np.float32)

    monkeypatch.setattr(paper, "_paper", by_pixels)
    np.testing.assert_array_equal(paper.ink_on_paper(image), by_levels)


@pytest.mark.parametrize("window", [1, 3, 17, 35])
def test_the_largest_around_each_pixel(window: int) -> None:
    """As a loop over the pixels finds it; beyond the edges there is nothing."""
    image = np.random.default_rng(1).normal(size=(9, 20)).astype(np.float32)
    reach = window // 2
    expected = [
        [image[max(0, y - reach) : y + reach + 1, max(0, x - reach) : x + reach + 1].max() for x in range(20)]
        for y in range(9)
    ]
    np.testing.assert_array_equal(paper.largest(image, window), np.array(expected))
