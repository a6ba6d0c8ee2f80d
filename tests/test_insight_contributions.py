"""core.insight.contributions: slopes against finite differences, sums against the logit."""

from __future__ import annotations

import copy

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from core.data import mnist
from core.insight.contributions import contributions
from core.networks.architectures import build
from core.networks.inputs import as_input


def _image() -> NDArray[np.uint8]:
    image: NDArray[np.uint8] = mnist.test().images[0]
    return image


def _logit(network: nn.Module, answer: int) -> float:
    with torch.inference_mode():
        return float(network(as_input(torch.tensor(_image()[np.newaxis])).double())[0, answer])


def _network() -> nn.Module:
    """With statistics and scales that are not the initial ones, as after a training."""
    network = build("glass", seed=0).eval()
    torch.manual_seed(1)
    for each in network.modules():
        if isinstance(each, nn.BatchNorm2d):
            for values in (each.weight, each.bias, each.running_mean):
                assert values is not None
                values.data.add_(torch.randn(values.shape) * 0.1)
    return network


def test_each_is_the_weight_times_the_slope_of_the_logit() -> None:
    """Against finite differences in float64, a few weights of each parameter."""
    network, answer, small = _network(), 7, 1e-4
    found = contributions(network, _image(), answer)
    exact = copy.deepcopy(network).double()
    random = np.random.default_rng(0)
    for name, parameter in exact.named_parameters():
        assert found[name].shape == tuple(parameter.shape)
        flat = parameter.data.view(-1) if parameter.is_contiguous() else parameter.data.reshape(-1)
        largest = float(np.abs(found[name]).max())
        for at in random.choice(flat.numel(), min(4, flat.numel()), replace=False):
            place = np.unravel_index(at, tuple(parameter.shape))
            before = float(parameter.data[place])
            logits = []
            for step in (small, -small):
                parameter.data[place] = before + step
                logits.append(_logit(exact, answer))
            parameter.data[place] = before
            slope = (logits[0] - logits[1]) / (2 * small)
            assert abs(float(found[name][place]) - before * slope) < 1e-3 + 0.01 * largest, (name, place)


def test_those_of_the_last_layer_add_up_to_the_logit() -> None:
    """With its bias: nothing else stands between them and the answer. Other answers have no part in it."""
    network, answer = _network(), 3
    found = contributions(network, _image(), answer)
    weights, biases = [each for name, each in found.items() if name.startswith("layers.11.")]
    total = float(weights.sum() + biases.sum())
    assert abs(total - _logit(copy.deepcopy(network).double(), answer)) < 1e-4
    others = [digit for digit in range(10) if digit != answer]
    assert not weights[others].any() and not biases[others].any()


def test_the_network_is_left_as_it_is() -> None:
    """Neither its weights nor its gradients."""
    network = _network()
    before = {name: each.clone() for name, each in network.state_dict().items()}
    contributions(network, _image(), 1)
    assert all(torch.equal(before[name], each) for name, each in network.state_dict().items())
    assert all(each.grad is None for each in network.parameters())
