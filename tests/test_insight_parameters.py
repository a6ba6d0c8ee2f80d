"""core.insight.parameters: a checkpoint's arrays as layers, against torch's own count and shapes."""

from __future__ import annotations

import numpy as np
import pytest
from torch import nn

from core.insight.parameters import MOST, layers_of
from core.networks.architectures import ARCHITECTURES, build, parameter_count

_SEQUENTIAL = [name for name, each in ARCHITECTURES.items() if each.is_sequential]


def _arrays(architecture: str) -> dict[str, np.ndarray]:
    return {name: each.numpy() for name, each in build(architecture, seed=0).state_dict().items()}


@pytest.mark.parametrize("architecture", _SEQUENTIAL)
def test_every_parameter_is_in_one_layer(architecture: str) -> None:
    """As many as torch counts, and the same values; running means are none of them."""
    network = build(architecture, seed=0)
    layers = layers_of({name: each.numpy() for name, each in network.state_dict().items()})
    assert sum(each.count for each in layers) == parameter_count(network)
    weighted = [each for each in network.modules() if isinstance(each, nn.Conv2d | nn.Linear)]
    assert len(layers) == len(weighted)
    for layer, module in zip(layers, weighted, strict=True):
        assert np.array_equal(layer.kernels.reshape(module.weight.shape), module.weight.detach().numpy())
        assert (layer.scales is None) == isinstance(module, nn.Linear) or module.bias is not None


def test_the_glass_network_is_small_enough() -> None:
    """Every one of its parameters can be a pixel."""
    assert parameter_count(build("glass")) <= MOST == 2500


@pytest.mark.parametrize(
    "arrays",
    [
        {},
        {"layers.0.running_mean": np.zeros(3)},
        {"other.0.weight": np.zeros((2, 1, 3, 3))},
        {"layers.0.weight": np.zeros((2, 1, 3))},
        {"layers.0.bias": np.zeros(2)},
        {"layers.0.weight": np.zeros((2, 1, 3, 3)), "layers.0.bias": np.zeros(3)},
        {"layers.0.weight": np.zeros((2, 1, 3, 3)), "layers.1.weight": np.zeros(5)},
    ],
)
def test_what_is_no_such_network_is_refused(arrays: dict[str, np.ndarray]) -> None:
    """With ValueError, whatever is missing or of another shape."""
    with pytest.raises(ValueError, match=r"layer|shape"):
        layers_of(arrays)
