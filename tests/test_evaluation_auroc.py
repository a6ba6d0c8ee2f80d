"""core.evaluation.auroc: against a plain double loop."""

from __future__ import annotations

import numpy as np
import pytest

from core.evaluation.auroc import auroc


@pytest.mark.parametrize("values", [3, 20, 10_000])
def test_it_is_the_share_of_pairs_in_order(values: int) -> None:
    """Each of the one against each of the other, ties counting half, with many ties, some and none."""
    random = np.random.default_rng(values)
    those = (random.integers(0, values, 70) / values).astype(np.float32)
    others = (random.integers(0, values, 90) / values).astype(np.float32)
    pairs = [1.0 if one > other else 0.5 if one == other else 0.0 for one in those for other in others]
    assert auroc(those, others) == pytest.approx(sum(pairs) / len(pairs))
    assert auroc(others, those) == pytest.approx(1 - auroc(those, others))


def test_what_is_apart_and_what_is_the_same() -> None:
    """1 where every pair is in order, a half where all figures are equal."""
    assert auroc(np.array([0.9, 0.8]), np.array([0.1])) == 1.0
    assert auroc(np.zeros(5), np.zeros(7)) == 0.5
    with pytest.raises(ValueError, match="each side needs at least one"):
        auroc(np.zeros(0), np.zeros(7))
