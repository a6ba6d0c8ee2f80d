"""core.training.optimiser: against torch's own, and what it does not import."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from core.training.optimiser import AdamW, Muon, _orthogonal


def _network() -> nn.Module:
    torch.manual_seed(3)
    return nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 36, 10))


def _learn(network: nn.Module, seed: int) -> None:
    images: Tensor = torch.rand(16, 1, 8, 8, generator=torch.Generator().manual_seed(seed))
    torch.autograd.backward(network(images).square().mean())


def test_the_weights_go_where_torch_s_own_adamw_takes_them() -> None:
    """To the bit, over ten steps of a changing learning rate, biases without decay."""
    ours, theirs = _network(), _network()
    optimiser = AdamW(ours.parameters(), weight_decay=0.1)
    oracle = torch.optim.AdamW(
        [
            {"params": [each for each in theirs.parameters() if each.ndim > 1], "weight_decay": 0.1},
            {"params": [each for each in theirs.parameters() if each.ndim <= 1], "weight_decay": 0.0},
        ],
        fused=True,
    )
    for step in range(10):
        rate = 0.01 * (step + 1)
        for group in oracle.param_groups:
            group["lr"] = rate
        for network in (ours, theirs):
            _learn(network, step)
        optimiser.step(rate)
        oracle.step()
        optimiser.zero_grad()
        oracle.zero_grad()
    for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert torch.equal(mine, other)


def _deep() -> nn.Sequential:
    torch.manual_seed(4)
    return nn.Sequential(
        nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Conv2d(4, 6, 3), nn.ReLU(), nn.Flatten(), nn.Linear(96, 8), nn.Linear(8, 10)
    )


@pytest.mark.skipif(not hasattr(torch.optim, "Muon"), reason="torch has one of its own since 2.9")
def test_hidden_matrices_go_where_torch_s_own_muon_takes_them() -> None:
    """A kernel as the matrix that it is, and one that is wider than high; the first and the last go with AdamW."""
    ours, theirs = _deep(), _deep()
    optimiser = Muon(ours.parameters(), 0.1, 5.0, low=True)
    kernel, wide = theirs[2], theirs[5]
    assert isinstance(kernel, nn.Conv2d) and isinstance(wide, nn.Linear)
    hidden = [kernel.weight, wide.weight]
    others = [each for each in theirs.parameters() if all(each is not one for one in hidden)]
    plain = AdamW(others, 0.1)
    flat = [nn.Parameter(each.detach().reshape(len(each), -1).clone()) for each in hidden]
    oracle = torch.optim.Muon(flat, weight_decay=0.1, momentum=0.85, nesterov=True, ns_steps=3)
    for step in range(6):
        rate = 0.002 * (step + 1)
        for group in oracle.param_groups:
            group["lr"] = 5 * rate
        for network in (ours, theirs):
            _learn(network, step)
        for matrix, weight in zip(flat, hidden, strict=True):
            assert weight.grad is not None
            matrix.grad = weight.grad.reshape(matrix.shape).clone()
        optimiser.step(rate)
        plain.step(rate)
        oracle.step()  # type: ignore[no-untyped-call]  # torch ships no types for it
        with torch.no_grad():
            for matrix, weight in zip(flat, hidden, strict=True):
                weight.copy_(matrix.view_as(weight))
        ours.zero_grad()
        theirs.zero_grad()
    for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(mine, other, atol=5e-3, rtol=0)  # bfloat16; they move by 0.04


@pytest.mark.parametrize("shape", [(6, 40), (40, 6), (12, 12)])
def test_orthogonal_matrices_have_singular_values_near_one(shape: tuple[int, int]) -> None:
    """After three rounds those that were not far below the largest are; all directions stay as they are."""
    torch.manual_seed(1)
    left, _, right = torch.linalg.svd(torch.randn(shape), full_matrices=False)
    values = torch.linspace(0.3, 1, min(shape))
    found = _orthogonal(left @ torch.diag(values) @ right)
    seen = left.T @ found @ right.T
    assert (torch.linalg.svdvals(found) - 1).abs().max() < 0.35
    torch.testing.assert_close(seen, torch.diag(seen.diagonal()), atol=1e-4, rtol=0)


@pytest.mark.parametrize("muon", [False, True])
def test_a_saved_state_goes_on_to_the_same_weights(muon: bool) -> None:
    """Moments and counts are all there is to it."""
    one, two = _deep(), _deep()
    first, second = (
        Muon(each.parameters(), 0.01, 5.0, low=False) if muon else AdamW(each.parameters(), 0.01) for each in (one, two)
    )
    _learn(one, 1)
    first.step(0.01)
    two.load_state_dict(one.state_dict())
    second.load_state_dict(first.state_dict())
    for network, optimiser in ((one, first), (two, second)):
        optimiser.zero_grad()
        _learn(network, 2)
        optimiser.step(0.02)
    for mine, other in zip(one.parameters(), two.parameters(), strict=True):
        assert torch.equal(mine, other)


def _older(state: Any) -> Any:
    """`state` with its moments under the names that states on disk may have."""
    names = {"exp_avg": "means", "exp_avg_sq": "squares", "momentum_buffers": "means"}
    if isinstance(state, dict):
        return {names.get(name, name): _older(value) for name, value in state.items()}
    return [_older(each) for each in state] if isinstance(state, list) else state


@pytest.mark.parametrize("muon", [False, True])
def test_a_state_with_the_older_names_is_loaded(muon: bool) -> None:
    """`means` and `squares`, which state.pt of a run may hold, are the same moments."""
    network = _deep()
    first, second, third = (
        Muon(network.parameters(), 0.01, 5.0, low=False) if muon else AdamW(network.parameters(), 0.01)
        for _ in range(3)
    )
    _learn(network, 1)
    first.step(0.01)
    older = _older(first.state_dict())
    assert "exp_avg" not in str(older) and "momentum_buffers" not in older
    second.load_state_dict(older)
    assert str(second.state_dict()) == str(first.state_dict()) != str(third.state_dict())


def test_a_state_of_another_network_is_refused() -> None:
    """Rather than loaded in part."""
    other = AdamW(nn.Linear(2, 2).parameters(), 0.0).state_dict()
    with pytest.raises((RuntimeError, ValueError)):
        AdamW(_network().parameters(), 0.0).load_state_dict(other)


def test_torch_s_compiler_is_not_imported_to_train() -> None:
    """It would cost a second and a half of a training of ten."""
    program = (
        "import sys, torch; from core.config.device_plan import Plan; from core.config.recipes import RECIPES; "
        "from core.training.step import TrainingStep; "
        "step = TrainingStep(RECIPES['fast'], Plan('cpu', 1, 'float32'), 9, 0); "
        "step(torch.rand(8, 1, 28, 28), torch.arange(8)); print('torch._dynamo' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
