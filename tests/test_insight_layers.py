"""core.insight.layers: feature maps and votes are the network's own."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from random_network import random_network
from torch import Tensor, nn

from core.insight.layers import layers
from core.networks.architectures import ARCHITECTURES, SequentialNetwork
from core.networks.inputs import as_input

SEQUENTIAL = [name for name, each in ARCHITECTURES.items() if each.is_sequential]


def _image() -> np.ndarray:
    return np.random.default_rng(5).integers(0, 256, (28, 28)).astype(np.uint8)


@pytest.mark.parametrize("name", SEQUENTIAL)
def test_the_maps_are_what_torchs_own_hooks_see(name: str) -> None:
    """The output of the activation function after each convolution; and of each hidden linear layer."""
    network, image = random_network(name), _image()
    seen: list[tuple[bool, Tensor]] = []
    after: list[nn.Module] = []

    def note(layer: nn.Module, _: object, output: Tensor) -> None:
        if isinstance(layer, nn.ReLU):
            seen.append((isinstance(after[-1], nn.Conv2d), output.clone()))
        elif isinstance(layer, nn.Conv2d | nn.Linear):
            after.append(layer)

    for each in network.layers:
        each.register_forward_hook(note)
    with torch.inference_mode():
        logits = network(as_input(torch.tensor(image[np.newaxis])))
    maps = [output[0].numpy() for convolves, output in seen if convolves]
    hidden = [output[0].numpy() for convolves, output in seen if not convolves]
    found = layers(network, image)
    assert len(found.convolutions) == len(maps) >= 2 and len(found.hidden) == len(hidden)
    for mine, theirs in zip([each.maps for each in found.convolutions], maps, strict=True):
        np.testing.assert_array_equal(mine, theirs)
    for one, other in zip(found.hidden, hidden, strict=True):
        np.testing.assert_array_equal(one, other)
    kernels = [each.weight.detach().numpy() for each in network.layers if isinstance(each, nn.Conv2d)]
    for convolution, kernel in zip(found.convolutions, kernels, strict=True):
        np.testing.assert_array_equal(convolution.kernels, kernel)
        assert len(convolution.maps) == len(kernel)
    np.testing.assert_allclose(found.votes.logits, logits[0].numpy(), atol=1e-4)


def test_votes_of_a_group_are_the_sum_of_its_own() -> None:
    """The last layer of `deep` reads 96 maps of 3×3."""
    votes = layers(random_network("deep"), _image()).votes
    grouped = votes.of_groups(96)
    np.testing.assert_allclose(grouped[5], votes.votes[45:54].sum(axis=0), rtol=1e-5)
    np.testing.assert_allclose(grouped.sum(axis=0) + votes.biases, votes.logits, atol=1e-4)
    with pytest.raises(ValueError):
        votes.of_groups(7)


def test_a_network_whose_last_layer_is_not_linear_is_refused() -> None:
    """Its logits are no sums of columns."""
    network = SequentialNetwork(nn.Flatten(), nn.Linear(784, 10), nn.ReLU()).eval()
    with pytest.raises(ValueError, match="not linear"):
        layers(network, _image())
