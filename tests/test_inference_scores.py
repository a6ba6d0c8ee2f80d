"""core.inference.scores, core.config.calibration, core.reading.reading: from outputs to probabilities and words."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core.config.calibration import Calibration
from core.inference.scores import of_logits, scores
from core.networks.architectures import build
from core.reading.reading import Reading


def test_a_temperature_changes_how_sure_and_not_what() -> None:
    """Divided logits, softmax over ten; the order stays."""
    logits = torch.tensor([[3.0, 1.0] + [0.0] * 8])
    plain, cool = of_logits(logits), of_logits(logits, Calibration(temperature=2.0))
    np.testing.assert_allclose(plain.probabilities[0], torch.softmax(logits[0], 0), rtol=1e-6)
    np.testing.assert_allclose(cool.probabilities[0], torch.softmax(logits[0] / 2, 0), rtol=1e-6)
    assert plain.no_digit[0] == 0


def test_an_eleventh_output_is_that_it_is_no_digit() -> None:
    """It takes nothing from the ten, which still sum to 1, and the temperature does not touch it."""
    logits = torch.tensor([[1.0] + [0.0] * 9 + [4.0]])
    read = of_logits(logits, Calibration(temperature=3.0))
    assert read.probabilities.shape == (1, 10)
    assert read.probabilities.sum() == pytest.approx(1)
    assert read.no_digit[0] == pytest.approx(float(torch.softmax(logits[0], 0)[10]))


def test_networks_of_both_kinds_are_read() -> None:
    """Of no images there are no scores; of a network with eleven outputs `no_digit` is told."""
    images = np.random.default_rng(0).integers(0, 256, (3, 28, 28)).astype(np.uint8)
    cpu = torch.device("cpu")
    assert scores(build("deep", 0), images[:0], cpu).probabilities.shape == (0, 10)
    assert not scores(build("deep", 0), images, cpu).no_digit.any()
    assert (scores(build("deep-11", 0), images, cpu).no_digit > 0).all()


@pytest.mark.parametrize(
    "bad", [{"temperature": 0}, {"temperature": float("nan")}, {"threshold": "much"}, {"cold": 1}, {"threshold": True}]
)
def test_a_calibration_that_makes_no_sense_is_not_used(bad: dict[str, object]) -> None:
    """A damaged header does not keep a network from reading."""
    assert Calibration.of(bad) == Calibration()
    assert Calibration.of(Calibration(1.5, 0.25).to_json()) == Calibration(1.5, 0.25)


def _reading(**values: float) -> Reading:
    probabilities = tuple(values.get(f"p{digit}", 0.0) for digit in range(10))
    digit = int(np.argmax(probabilities)) if any(probabilities) else None
    return Reading(digit, probabilities, np.zeros((28, 28), np.uint8), "x.npz", 1.0, values.get("none", 0.0), 0.5)


@pytest.mark.parametrize(
    ("reading", "verdict", "words"),
    [
        (_reading(), "nothing", "nothing yet"),
        (_reading(p7=0.98, p1=0.02), "digit", "7"),
        (_reading(p4=0.55, p9=0.44, p7=0.01), "unsure", "unsure: 4 or 9"),
        (_reading(p4=0.6, p9=0.05, p7=0.05), "unsure", "unsure: 4"),
        (_reading(p4=0.99, p9=0.01, none=0.5), "not a digit", "not a digit"),
        (_reading(p4=0.99, p9=0.01, none=0.49), "unsure", "unsure: 4 or no digit"),
        (_reading(p4=0.6, p9=0.4, none=0.4), "unsure", "unsure: 4 or no digit"),
        (_reading(p4=0.6, p9=0.4, none=0.2), "unsure", "unsure: 4 or 9"),
        (_reading(p4=0.99, p9=0.01, none=0.25), "digit", "4"),
    ],
)
def test_a_reading_in_words(reading: Reading, verdict: str, words: str) -> None:
    """What is drawn is a digit, one of two, none, or nothing yet."""
    assert (reading.verdict, reading.words) == (verdict, words)
    if reading.digit is not None:
        assert sum(reading.shares) == pytest.approx(sum(reading.probabilities) * (1 - reading.no_digit))
        assert max(reading.shares) == reading.certainty
    back = Reading.from_json(reading.to_json())
    assert (back.verdict, back.words, back.no_digit) == (verdict, words, reading.no_digit)
