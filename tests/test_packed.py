"""core.inference.prepacked: the same answers, whatever the machine's kernels are."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import nn

from core.inference.fused import folded
from core.inference.prepacked import packed
from core.networks.architectures import ARCHITECTURES, build


@pytest.mark.parametrize("name", sorted(ARCHITECTURES))
@pytest.mark.parametrize("count", [1, 2, 9])
def test_the_copy_says_what_the_network_says(name: str, count: int) -> None:
    """For one image and for several, and in evaluation mode."""
    plain = folded(build(name, seed=1))
    quick = packed(plain)
    images = torch.rand(count, 1, 28, 28, generator=torch.Generator().manual_seed(count))
    assert not quick.training
    with torch.inference_mode():
        torch.testing.assert_close(quick(images), plain(images), atol=1e-5, rtol=1e-4)


def test_here_it_is_another_network_where_the_kernels_are() -> None:
    """Else the tests above would compare the network with itself."""
    if not torch._C._has_mkldnn:
        pytest.skip("this torch has no such kernels")
    plain = folded(build("deep-11", seed=1))
    assert packed(plain) is not plain


def test_networks_that_are_no_row_of_layers_stay_as_they_are() -> None:
    """There is nothing to be known about them."""
    network = nn.Linear(3, 3)
    assert packed(network) is network


def test_kernels_that_fail_or_say_something_else_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are torch's own business, and may be others tomorrow."""
    if not torch._C._has_mkldnn:
        pytest.skip("this torch has no such kernels")
    plain = folded(build("deep-11", seed=1))
    convolve = torch.ops.mkldnn._convolution_pointwise.default

    def wrong(*arguments: Any) -> torch.Tensor:
        found: torch.Tensor = convolve(*arguments)
        return found * 1.1

    def other(*arguments: Any) -> torch.Tensor:
        raise TypeError(f"{len(arguments)} arguments are too many")

    for kernel in (wrong, other):
        monkeypatch.setattr(torch.ops.mkldnn, "_convolution_pointwise", SimpleNamespace(default=kernel))
        assert packed(plain) is plain
