"""The rule for what is too close to call: if the error of int8 may exceed a decision's margin, float32 decides.

Logits in int8 differ from those in float32 by a few tenths. Each decision has a margin, and an image whose margin is
smaller than that error is read again in float32. There are two decisions: which digit an image is, if it is one, and
whether it is augmented. Showing probabilities asks for more than the right decision: there, every uncertain image
counts as close.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from core.config.calibration import Calibration
from core.config.shape import CLASSES
from core.inference.scores import of_logits
from core.inference.test_time_augmentation import MARGIN, margins

_ERROR = 0.4
"""How much smaller a margin may be in float32 than in int8. Of MNIST's 1,629 images near `MARGIN`, 99 in 100 are within
0.32 and the farthest is 0.43 off. All of MNIST's 70,000 images get the same answer or rejection as in float32."""
_ERROR_OF_MEAN = 0.4
"""The same for a mean over five views: of 2,137 images 99 in 100 are within 0.24, and all close ones within 0.34."""
_CERTAIN = 0.98
"""Below this certainty a probability is not shown as int8 gives it. A ninth of MNIST's test images are below it; of the
others no probability is more than 0.005 off its value in float32, and 99 in 100 are off by less than 0.0002."""


def recompute(found: Tensor, close: Tensor, exact: Callable[[Tensor], Tensor]) -> None:
    """Replace the logits in `found` (N, K) that are `close` (N,) bool by those of float32, if there are any.

    `exact` receives their row numbers (M,) int64 and returns their logits (M, K).
    """
    rows = close.nonzero()[:, 0]
    if len(rows):
        found[rows] = exact(rows)


def close_to_augmentation(logits: Tensor) -> Tensor:
    """(N,) bool: which int8 logits are so little above the augmentation margin that float32 could put them below it.

    Images below the margin are augmented anyway, and judged after that.
    """
    margin = margins(logits)
    return (margin >= MARGIN) & (margin < MARGIN + _ERROR)


def close_to_another_answer(logits: Tensor, threshold: float) -> Tensor:
    """(N,) bool: which logits are close to another digit, or to the rejection that begins at `threshold`."""
    near = margins(logits) < _ERROR_OF_MEAN
    if logits.shape[1] > CLASSES:
        digits, reject = logits[:, :CLASSES], logits[:, CLASSES]
        near |= margins(digits) < _ERROR_OF_MEAN  # a rejected image still has a most probable digit
        if 0 < threshold < 1:
            limit = math.log(threshold / (1 - threshold))
            near |= (reject - digits.logsumexp(dim=1) - limit).abs() < _ERROR_OF_MEAN
    return near


def close_to_another_probability(logits: Tensor, calibration: Calibration) -> Tensor:
    """(N,) bool: which logits give probabilities that are not certain. None of the others needs augmentation."""
    read = of_logits(logits, calibration)
    return torch.from_numpy(np.asarray(read.probabilities.max(axis=1) * (1 - read.no_digit) < _CERTAIN))
