"""AdamW (Loshchilov and Hutter 2019) and Muon (K. Jordan et al., "Muon: An optimizer for hidden layers in neural
networks", 2024), without torch.optim.

torch.optim imports torch's compiler when an optimiser is first built: 1.5 of the 12 seconds that the `fast`
recipe took as a whole process (2-core EPYC, torch 2.15). The results are the same; those of AdamW, which uses torch's
fused kernel, bit for bit.
"""

# Why not torch.optim.Muon, which takes the weights to the same place: it always iterates in bfloat16, which processors
# without AVX512-BF16 compute far slower than float32. A step of the `fast` network took 138 ms with it and 13 ms with
# this one (medians of 600 in turns, one thread of a busy 2-core EPYC without AVX512-BF16, Python 3.11, torch 2.14;
# tests/benchmarks/optimisers.py). It takes only matrices, no kernels, needs torch 2.9 while we support 2.6, and its
# first use imports torch's compiler, which took 6 s under the same conditions.

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import torch
from torch import Tensor

_BETAS = (0.9, 0.999)
_EPSILON = 1e-8
_MOMENTUM = 0.85
_ROUNDS = 3
_QUINTIC = 3.4445, -4.775, 2.0315
"""Jordan's coefficients: they bring every singular value near 1 quickly, instead of exactly to 1 in the end."""


class AdamW:
    """Updates weights by AdamW. Weight decay applies to matrices and kernels, not to biases and scales."""

    def __init__(self, weights: Iterable[Tensor], weight_decay: float) -> None:
        """`weights` are leaves that require gradients, float32, all on one device."""
        every = list(weights)
        self._groups = [
            _Group([each for each in every if each.ndim > 1], weight_decay),
            _Group([each for each in every if each.ndim <= 1], 0.0),
        ]

    def step(self, learning_rate: float) -> None:
        """Move the weights against their gradients, all of which must be set."""
        for group in self._groups:
            group.step(learning_rate)

    def zero_grad(self) -> None:
        """Drop the gradients."""
        for group in self._groups:
            for weight in group.weights:
                weight.grad = None

    def state_dict(self) -> dict[str, Any]:
        """What the next step depends on: the moments and step counts of each group."""
        return {"groups": [{name: getattr(group, name) for name in _STATE} for group in self._groups]}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """The inverse of `state_dict`, from any device; also accepts older names of the moments.

        Raises KeyError, ValueError or RuntimeError if it does not fit.
        """
        for group, saved in zip(self._groups, renamed(state)["groups"], strict=True):
            for name in _STATE:
                for mine, theirs in zip(getattr(group, name), saved[name], strict=True):
                    mine.copy_(theirs)


_STATE = ("exp_avg", "exp_avg_sq", "steps")
_OLDER = {"means": "exp_avg", "squares": "exp_avg_sq"}
"""Older names of the moments in saved states, and their names here."""


def renamed(state: Any) -> Any:
    """A saved state of either optimiser, which may be damaged, under the names of today."""
    if isinstance(state, dict) and "others" in state:
        return {**_renamed(state, {"means": "momentum_buffers"}), "others": _groups_renamed(state["others"])}
    return _groups_renamed(state)


def _groups_renamed(state: Any) -> Any:
    if isinstance(state, dict) and isinstance(groups := state.get("groups"), list):
        return {**state, "groups": [_renamed(each, _OLDER) for each in groups]}
    return state


def _renamed(state: Any, names: Mapping[str, str]) -> Any:
    if not isinstance(state, dict):
        return state
    return {names.get(name, name): value for name, value in state.items()}


