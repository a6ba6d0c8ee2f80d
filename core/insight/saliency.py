"""Which pixels speak for an answer, and which against it."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from core.networks.inputs import as_input

_STEPS = 16
"""Images on the way from an empty page to the drawing."""


def gradients(network: nn.Module, images: Tensor, answers: Tensor) -> Tensor:
    """How much more probable each answer becomes with each pixel's ink: d log p / d pixel, as (N, 1, H, W).

    `images` is (N, 1, H, W) float, 0 to 1, and `answers` (N,) int64, indices of logits. The network is in evaluation
    mode; its weights need no gradients. (K. Simonyan, A. Vedaldi, A. Zisserman, "Deep inside convolutional networks",
    2013.)
    """
    with torch.enable_grad():
        pixels = images.detach().clone().requires_grad_()
        probable = torch.log_softmax(network(pixels).float(), dim=1)
        chosen = probable.gather(1, answers[:, None]).sum()  # a sum: each image has a gradient of its own
        (found,) = torch.autograd.grad(chosen, pixels)
    return found


def saliency(network: nn.Module, image: NDArray[np.uint8], answer: int) -> NDArray[np.float32]:
    """By how much each pixel's ink changes the log-probability of an answer: (28, 28) float32.

    `image` is (28, 28) uint8, `answer` the index of a logit. Above 0, a pixel speaks for the answer. The sum is about
    the log-probability for the drawing less that for an empty page. Integrated gradients (M. Sundararajan, A. Taly, Q.
    Yan, "Axiomatic attribution for deep networks", 2017) from an empty page.
    """
    whole = as_input(torch.tensor(image[np.newaxis]))
    # Denser where there is little ink: there the answer changes fastest. Three times closer than equal steps.
    middles = ((torch.arange(_STEPS) + 0.5) / _STEPS).view(-1, 1, 1, 1)
    found = gradients(network, middles**2 * whole, torch.full((_STEPS,), answer))
    mean = (found * 2 * middles).mean(dim=0)[0]
    attributed: NDArray[np.float32] = (mean * whole[0, 0]).numpy()
    return attributed
