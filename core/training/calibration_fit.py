"""Fits a calibration to a trained network, on images that it did not learn from."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.config.calibration import Calibration
from core.config.shape import CLASSES
from core.data.collection import LabelledImages
from core.inference.scores import logits, of_logits
from core.synthesis.digits import redrawn, written

_LEAST = 100
"""Fewest images to fit a calibration to: among fewer there are almost no errors to fit to."""
_WRITTEN = 2000
_REJECTED = 0.01
"""Share of the digits of each kind that may be rejected."""
_LEAST_SURE, _SUREST = 0.6, 0.999
"""Range of the threshold: handwriting styles not among the held-out images are rejected more often."""
_COLDEST, _HOTTEST = 0.05, 20.0
_SEED = 4711
"""Gives other drawings than those that were learned from."""


def fitted(network: nn.Module, held_out: LabelledImages, device: torch.device) -> Calibration:
    """The calibration for `network`, which is on `device`; the neutral one if there are fewer than 100 images.

    The temperature minimises the loss (Guo et al. 2017). The threshold is the lowest, from 0.6 to 0.999, that rejects
    no more than a hundredth of the digits of each kind: held out, redrawn by other pens, and written in other forms.
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


def _temperature(logits: Tensor, labels: Tensor) -> float:
    """The temperature of least loss, by golden-section search over its logarithm: the loss has a single minimum."""
    low, high = np.log(_COLDEST), np.log(_HOTTEST)
    share = (5**0.5 - 1) / 2

    def loss(position: float) -> float:
        return float(F.cross_entropy(logits.double() / float(np.exp(position)), labels))

    for _ in range(40):
        left, right = high - share * (high - low), low + share * (high - low)
        if loss(left) < loss(right):
            high = right
        else:
            low = left
    return float(np.exp((low + high) / 2))
