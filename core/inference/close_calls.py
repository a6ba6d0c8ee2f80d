"""The one rule for what is too close to call: where int8 may be mistaken by more than a decision's margin, float32
decides.

Logits in int8 are those of float32 to some tenths. What is decided by them has a margin, and an image whose margin is
smaller than that is read again in float32. Two things are decided: which digit an image is, if it is one, and whether
it is augmented. Who shows probabilities asks for more than the right decision: there, all that is not certain is close.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from core.config.calibration import Calibration
from core.data.collection import CLASSES
from core.inference.scores import of_logits
from core.inference.test_time_augmentation import MARGIN, margins

_ERROR = 0.4
"""By so much a margin may be smaller than in int8: of MNIST's 1,629 images near `MARGIN` 99 in 100 are within 0.32, the
farthest is 0.43 off. None of MNIST's 70,000 images gets another answer, or is rejected otherwise, than in float32."""
_ERROR_OF_MEAN = 0.4
"""The same of a mean over five views: of 2,137 images 99 in 100 are within 0.24, of those that are close all 0.34."""
_CERTAIN = 0.98
"""What is less certain has a probability that is not to be shown as int8 gives it. Of MNIST's test images that is a
ninth; no probability of the others is more than 0.005 off that in float32, 99 in 100 less than 0.0002."""


def recompute(found: Tensor, close: Tensor, exact: Callable[[Tensor], Tensor]) -> None:
    """Put float32's logits in the place of those in `found` (N, K) that are `close` (N,), where there are any.

    `exact` is given their row numbers (M,) int64 and gives their logits (M, K).
    """
    rows = close.nonzero()[:, 0]
    if len(rows):
        found[rows] = exact(rows)


def close_to_augmentation(logits: Tensor) -> Tensor:
    """(N,): the logits just above the augmentation margin in int8, which float32 could put below it.

    Those below it are augmented anyway, and judged after that.
    """
    margin = margins(logits)
    return (margin >= MARGIN) & (margin < MARGIN + _ERROR)


def close_to_another_answer(logits: Tensor, threshold: float) -> Tensor:
    """(N,): of which of these logits another digit, or rejection from `threshold` on, is near."""
    near = margins(logits) < _ERROR_OF_MEAN
    if logits.shape[1] > CLASSES:
        digits, reject = logits[:, :CLASSES], logits[:, CLASSES]
        near |= margins(digits) < _ERROR_OF_MEAN  # where rejection is the best answer, which digit it would be
        if 0 < threshold < 1:
            limit = math.log(threshold / (1 - threshold))
            near |= (reject - digits.logsumexp(dim=1) - limit).abs() < _ERROR_OF_MEAN
    return near


def close_to_another_probability(logits: Tensor, calibration: Calibration) -> Tensor:
    """(N,): which of these logits give probabilities that are not certain; none that is left is to be augmented."""
    read = of_logits(logits, calibration)
    return torch.from_numpy(np.asarray(read.probabilities.max(axis=1) * (1 - read.no_digit) < _CERTAIN))