class _Group:
    """Weights with the same weight decay, and their moments."""

    def __init__(self, weights: list[Tensor], weight_decay: float) -> None:
        self.weights = weights
        self.exp_avg = [torch.zeros_like(each, memory_format=torch.preserve_format) for each in weights]
        self.exp_avg_sq = [torch.zeros_like(each, memory_format=torch.preserve_format) for each in weights]
        # float32 and on the device, as the kernel requires
        self.steps = [torch.zeros((), dtype=torch.float32, device=each.device) for each in weights]
        self._decay = weight_decay

    @torch.no_grad()
    def step(self, learning_rate: float) -> None:
        if not self.weights:
            return
        gradients = [each.grad for each in self.weights if each.grad is not None]
        torch._foreach_add_(self.steps, 1)
        # One kernel for all weights: on small networks a loop over them costs more than the arithmetic.
        torch._fused_adamw_(
            self.weights, gradients, self.exp_avg, self.exp_avg_sq, [], self.steps,
            amsgrad=False, lr=learning_rate, beta1=_BETAS[0], beta2=_BETAS[1],
            weight_decay=self._decay, eps=_EPSILON, maximize=False,
        )  # fmt: skip


class Muon:
    """AdamW, but hidden matrices move along the orthogonal matrix nearest to the running mean of their gradients.

    All directions of such a matrix move equally far, which on small networks saves half of the steps. All matrices and
    kernels are hidden except the first and the last.
    """

    def __init__(self, weights: Iterable[Tensor], weight_decay: float, farther: float, *, low: bool) -> None:
        """`weights` are leaves that require gradients, float32, all on one device, in the order of the layers.

        Hidden matrices use `farther` times the learning rate. With `low` they are orthogonalised in bfloat16.
        """
        every = list(weights)
        self.weights = [each for each in every if each.ndim > 1][1:-1]
        hidden = {id(each) for each in self.weights}
        self._others = AdamW([each for each in every if id(each) not in hidden], weight_decay)
        self._momentum_buffers = [torch.zeros_like(each) for each in self.weights]
        self._decay = weight_decay
        self._farther = farther
        self._kind = torch.bfloat16 if low else torch.float32

    @torch.no_grad()
    def step(self, learning_rate: float) -> None:
        """Move the weights against their gradients, all of which must be set."""
        self._others.step(learning_rate)
        rate = learning_rate * self._farther
        for weight, momentum in zip(self.weights, self._momentum_buffers, strict=True):
            if weight.grad is None:
                continue
            momentum.lerp_(weight.grad, 1 - _MOMENTUM)
            ahead = weight.grad.lerp(momentum, _MOMENTUM)  # Nesterov momentum
            flat = ahead.reshape(len(ahead), -1)
            update = _orthogonal(flat.to(self._kind)).to(weight.dtype)
            wide = max(1.0, flat.shape[0] / flat.shape[1]) ** 0.5
            weight.mul_(1 - rate * self._decay).add_(update.view(weight.shape), alpha=-rate * wide)

    def zero_grad(self) -> None:
        """Drop the gradients."""
        self._others.zero_grad()
        for weight in self.weights:
            weight.grad = None

    def state_dict(self) -> dict[str, Any]:
        """What the next step depends on."""
        return {"others": self._others.state_dict(), "momentum_buffers": self._momentum_buffers}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """The inverse of `state_dict`, from any device; also accepts older names.

        Raises KeyError, ValueError or RuntimeError if it does not fit.
        """
        state = renamed(state)
        self._others.load_state_dict(state["others"])
        for mine, theirs in zip(self._momentum_buffers, state["momentum_buffers"], strict=True):
            mine.copy_(theirs)


def _orthogonal(matrix: Tensor) -> Tensor:
    """An approximation of the orthogonal matrix nearest to `matrix`, by the Newton–Schulz iteration: products only."""
    one, three, five = _QUINTIC
    tall = matrix.shape[0] > matrix.shape[1]
    found: Tensor = matrix.T if tall else matrix
    found = found / found.norm().clamp_min(1e-7)
    for _ in range(_ROUNDS):
        square = found @ found.T
        found = one * found + (three * square + five * square @ square) @ found
    return found.T if tall else found
