"""core.evaluation: figures against hand counts and plain loops."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from torch import nn

from core.evaluation import Evaluation, evaluate
from core.model import build
from core.scores import scores


def _some(count: int = 500) -> Evaluation:
    random = np.random.default_rng(0)
    read = random.dirichlet(np.full(10, 0.3), count).astype(np.float32)
    return Evaluation(read, random.integers(0, 10, count).astype(np.uint8))


def test_figures_agree_with_a_plain_count() -> None:
    """Accuracy, confusion and accuracy by digit are what a loop over the images counts."""
    result = _some()
    confusion = [[0] * 10 for _ in range(10)]
    for row, label in zip(result.probabilities, result.labels, strict=True):
        confusion[label][int(max(range(10), key=lambda digit: row[digit]))] += 1
    assert result.confusion.tolist() == confusion
    right = sum(confusion[digit][digit] for digit in range(10))
    assert result.accuracy == pytest.approx(right / 500)
    assert result.per_class[3] == pytest.approx(confusion[3][3] / sum(confusion[3]))


def test_loss_is_torchs_cross_entropy() -> None:
    """The mean cross-entropy is torch's."""
    result = _some()
    expected = nn.functional.nll_loss(
        torch.from_numpy(result.probabilities).log(), torch.from_numpy(result.labels).long()
    )
    assert result.loss == pytest.approx(expected.item(), rel=1e-5)


def test_calibration_error_of_a_known_case() -> None:
    """Ten readings at 0.9 of which five are right are off by 0.4."""
    read = np.full((10, 10), 0.1 / 9, np.float32)
    read[:, 3] = 0.9
    labels = np.array([3] * 5 + [4] * 5, np.uint8)
    assert Evaluation(read, labels).calibration_error == pytest.approx(0.4, abs=1e-6)


def test_mistakes_come_most_confident_first() -> None:
    """Only wrong readings are listed, by falling confidence."""
    result = _some()
    confidence = result.probabilities.max(axis=1)[result.mistakes]
    assert (np.diff(confidence) <= 0).all()
    assert (result.predictions[result.mistakes] != result.labels[result.mistakes]).all()
    assert len(result.mistakes) == round((1 - result.accuracy) * 500)


def test_a_digit_without_images_has_no_accuracy() -> None:
    """It is None, not 0, and the JSON form carries it."""
    result = Evaluation(np.eye(10, dtype=np.float32)[[1, 2]], np.array([1, 2], np.uint8))
    assert result.per_class[5] is None
    assert json.loads(json.dumps(result.to_json()))["per_class"][5] is None


def test_evaluating_reads_every_image_once_and_leaves_the_network_training() -> None:
    """Batches of any size give the same probabilities, in order, and the mode of the network stays."""
    network = build("deep", 0).train()
    images = np.random.default_rng(0).integers(0, 256, (25, 28, 28)).astype(np.uint8)
    cpu = torch.device("cpu")
    small = scores(network, images, cpu, batch=4).probabilities
    whole = evaluate(network, images, np.zeros(25, np.uint8), cpu).probabilities
    assert network.training
    np.testing.assert_allclose(small, whole, atol=1e-5)
