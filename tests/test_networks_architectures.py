"""core.networks.architectures: what the registry says of each, shapes, sizes and seeds."""

from __future__ import annotations

import pytest
import torch

from core.networks.architectures import ARCHITECTURES, SequentialNetwork, build, parameter_count


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_network_gives_ten_logits_an_image(name: str) -> None:
    """Any batch of 28×28 images becomes as many rows of ten finite logits, or eleven where it tells what is none."""
    network = build(name, seed=0).eval()
    logits = network(torch.rand(3, 1, 28, 28))
    assert logits.shape == (3, 11 if ARCHITECTURES[name].has_reject_output else 10)
    assert torch.isfinite(logits).all()


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_the_registry_says_which_networks_are_a_row_of_layers(name: str) -> None:
    """As the class of what it builds is; and each has a line for a person."""
    entry = ARCHITECTURES[name]
    assert entry.is_sequential == isinstance(build(name), SequentialNetwork)
    assert entry.summary and "\n" not in entry.summary


def test_names_that_checkpoints_hold_stay() -> None:
    """Each of them stands in the header of some file."""
    assert set(ARCHITECTURES) >= {"little", "quick", "small", "deep", "deep-11"}


def test_networks_have_the_documented_sizes() -> None:
    """Counted by hand, layer by layer: weights and biases."""
    small = (24 * 25 + 24) + (32 * 24 * 9 + 32) + (256 * 800 + 256) + (10 * 256 + 10)
    quick = (16 * 25 + 16) + (48 * 16 * 9 + 48) + (128 * 1200 + 128) + (10 * 128 + 10)
    little = (16 * 36 + 16) + (48 * 16 * 9 + 48) + (96 * 768 + 96) + (10 * 96 + 10)
    assert parameter_count(build("little")) == little
    assert parameter_count(build("small")) == small
    assert parameter_count(build("quick")) == quick


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_weights_fit_into_a_mebibyte(name: str) -> None:
    """Four bytes a weight stay under the size that is shipped."""
    values = sum(tensor.numel() for tensor in build(name).state_dict().values())
    assert values * 4 < 2**20


def test_seed_fixes_the_weights_and_nothing_else() -> None:
    """The same seed gives the same weights, another one others, and the caller's random state stays."""
    before = torch.get_rng_state()
    one, same, other = build("deep", 1), build("deep", 1), build("deep", 2)
    assert torch.equal(torch.get_rng_state(), before)
    weights = [next(iter(network.parameters())) for network in (one, same, other)]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])
