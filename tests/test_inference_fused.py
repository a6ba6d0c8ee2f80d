"""core.inference.fused: a copy for reading that says the same."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from core.inference.fused import fused
from core.networks.architectures import SequentialNetwork, build


def _built(architecture: str) -> SequentialNetwork:
    network = build(architecture, 0)
    assert isinstance(network, SequentialNetwork)
    return network


@pytest.mark.parametrize("architecture", ["small", "deep", "deep-11"])
def test_it_says_what_the_network_says(architecture: str) -> None:
    """To the rounding of float32, with statistics that are not those of a fresh network; which stays as it is."""
    network = _built(architecture)
    with torch.no_grad():
        for _ in range(5):
            network(torch.rand(16, 1, 28, 28))  # moves the running means and variances
    network.train()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    copied = fused(network)
    assert network.training and not copied.training
    images = torch.rand(8, 1, 28, 28)
    with torch.inference_mode():
        torch.testing.assert_close(copied(images), network.eval()(images), atol=1e-5, rtol=1e-5)
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
    assert not any(isinstance(each, nn.BatchNorm2d | nn.Dropout) for each in copied.modules())


def test_its_input_is_left_as_it_is() -> None:
    """Layers that write over what they are given are given no tensor of the caller's."""
    images = torch.rand(2, 1, 28, 28) - 0.5
    before = images.clone()
    fused(_built("deep"))(images)
    assert torch.equal(images, before)
