"""core.training.step: the schedule, the optimiser, the average; and what MPS and CUDA would choke on."""

from __future__ import annotations

import copy
import dataclasses
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch.utils._python_dispatch import TorchDispatchMode

from core.config.device_plan import Plan
from core.config.recipes import RECIPES
from core.networks.inputs import as_input
from core.training.augmentation import augment
from core.training.step import TrainingStep

_PLAN = Plan("cpu", 1, "float32")


def _batch(count: int = 16) -> tuple[torch.Tensor, torch.Tensor]:
    draws = torch.Generator().manual_seed(0)
    pixels = torch.randint(0, 256, (count, 28, 28), dtype=torch.uint8, generator=draws)
    return as_input(pixels), torch.arange(count) % 10


def test_the_schedule_rises_to_its_peak_and_falls_to_nothing() -> None:
    """One cycle: the peak is the recipe's rate, at the end of the warm-up; the last step is nearly still."""
    recipe = RECIPES["fast"]
    step = TrainingStep(recipe, _PLAN, total_steps=100, seed=0)
    rates = []
    for done in range(100):
        step.done = done
        rates.append(step.learning_rate)
    peak = rates.index(max(rates))
    assert rates[peak] == pytest.approx(recipe.learning_rate, rel=0.02)
    assert peak == pytest.approx(100 * recipe.warm_up, abs=2)
    assert rates[: peak + 1] == sorted(rates[: peak + 1])
    assert rates[peak:] == sorted(rates[peak:], reverse=True)
    assert 0 < rates[-1] < recipe.learning_rate / 100


def test_a_step_is_what_plain_torch_does() -> None:
    """Loss and new weights agree with AdamW written out: unfused, without autocast, decay on matrices only."""
    recipe = dataclasses.replace(RECIPES["fast"], muon=0.0, weight_decay=0.1, label_smoothing=0.1)
    step = TrainingStep(recipe, _PLAN, total_steps=10, seed=0)
    network = copy.deepcopy(step.network)
    images, labels = _batch()
    rate = step.learning_rate
    loss = step(images, labels)
    expected = F.cross_entropy(network(images), labels, label_smoothing=0.1)
    torch.autograd.backward(expected)
    assert loss.item() == pytest.approx(expected.item(), rel=1e-5)
    for old, new in zip(network.parameters(), step.network.parameters(), strict=True):
        assert old.grad is not None
        # The first step of Adam (Kingma and Ba 2015): both corrected moments are the gradient and its square.
        decayed = old * (1 - rate * 0.1) if old.ndim > 1 else old
        moved = decayed - rate * old.grad / (old.grad.abs() + 1e-8)
        torch.testing.assert_close(new, moved, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("name", ["fast", "robust"])
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_the_gradient_norm_is_torch_s_and_changes_nothing(name: str, precision: str) -> None:
    """Measured after each step, with either optimiser: the norm before the step, and the same weights to the bit."""
    images, labels = _batch()
    recipes = RECIPES[name], dataclasses.replace(RECIPES[name], muon=0.0)
    for recipe in recipes:
        measured, plain = (TrainingStep(recipe, Plan("cpu", 1, precision), 10, seed=0) for _ in range(2))
        for turn in range(3):
            reference = copy.deepcopy(measured)
            torch.manual_seed(turn)  # of dropout
            loss = reference._loss(images, labels)
            gradients = torch.autograd.grad(loss, list(reference.network.parameters()))
            for step in (measured, plain):
                torch.manual_seed(turn)
                step(images, labels)
            norm = measured.gradient_norm()
            expected = torch.nn.utils.get_total_norm(gradients)
            assert norm.dtype == torch.float32
            assert norm.item() == pytest.approx(expected.item(), rel=1e-5)
        for one, other in zip(measured.network.parameters(), plain.network.parameters(), strict=True):
            assert torch.equal(one, other)


def test_the_average_is_kept_and_lags() -> None:
    """With averaging, the kept weights are a mean of those seen, not the last ones; without, the last."""
    images, labels = _batch()
    averaged = TrainingStep(RECIPES["thorough"], _PLAN, total_steps=10, seed=0)
    seen = []
    for _ in range(3):
        averaged(images, labels)
        seen.append(next(iter(averaged.network.parameters())).detach().clone())
    kept = next(iter(averaged.result.parameters()))
    assert averaged.result is not averaged.network
    low, high = torch.stack(seen).amin(0), torch.stack(seen).amax(0)
    assert not torch.equal(kept, seen[-1])
    assert ((kept >= low - 1e-6) & (kept <= high + 1e-6)).float().mean() > 0.9
    plain = TrainingStep(RECIPES["fast"], _PLAN, total_steps=10, seed=0)
    assert plain.result is plain.network


class _Forbid(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch ships no types for it
    """Fails where an operation makes a float64 tensor, or reads a value back from the device."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # torch ships no types for it

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func is torch.ops.aten._local_scalar_dense.default:
            raise AssertionError("a step reads a value back: the device must stop for it")
        out = func(*args, **(kwargs or {}))
        for each in out if isinstance(out, tuple | list) else (out,):
            if isinstance(each, torch.Tensor) and each.dtype == torch.float64:
                raise AssertionError(f"{func} makes float64, which MPS does not have")
        return out


@pytest.mark.parametrize("name", RECIPES)
def test_a_step_makes_no_float64_and_waits_for_nothing(name: str) -> None:
    """Augmentation, forward, backward, optimiser and average stay in what MPS has, without a synchronisation."""
    recipe = RECIPES[name]
    step = TrainingStep(recipe, _PLAN, total_steps=10, seed=0)
    images, labels = _batch()
    draws = torch.Generator().manual_seed(0)
    step(images, labels)  # the optimiser makes its moments in the first step
    with _Forbid():
        step(augment(images, RECIPES["thorough"].augmentation, draws), labels)


def test_the_guard_of_the_last_test_works() -> None:
    """It does fail on a float64 and on a value read back."""
    with pytest.raises(AssertionError, match="float64"), _Forbid():
        torch.ones(2).double()
    with pytest.raises(AssertionError, match="reads a value"), _Forbid():
        torch.ones(1).item()
