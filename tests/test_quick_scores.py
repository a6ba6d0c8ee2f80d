"""core.inference.quick_scores: tens of images at a time in eight bits, and whatever is not sure in float32."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from core import paths
from core.data import mnist
from core.errors import DataError
from core.inference import int8
from core.inference.quick_scores import QuickScores
from core.inference.scores import Scores
from core.reading.recogniser import Recogniser


@pytest.fixture
def recogniser() -> Recogniser:
    """The shipped one."""
    return Recogniser(paths.shipped_checkpoint())


@pytest.fixture
def quick(recogniser: Recogniser) -> tuple[QuickScores, list[int]]:
    """Its quick scores, and how many images were asked in float32, a number for each time."""
    asked: list[int] = []

    def exact(images: NDArray[np.uint8]) -> Scores:
        asked.append(len(images))
        return recogniser.scores(images)

    found = QuickScores.of(recogniser.quick, exact, recogniser.calibration)
    if found is None:
        pytest.skip("this processor, or this torch, does not multiply eight bits")
    return found, asked


def test_they_are_nearly_those_in_float32(recogniser: Recogniser, quick: tuple[QuickScores, list[int]]) -> None:
    """The same digits, probabilities within 0.005, and most of them without float32."""
    scores, asked = quick
    images = mnist.test().images[:1000]
    rows = [scores(images[at : at + 50]) for at in range(0, 1000, 50)]
    exact = recogniser.scores(images)
    found = np.concatenate([each.probabilities for each in rows])
    none = np.concatenate([each.no_digit for each in rows])
    assert 0 < sum(asked) < 250
    np.testing.assert_array_equal(found.argmax(axis=1), exact.probabilities.argmax(axis=1))
    np.testing.assert_allclose(found, exact.probabilities, atol=0.005)
    np.testing.assert_allclose(none, exact.no_digit, atol=0.005)
    assert np.abs(found - exact.probabilities).max() > 1e-6  # it was eight bits
    unsure = exact.probabilities.max(axis=1) * (1 - exact.no_digit) < 0.95
    np.testing.assert_allclose(found[unsure], exact.probabilities[unsure], atol=1e-5)


def test_few_at_a_time_are_read_in_float32(recogniser: Recogniser, quick: tuple[QuickScores, list[int]]) -> None:
    """To the last digit."""
    scores, asked = quick
    images = mnist.test().images[:15]
    np.testing.assert_array_equal(scores(images).probabilities, recogniser.scores(images).probabilities)
    assert asked == [15]


def test_a_recogniser_that_expects_many_reads_the_same(recogniser: Recogniser) -> None:
    """Until its file is another one."""
    images = mnist.test().images[:64]
    before = recogniser.scores(images)
    recogniser.expect_many()
    np.testing.assert_allclose(recogniser.scores(images).probabilities, before.probabilities, atol=0.005)


def test_where_it_cannot_be_float32_reads(recogniser: Recogniser, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine without eight bits, and where the digits to scale them by are damaged."""
    images = mnist.test().images[:64]
    before = recogniser.scores(images).probabilities
    monkeypatch.setattr(int8, "_suited", lambda: False)
    recogniser.expect_many()
    np.testing.assert_array_equal(recogniser.scores(images).probabilities, before)

    def damaged() -> None:
        raise DataError("MNIST's file is damaged")

    monkeypatch.undo()
    monkeypatch.setattr(mnist, "test", damaged)
    recogniser.expect_many()
    np.testing.assert_array_equal(recogniser.scores(images).probabilities, before)
