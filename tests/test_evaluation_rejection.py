"""core.evaluation.rejection: what is said of letters, counted by hand."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from core.evaluation.evaluation import Evaluation
from core.evaluation.rejection import Rejections
from core.inference.scores import Scores


def _probabilities(*best: float) -> NDArray[np.float32]:
    """(N, 10): the digit 3 with each of these."""
    rows: NDArray[np.float32] = np.repeat((1 - np.array(best, np.float32)[:, None]) / np.float32(9), 10, axis=1)
    rows[:, 3] = best
    return rows


def test_rejected_and_mistaken_things_are_counted_apart() -> None:
    """What is rejected is not called a digit, however confident that reading would have been, nor what is in doubt."""
    others = Scores(_probabilities(0.95, 0.95, 0.5, 0.91), np.array([0.9, 0.02, 0.6, 0.01], np.float32))
    digits = Evaluation(
        _probabilities(0.99, 0.9), np.array([3, 3], np.uint8), np.array([0.6, 0.15], np.float32), threshold=0.6
    )
    found = Rejections.of(others, digits)
    assert (found.count, found.rejected, found.mistaken) == (4, 2, 2)
    assert (found.digits, found.digits_rejected) == (2, 1)
    # 0.9 over both, 0.6 over one and level with one, the others under both
    assert found.auroc == pytest.approx((2 + 0 + 1.5 + 0) / 8)
    assert found.measure == "no digit"


def test_a_network_that_tells_nothing_is_judged_by_its_confidence() -> None:
    """It rejects nothing, and what it doubts most is least like a digit."""
    others = Scores(_probabilities(0.4, 0.95), np.zeros(2, np.float32))
    digits = Evaluation(_probabilities(0.9, 0.99), np.array([3, 3], np.uint8), np.zeros(2, np.float32))
    found = Rejections.of(others, digits)
    assert (found.rejected, found.mistaken, found.auroc) == (0, 1, 0.75)
    assert found.measure == "1 - confidence"
