"""core.evaluation.evaluation: figures against hand counts and plain loops."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import nn

from core import paths
from core.data.collection import LabelledImages
from core.evaluation.evaluation import Evaluation, evaluate, evaluate_parts
from core.inference.scores import _seen, scores
from core.networks.architectures import build
from core.networks.inputs import as_input
from core.reading.recogniser import Recogniser


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


def test_precision_recall_and_f1_agree_with_their_definitions() -> None:
    """By counting hits, misses and false alarms one image at a time."""
    result = _some()
    for digit in range(10):
        hits = misses = alarms = 0
        for read, label in zip(result.predictions.tolist(), result.labels.tolist(), strict=True):
            hits += read == label == digit
            misses += label == digit != read
            alarms += read == digit != label
        assert result.per_class[digit] == pytest.approx(hits / (hits + misses))
        assert result.precision[digit] == pytest.approx(hits / (hits + alarms))
        precision, recall = hits / (hits + alarms), hits / (hits + misses)
        assert result.f1[digit] == pytest.approx(2 * precision * recall / (precision + recall))


def test_a_digit_without_images_has_no_figures() -> None:
    """Neither division by zero nor a figure that was not measured."""
    read = np.zeros((3, 10), np.float32)
    read[:, 4] = 1
    result = Evaluation(read, np.array([4, 4, 5], np.uint8))
    assert result.precision[4] == pytest.approx(2 / 3) and result.per_class[4] == 1 and result.f1[4] == 0.8
    assert result.precision[5] is None and result.per_class[5] == 0 and result.f1[5] == 0
    assert result.precision[7] is result.per_class[7] is result.f1[7] is None


@pytest.mark.parametrize("count", [1, 7, 99, 100, 500])
def test_the_rejection_curve_is_the_accuracy_of_the_surest(count: int) -> None:
    """For each share the least sure images are left out; it begins with all, and ends with some."""
    result = _some(count)
    sure = sorted(range(count), key=lambda each: -float(result.probabilities[each].max()))
    shares = [share for share, _ in result.rejection_curve]
    assert shares == sorted(set(shares)) and shares[0] == 0 and 0 <= shares[-1] < 1
    for share, accuracy in result.rejection_curve:
        kept = sure[: round(count * (1 - share))]
        assert accuracy == pytest.approx(sum(bool(result.right[each]) for each in kept) / len(kept))


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


def test_images_are_the_same_to_a_network_whoever_scales_them() -> None:
    """On a CPU NumPy does it, to the same bits and in the same order in memory as torch does elsewhere."""
    images = np.arange(6 * 784, dtype=np.uint32).reshape(6, 28, 28).astype(np.uint8)
    found, expected = _seen(images, torch.device("cpu")), as_input(torch.tensor(images))
    assert torch.equal(found, expected) and found.dtype == torch.float32
    assert found.stride() == expected.stride() and len(np.unique(found.numpy())) == 256


def test_rejected_images_are_those_from_the_threshold_on() -> None:
    """What is left is read better, and everything is in the JSON form; a network that rejects nothing has none."""
    read = np.eye(10, dtype=np.float32)[[1, 2, 3, 4]]
    result = Evaluation(read, np.array([1, 2, 3, 5], np.uint8), np.array([0.1, 0.2, 0.7, 0.8], np.float32), 0.7)
    assert result.rejected.tolist() == [False, False, True, True]
    assert (result.accuracy, result.accepted_accuracy) == (0.75, 1.0)
    told = json.loads(json.dumps(result.to_json()))
    assert (told["rejected"], told["accepted_accuracy"], told["threshold"]) == (2, 1.0, 0.7)
    assert Evaluation(read, result.labels).rejected.sum() == 0
    assert Evaluation(read, result.labels, np.ones(4, np.float32)).accepted_accuracy is None


def test_the_reliability_table_agrees_with_a_plain_count() -> None:
    """15 bins, each with its bounds, how many readings, their mean confidence and how many were right."""
    result = _some()
    table = result.to_json()["reliability"]
    assert len(table) == 15 and table[0]["from"] == 0 and table[-1]["to"] == 1
    confidence = result.probabilities.max(axis=1)
    for each in table:
        last = each["to"] == 1
        inside = [i for i, c in enumerate(confidence) if each["from"] <= c < each["to"] or (last and c == 1)]
        assert each["count"] == len(inside)
        if inside:
            assert each["confidence"] == pytest.approx(np.mean(confidence[inside]), rel=1e-5)
            assert each["accuracy"] == pytest.approx(np.mean(result.right[inside]))
    gaps = [each["count"] * abs(each["confidence"] - each["accuracy"]) for each in table]
    assert result.calibration_error == pytest.approx(sum(gaps) / 500)


def test_parts_are_read_as_one_set(mnist_part: tuple[NDArray[np.uint8], NDArray[np.uint8]]) -> None:
    """In their order, with how far it is; the answers are those of the images one by one."""
    images, labels = mnist_part
    recogniser = Recogniser(paths.shipped_checkpoint())
    told: list[tuple[int, int]] = []
    parts = [LabelledImages(images[:30], labels[:30]), LabelledImages(images[30:40], labels[30:40])]
    result = evaluate_parts(recogniser, parts, lambda done, total: told.append((done, total)))
    assert result.labels.tolist() == labels[:40].tolist()
    assert told == [(30, 40), (40, 40)]
    single = recogniser.scores(images[35:36])
    np.testing.assert_allclose(result.probabilities[35:36], single.probabilities, atol=1e-5)
    assert result.threshold == recogniser.calibration.threshold
