"""core.inference.int8: a network in int8 where the machine has it, nearly the same."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from core import paths
from core.data import mnist
from core.inference import int8
from core.inference.fused import fused
from core.inference.int8 import Int8Network
from core.networks import checkpoint
from core.networks.architectures import SequentialNetwork, build
from core.networks.inputs import as_input


@pytest.fixture(scope="module")
def shipped() -> SequentialNetwork:
    """The shipped model, fused."""
    return _fused(checkpoint.load(paths.shipped_checkpoint())[0])


def _fused(network: nn.Module) -> SequentialNetwork:
    assert isinstance(network, SequentialNetwork)
    return fused(network)


def _quantised(network: SequentialNetwork, count: int) -> tuple[Int8Network, torch.Tensor]:
    test = mnist.test()
    images = as_input(torch.tensor(test.images[:count]))
    found = Int8Network.quantised(network, images)
    if found is None:
        pytest.skip("this processor, or this torch, has no fast int8 convolution")
    return found, images


def _laid_beside(seen: torch.Tensor, beside: int) -> torch.Tensor:
    """(N, C, H, W) -> (N / beside, H, W, beside, C): of each pixel first that of one image, then of the next one."""
    return seen.reshape(-1, beside, *seen.shape[1:]).permute(0, 3, 4, 1, 2)


@pytest.mark.usefixtures("two_threads")
@pytest.mark.parametrize("count", [1, 15, 16, 17, 64, 70])
def test_logits_are_nearly_those_of_the_network(shipped: SequentialNetwork, count: int) -> None:
    """However many images there are: small ones lie beside each other, and none shows through to its neighbour."""
    quantised, images = _quantised(shipped, 70)
    with torch.inference_mode():
        found, exact = quantised(images[:count]), shipped(images[:count])
        assert found.shape == exact.shape
        assert (found - exact).abs().mean() < 0.03
        alone = torch.cat([quantised(image[None]) for image in images[:count]])
    torch.testing.assert_close(found, alone, atol=1e-4, rtol=0)


def test_pooling_is_torchs() -> None:
    """The largest of each 2×2 bytes, an odd last row and column left out, of images laid beside each other."""
    images = torch.randint(0, 256, (32, 4, 7, 6), dtype=torch.uint8)
    expected = nn.functional.max_pool2d(images.float(), 2).to(torch.uint8)
    halved = int8._halved(_laid_beside(images, 16))
    assert torch.equal(int8._taken_apart(halved), expected.permute(0, 2, 3, 1).flatten(1))
    assert halved.is_contiguous()  # or the next convolution would lay it out anew


def test_images_laid_beside_each_other_come_back() -> None:
    """In their order, and each pixel beside the same one of the next image."""
    images = torch.randint(0, 256, (48, 4, 7, 5), dtype=torch.uint8)
    laid = _laid_beside(images, 16)
    assert laid.shape == (3, 7, 5, 16, 4)
    assert torch.equal(laid[1, 2, 3, :, 0], images[16:32, 0, 2, 3])
    assert torch.equal(int8._taken_apart(laid), images.permute(0, 2, 3, 1).flatten(1))


def test_blocks_hold_their_pixels_and_those_on_either_side() -> None:
    """Of one image after the other, four pixels a block, row by row; beyond the edges there is paper."""
    images = torch.randint(0, 256, (48, 6, 10), dtype=torch.uint8)
    blocks = int8._blocks(images, 16, 1)
    assert blocks.shape == (3, 3, 5, 16, 12) and blocks.is_contiguous()
    assert torch.equal(blocks[1, 2, 3, :, 4:8], images[16:32, 4:6, 6:8].flatten(1))
    assert torch.equal(blocks[1, 2, 3, :, :4], images[16:32, 4:6, 4:6].flatten(1))
    assert torch.equal(blocks[1, 2, 3, :, 8:], images[16:32, 4:6, 8:10].flatten(1))
    assert (blocks[:, :, 0, :, :4] == int8._PAPER).all() and (blocks[:, :, -1, :, 8:] == int8._PAPER).all()


def test_networks_and_machines_that_are_not_made_for_it_have_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are read in float32, as ever."""
    images = torch.rand(4, 1, 28, 28)
    assert Int8Network.quantised(SequentialNetwork(nn.Flatten(), nn.Linear(784, 10)), images) is None
    assert Int8Network.quantised(_fused(build("small", 0)), images) is None
    monkeypatch.setattr(int8, "unavailable", lambda: "this processor lacks it")
    assert Int8Network.quantised(_fused(build("deep", 0)), images) is None


def test_answers_that_differ_are_not_used(shipped: SequentialNetwork, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kernel that goes wrong is noticed by its logits."""
    _quantised(shipped, 8)
    convolved = int8._convolved
    monkeypatch.setattr(int8, "_convolved", lambda *given: convolved(*given) // 2)
    test = mnist.test()
    assert Int8Network.quantised(shipped, as_input(torch.tensor(test.images[:8]))) is None
