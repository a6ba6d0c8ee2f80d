"""Where the time of a training step goes, and how much of the machine's matrix products it reaches.

    python -m tests.benchmarks.training_step [--recipe fast] [--steps 60] [--threads N]

The recipe's own step on MNIST's images, in the way that the probe chooses here (or with so many threads), in turn with
a plain product of two large matrices in the same precision. Printed are the parts of a step, each timed alone; its
floating-point operations, as torch counts those of its products and convolutions, and those of an epoch; and the rate
of both. Then the operators that take most of it, from torch's profiler.
"""

from __future__ import annotations

import argparse
import dataclasses
import platform
import statistics
import time
from collections.abc import Callable

import torch
from torch.profiler import ProfilerActivity, profile
from torch.utils.flop_counter import FlopCounterMode

from core.config.device_plan import Plan
from core.config.recipes import RECIPES, Recipe
from core.data import mnist
from core.networks.inputs import as_input
from core.system.hardware import processor_name, usable_cores
from core.training import probe
from core.training.augmentation import augment
from core.training.step import TrainingStep

_SIDE = 1536
"""Of the matrices that are multiplied: large enough that nothing but the product counts."""
_SHOWN = 14


def milliseconds(work: Callable[[], object], times: int) -> float:
    """The median of so many runs, after one that is not counted."""
    found = []
    for _ in range(times + 1):
        began = time.perf_counter()
        work()
        found.append(1000 * (time.perf_counter() - began))
    return statistics.median(found[1:])


class Parts:
    """A step of a recipe, to be done whole or part by part."""

    def __init__(self, recipe: Recipe, plan: Plan) -> None:
        part, _ = mnist.load()
        self.step = TrainingStep(recipe, plan, total_steps=10_000, seed=0)
        self._recipe = recipe
        self._pixels, self._labels = torch.tensor(part.images), torch.tensor(part.labels).long()
        self._order = torch.randperm(len(part))[: recipe.batch_size]
        self._draws = torch.Generator().manual_seed(0)
        self._dtype = torch.bfloat16 if plan.precision == "bfloat16" else torch.float32
        self._images, self._named = self.batch(), self._labels[self._order]
        self._forward()
        self._backward()

    def batch(self) -> torch.Tensor:
        """Images taken from the set, and changed as the recipe changes them."""
        return augment(as_input(self._pixels[self._order]), self._recipe.augmentation, self._draws)

    def whole(self) -> None:
        """All of it."""
        self.step(self.batch(), self._named)

    def _forward(self) -> None:
        with torch.autocast("cpu", torch.bfloat16, enabled=self._dtype is torch.bfloat16):
            logits = self.step.network(self._images)
        self._loss = torch.nn.functional.cross_entropy(logits.float(), self._named)

    def _backward(self) -> None:
        self.step.optimiser.zero_grad()
        torch.autograd.backward(self._loss, retain_graph=True)

    def times(self, count: int) -> dict[str, float]:
        """Milliseconds of each part."""
        self._forward()
        return {
            "taking and changing a batch": milliseconds(self.batch, count),
            "forward and loss": milliseconds(self._forward, count),
            "backward": milliseconds(self._backward, count),
            "optimiser": milliseconds(lambda: self.step.optimiser.step(1e-4), count),
        }


def product_rate(dtype: torch.dtype) -> float:
    """Floating-point operations a second of a product of two square matrices."""
    left, right = torch.randn(2, _SIDE, _SIDE).to(dtype)
    return 2 * _SIDE**3 / milliseconds(lambda: left @ right, 10) * 1000


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recipe", default="fast", choices=[name for name, each in RECIPES.items() if not each.replay])
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--threads", type=int, help="else as the probe chooses")
    given = parser.parse_args()
    torch.set_flush_denormal(True)
    recipe = dataclasses.replace(RECIPES[given.recipe], redrawn=0, written=0, no_digits=0, distillation=0.0)
    plan = probe.choose("cpu", recipe)[0][0]
    if given.threads:
        plan = dataclasses.replace(plan, threads=given.threads)
    torch.set_num_threads(plan.threads)
    print(
        f"{processor_name()}, {usable_cores()} cores, Python {platform.python_version()}, torch {torch.__version__}\n"
        f"{recipe.name}: {recipe.architecture}, batches of {recipe.batch_size}, "
        f"{plan.precision}, {plan.threads} threads"
    )
    parts = Parts(recipe, plan)
    dtype = torch.bfloat16 if plan.precision == "bfloat16" else torch.float32
    with FlopCounterMode(display=False) as counter:
        parts.whole()
    operations = counter.get_total_flops()
    rates, wholes = [], []
    for _ in range(3):
        rates.append(product_rate(dtype))
        wholes.append(milliseconds(parts.whole, given.steps))
    whole, rate = statistics.median(wholes), statistics.median(rates)
    print(f"\n{'a step':<32}{whole:>9.2f} ms")
    for name, taken in parts.times(given.steps).items():
        print(f"  {name:<30}{taken:>9.2f} ms{taken / whole:>8.0%}")
    steps = round(60_000 * (1 - recipe.validation)) // recipe.batch_size
    reached = operations / whole * 1000
    print(
        f"\n{operations / 1e9:.2f} GFLOP a step, {operations * steps / 1e9:,.0f} an epoch of {steps} steps\n"
        f"{reached / 1e9:,.0f} GFLOP/s, {reached / rate:.0%} of the {rate / 1e9:,.0f} of a product of {_SIDE}² matrices"
    )
    with profile(activities=[ProfilerActivity.CPU]) as profiled:
        for _ in range(20):
            parts.whole()
    rows = sorted(profiled.key_averages(), key=lambda each: -each.self_cpu_time_total)
    total = sum(each.self_cpu_time_total for each in rows)
    print("\nof the calling thread's time in torch's operators:")
    for each in rows[:_SHOWN]:
        print(f"  {each.key:<44}{each.self_cpu_time_total / total:>7.1%}{each.count // 20:>6} a step")


if __name__ == "__main__":
    main()
