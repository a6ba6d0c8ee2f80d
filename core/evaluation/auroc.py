"""How well a score separates two groups, whatever threshold is chosen."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def auroc(those: NDArray[np.floating[Any]], others: NDArray[np.floating[Any]]) -> float:
    """The probability, 0 to 1, that one of `those` (N,) is higher than one of `others` (M,); ties count half.

    This is the area under the ROC curve (Hanley and McNeil 1982), computed from ranks. Raises ValueError if either is
    empty.
    """
    if not len(those) or not len(others):
        raise ValueError(f"{len(those)} and {len(others)} figures cannot be compared; each side needs at least one")
    _, places, counts = np.unique(np.concatenate([those, others]), return_inverse=True, return_counts=True)
    # Equal scores share the mean of their ranks, which begin at 1.
    ranks = counts.cumsum() - (counts - 1) / 2
    count = len(those)
    return float((ranks[places[:count]].sum() - count * (count + 1) / 2) / (count * len(others)))
