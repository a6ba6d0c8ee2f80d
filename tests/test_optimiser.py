"""core.optimiser: against torch's own, and what it does not import."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch
from torch import Tensor, nn

from core.optimiser import AdamW


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


def test_a_saved_state_goes_on_to_the_same_weights() -> None:
    """Moments and counts are all there is to it."""
    one, two = _network(), _network()
    first, second = AdamW(one.parameters(), 0.01), AdamW(two.parameters(), 0.01)
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


def test_a_state_of_another_network_is_refused() -> None:
    """Rather than loaded in part."""
    other = AdamW(nn.Linear(2, 2).parameters(), 0.0).state_dict()
    with pytest.raises((RuntimeError, ValueError)):
        AdamW(_network().parameters(), 0.0).load_state_dict(other)


def test_torch_s_compiler_is_not_imported_to_train() -> None:
    """It would cost a second and a half of a training of ten."""
    program = (
        "import sys, torch; from core.plan import Plan; from core.recipes import RECIPES; "
        "from core.step import TrainingStep; step = TrainingStep(RECIPES['fast'], Plan('cpu', 1, 'float32'), 9, 0); "
        "step(torch.rand(8, 1, 28, 28), torch.arange(8)); print('torch._dynamo' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
