"""Our optimisers beside torch's, which take the weights to the same place: the time of a step, and of the first use.

    python -m tests.benchmarks.optimisers [--recipe fast] [--steps 300]

Both move the network of the recipe by the same gradients, in turns. The first use is timed in processes of their own:
building an optimiser of `torch.optim` imports torch's compiler.
"""

from __future__ import annotations

import argparse
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import torch
from torch import Tensor, nn

from core.config.recipes import RECIPES
from core.networks.architectures import build
from core.system.hardware import processor_name, usable_cores
from core.training.optimiser import AdamW, Muon

_RATE = 1e-4
_IMPORTED = "import torch; from core.training.optimiser import Muon; import time; began = time.perf_counter(); "
_WEIGHTS = "[torch.nn.Parameter(torch.rand(4, 4)) for _ in range(3)]"
_FIRST = {
    "ours": f"Muon({_WEIGHTS}, 0.0, 1.0, low=False); print(time.perf_counter() - began)",
    "torch.optim": f"torch.optim.Muon({_WEIGHTS}); print(time.perf_counter() - began)",
}


def _ours(network: nn.Module, farther: float) -> Callable[[], None]:
    optimiser = Muon(network.parameters(), 0.01, farther, low=False)
    return lambda: optimiser.step(_RATE)


def _torchs(network: nn.Module, farther: float) -> Callable[[], None]:
    """torch's Muon for the hidden matrices and its fused AdamW for the others.

    It takes matrices only, so that kernels are given as views of the same memory.
    """
    every = list(network.parameters())
    hidden = [each for each in every if each.ndim > 1][1:-1]
    others = [each for each in every if all(each is not one for one in hidden)]
    matrices = [nn.Parameter(each.detach().reshape(len(each), -1)) for each in hidden]
    for matrix, weight in zip(matrices, hidden, strict=True):
        gradient = weight.grad
        matrix.grad = gradient.reshape(len(gradient), -1) if gradient is not None else None
    muon = torch.optim.Muon(matrices, lr=_RATE * farther, weight_decay=0.01, momentum=0.85, nesterov=True, ns_steps=3)
    adamw = torch.optim.AdamW(others, lr=_RATE, weight_decay=0.01, fused=True)

    def step() -> None:
        muon.step()  # type: ignore[no-untyped-call]  # torch ships no types for it
        adamw.step()

    return step


def _with_gradients(architecture: str) -> nn.Module:
    network = build(architecture, seed=0)
    labels: Tensor = torch.arange(64) % 10
    logits = network(torch.rand(64, 1, 28, 28, generator=torch.Generator().manual_seed(0)))
    torch.autograd.backward(nn.functional.cross_entropy(logits, labels))
    return network


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--recipe", default="fast")
    options.add_argument("--steps", type=int, default=300)
    given = options.parse_args()
    recipe = RECIPES[given.recipe]
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    network, other = _with_gradients(recipe.architecture), _with_gradients(recipe.architecture)
    plain = _with_gradients(recipe.architecture)
    adamw = AdamW(plain.parameters(), 0.01)
    ways: dict[str, Callable[[], None]] = {
        "ours": _ours(network, recipe.muon or 1.0),
        "torch.optim": _torchs(other, recipe.muon or 1.0),
        "our AdamW alone": lambda: adamw.step(_RATE),
    }
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(given.steps + 10):
        for name, step in ways.items():
            began = time.perf_counter()
            step()
            if turn >= 10:
                taken[name].append(1000 * (time.perf_counter() - began))
    print(
        f"{processor_name()}, {usable_cores()} cores, one thread, Python {platform.python_version()}, "
        f"torch {torch.__version__}\n{recipe.name}: {recipe.architecture}, {given.steps} steps"
    )
    for name, found in taken.items():
        quarter = statistics.quantiles(found, n=4)
        print(f"  {name:18}{quarter[1]:7.3f} ms a step (quartiles {quarter[0]:.3f} to {quarter[2]:.3f})")
    for name, program in _FIRST.items():
        seconds = [
            float(subprocess.check_output([sys.executable, "-c", _IMPORTED + program], text=True)) for _ in range(3)
        ]
        print(f"  {name:18}{statistics.median(seconds):7.3f} s until it is built, in a new process")


if __name__ == "__main__":
    main()
