"""core.insight.ablated: a network with something taken from it, against torch's own hooks."""

from __future__ import annotations

from typing import cast

import pytest
import torch
from random_network import random_network
from torch import Tensor, nn

from core.insight.ablated import ablated
from core.insight.ablation import INTACT, Ablation
from core.networks.architectures import ARCHITECTURES, SequentialNetwork

IMAGES = torch.rand(3, 1, 28, 28, generator=torch.Generator().manual_seed(1))


def _activations(network: SequentialNetwork) -> list[nn.Module]:
    """The activation function after each convolution."""
    found: list[nn.Module] = []
    convolves = False
    for each in network.layers:
        if isinstance(each, nn.Conv2d | nn.Linear):
            convolves = isinstance(each, nn.Conv2d)
        elif isinstance(each, nn.ReLU) and convolves:
            found.append(each)
    return found


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_what_is_switched_off_is_as_if_a_hook_had_emptied_it(name: str) -> None:
    """Single maps of two layers, and a whole layer."""
    network = random_network(name)
    activations = _activations(network)
    last = len(activations) - 1
    for ablation, emptied in (
        (Ablation(maps=frozenset({(0, 2), (last, 5)})), {0: [2], last: [5]}),
        (Ablation(layers=frozenset({1})), {1: slice(None)}),
    ):
        handles = []
        for layer, maps in emptied.items():

            def empty(_: nn.Module, __: object, output: Tensor, maps: object = maps) -> Tensor:
                kept = output.clone()
                kept[:, maps] = 0  # type: ignore[index]
                return kept

            handles.append(activations[layer].register_forward_hook(empty))
        with torch.inference_mode():
            expected = network(IMAGES)
            for handle in handles:
                handle.remove()
            intact = network(IMAGES)
            torch.testing.assert_close(ablated(network, ablation)(IMAGES), expected, atol=1e-5, rtol=1e-4)
            torch.testing.assert_close(network(IMAGES), intact, atol=0, rtol=0)
        assert not torch.allclose(expected, intact, atol=1e-4)


def test_noise_is_in_proportion_to_the_weights_of_its_layer_and_the_same_for_a_seed() -> None:
    """Each layer's weights move by a quarter of what they spread, within the chance of their number."""
    network = random_network("deep")
    noisy, again = (ablated(network, Ablation(noise=0.25, seed=5)) for _ in range(2))
    other = ablated(network, Ablation(noise=0.25, seed=6))
    for before, after, same, unlike in zip(network.layers, noisy.layers, again.layers, other.layers, strict=True):
        if isinstance(before, nn.Conv2d | nn.Linear):
            weights = [cast(Tensor, each.weight).detach() for each in (before, after, same, unlike)]
            moved = weights[1] - weights[0]
            assert float(moved.std() / weights[0].std()) == pytest.approx(0.25, rel=0.15)
            assert torch.equal(weights[1], weights[2]) and not torch.equal(weights[1], weights[3])


def test_no_bias_is_left() -> None:
    """Of convolutions and linear layers, nor what batch normalisation adds."""
    for name in ("deep", "little"):
        broken = ablated(random_network(name), Ablation(forgets_biases=True))
        assert all(not value.any() for key, value in broken.named_parameters() if key.endswith("bias"))
    without = ablated(random_network("little"), Ablation(forgets_biases=True))
    assert not without(torch.full((1, 1, 28, 28), 0.1307)).any()  # the mean of MNIST's pixels: nothing comes in


def test_nothing_wrong_is_the_same_network() -> None:
    """And it is said to be intact."""
    network = random_network("quick")
    assert INTACT.is_none and not Ablation(noise=0.1).is_none
    assert torch.equal(ablated(network, INTACT)(IMAGES), network(IMAGES))


@pytest.mark.parametrize(
    "wrong", [Ablation(maps=frozenset({(0, 16)})), Ablation(maps=frozenset({(2, 0)})), Ablation(layers=frozenset({-1}))]
)
def test_what_the_network_does_not_have_is_refused(wrong: Ablation) -> None:
    """A map too many, and layers that there are not."""
    with pytest.raises(IndexError, match="no feature map"):
        ablated(random_network("little"), wrong)
