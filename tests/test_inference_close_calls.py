"""core.inference.close_calls: what is too close to call in int8, and what comes in its place."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from core.config.calibration import Calibration
from core.inference.close_calls import (
    close_to_another_answer,
    close_to_another_probability,
    close_to_augmentation,
    recompute,
)
from core.inference.test_time_augmentation import MARGIN, margins


@pytest.mark.parametrize("threshold", [0.0, 0.5, 0.97, 1.0, 1.5])
def test_what_is_near_another_answer_or_rejection_is_close(threshold: float) -> None:
    """Two digits, a digit and none, and the probability from which one is rejected, whatever that is."""
    found = torch.full((4, 11), -20.0)
    found[0, 3], found[0, 5] = 8.0, 7.9  # two digits
    found[1, 3], found[1, 10] = 8.0, 7.99  # a digit or none, to whoever asks which is more
    found[2, 3], found[2, 10] = 8.0, 8.0 + math.log(0.97 / 0.03)  # rejected at .97, or just not
    found[3, 3] = 8.0
    assert close_to_another_answer(found, threshold).tolist() == [True, True, threshold == 0.97, False]
    assert close_to_another_answer(found[:, :10], threshold).tolist() == [True, False, False, False]


def test_what_is_just_sure_enough_is_close_to_augmentation() -> None:
    """What is not sure enough is augmented in any case, and what is well beyond never."""
    found = torch.zeros(3, 10)
    found[:, 4] = torch.tensor([MARGIN - 0.1, MARGIN + 0.1, MARGIN + 1])
    assert close_to_augmentation(found).tolist() == [False, True, False]


def test_what_is_not_certain_is_close_to_another_probability() -> None:
    """Two digits, or a digit and none; and all that might be augmented is among it."""
    found = torch.full((3, 11), -9.0)
    found[:, 3] = 9.0
    found[1, 5], found[2, 10] = 9.0 - MARGIN, 6.0
    calibration = Calibration()
    assert close_to_another_probability(found, calibration).tolist() == [False, True, True]
    assert close_to_another_probability(found[:, :10], calibration).tolist() == [False, True, False]


def test_only_close_rows_are_computed_again() -> None:
    """In one pass, and in their places; where nothing is close nothing is asked."""
    found, exact = torch.zeros(5, 10), torch.arange(50.0).reshape(5, 10)
    asked: list[list[int]] = []

    def given(rows: Tensor) -> Tensor:
        asked.append(rows.tolist())
        return exact[rows]

    recompute(found, torch.tensor([False, True, False, False, True]), given)
    assert asked == [[1, 4]]
    assert torch.equal(found[[1, 4]], exact[[1, 4]]) and not found[[0, 2, 3]].any()
    recompute(found, torch.zeros(5, dtype=torch.bool), given)
    assert len(asked) == 1


def test_a_margin_is_the_best_above_the_next() -> None:
    """In logits."""
    assert margins(torch.tensor([[1.0, 5.0, 3.0], [2.0, 2.0, 0.0]])).tolist() == [2, 0]
