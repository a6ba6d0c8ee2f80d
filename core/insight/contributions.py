"""What each weight of a network adds to an answer."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from core.networks.inputs import as_input


def contributions(network: nn.Module, image: NDArray[np.uint8], answer: int) -> dict[str, NDArray[np.float32]]:
    """By parameter: each of its values times the slope of the answer's logit in it, in the parameter's shape.

    To first order, that is what the logit loses when the weight is gone; of a layer's weights whose signal goes on
    through nothing but ReLU and pooling, the sum is what the layer adds. `image` is (28, 28) uint8; `network` is in
    evaluation mode and on the CPU. (P. Molchanov et al., "Pruning convolutional neural networks", 2017, eq. 7, with its
    sign.)
    """
    named = dict(network.named_parameters())
    with torch.enable_grad():
        weights = {name: each.detach().requires_grad_() for name, each in named.items()}
        logits = torch.func.functional_call(network, weights, (as_input(torch.tensor(image[np.newaxis])),))
        slopes = torch.autograd.grad(logits[0, answer], list(weights.values()))
    return {
        name: (weight.detach() * slope).numpy() for (name, weight), slope in zip(weights.items(), slopes, strict=True)
    }
