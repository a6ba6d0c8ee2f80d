"""A calibration fitted to a trained network on images that it did not learn from."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.config.calibration import Calibration
from core.data.collection import CLASSES, LabelledImages
from core.inference.scores import logits, of_logits
from core.synthesis.digits import redrawn, written

_LEAST = 100
"""Images from which a calibration can be fitted; of fewer hardly one is read wrong."""
_WRITTEN = 2000
_REJECTED = 0.01
"""Share of real digits, of each kind, that may be rejected as none."""
_LEAST_SURE, _SUREST = 0.6, 0.999
"""Between these a threshold stays: hands that no held-out image shows are rejected more often than those."""
_COLDEST, _HOTTEST = 0.05, 20.0
_SEED = 4711
"""Other drawings than those that were learned from."""


def fitted(network: nn.Module, held_out: LabelledImages, device: torch.device) -> Calibration:
    """For `network`, which lies on `device`; of too few images the neutral one.

    The temperature is that of the least loss (Guo et al. 2017). The threshold is the least that rejects no more
    than a hundredth of the digits, as they were held out, drawn again by other pens, and written in other forms,
    but at least 0.6.
    """
    if len(held_out) < _LEAST:
        return Calibration()
    plain = logits(network, held_out.images, device)
    temperature = _temperature(plain[:, :CLASSES], torch.tensor(held_out.labels).long())
    if plain.shape[1] == CLASSES:
        return Calibration(temperature)
    other = [part.images for part in (redrawn(held_out, _SEED), written(_WRITTEN, _SEED))]
    kinds = [plain, *(logits(network, images, device) for images in other)]
    limits = [float(np.quantile(of_logits(each).no_digit, 1 - _REJECTED)) for each in kinds]
    return Calibration(temperature, min(max(*limits, _LEAST_SURE), _SUREST))


def _temperature(found: Tensor, labels: Tensor) -> float:
    """By golden section over the logarithm: the loss has one minimum."""
    low, high = np.log(_COLDEST), np.log(_HOTTEST)
    share = (5**0.5 - 1) / 2

    def loss(position: float) -> float:
        return float(F.cross_entropy(found.double() / float(np.exp(position)), labels))

    for _ in range(40):
        left, right = high - share * (high - low), low + share * (high - low)
        if loss(left) < loss(right):
            high = right
        else:
            low = left
    return float(np.exp((low + high) / 2))
