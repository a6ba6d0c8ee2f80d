"""How well a figure tells two kinds of things apart, whatever threshold is chosen."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def auroc(those: NDArray[np.floating[Any]], others: NDArray[np.floating[Any]]) -> float:
    """How probably one of `those` (N,) has a higher figure than one of the `others` (M,), 0 to 1; ties count half.

    That is the area under the ROC curve (Hanley and McNeil 1982), from ranks. Raises ValueError where either is
    empty.
    """
    if not len(those) or not len(others):
        raise ValueError(f"{len(those)} and {len(others)} figures cannot be compared; each side needs one at least")
    _, places, counts = np.unique(np.concatenate([those, others]), return_inverse=True, return_counts=True)
    # Equal figures share the mean of the ranks, from 1, that they take up.
    ranks = counts.cumsum() - (counts - 1) / 2
    count = len(those)
    return float((ranks[places[:count]].sum() - count * (count + 1) / 2) / (count * len(others)))
