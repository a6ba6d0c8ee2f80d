"""core.inference.prepacked: the same answers, whatever the machine's kernels are."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch

from core.inference.fused import fused
from core.inference.prepacked import prepacked, unavailable
from core.networks.architectures import ARCHITECTURES, SequentialNetwork, build


def _fused(name: str) -> SequentialNetwork:
    network = build(name, seed=1)
    assert isinstance(network, SequentialNetwork)
    return fused(network)


@pytest.mark.parametrize("name", sorted(name for name, each in ARCHITECTURES.items() if each.is_sequential))
@pytest.mark.parametrize("count", [1, 2, 9])
def test_the_copy_says_what_the_network_says(name: str, count: int) -> None:
    """For one image and for several, and in evaluation mode."""
    plain = _fused(name)
    quick = prepacked(plain)
    images = torch.rand(count, 1, 28, 28, generator=torch.Generator().manual_seed(count))
    assert not quick.training
    with torch.inference_mode():
        torch.testing.assert_close(quick(images), plain(images), atol=1e-5, rtol=1e-4)


def test_here_it_is_another_network_where_the_kernels_are() -> None:
    """Else the tests above would compare the network with itself."""
    if unavailable():
        pytest.skip("this torch has no such kernels")
    plain = _fused("deep-11")
    assert prepacked(plain) is not plain


def test_kernels_that_fail_or_say_something_else_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are torch's own business, and may be others tomorrow."""
    if unavailable():
        pytest.skip("this torch has no such kernels")
    plain = _fused("deep-11")
    convolve = torch.ops.mkldnn._convolution_pointwise.default

    def wrong(*arguments: Any) -> torch.Tensor:
        found: torch.Tensor = convolve(*arguments)
        return found * 1.1

    def other(*arguments: Any) -> torch.Tensor:
        raise TypeError(f"{len(arguments)} arguments are too many")

    for kernel in (wrong, other):
        monkeypatch.setattr(torch.ops.mkldnn, "_convolution_pointwise", SimpleNamespace(default=kernel))
        assert prepacked(plain) is plain
