"""Which device, with how many threads and in which precision, does a recipe's training step fastest here and now.

Nothing is assumed: on a busy machine two threads can be slower than one, and bfloat16 is twice as fast on
one processor and ten times slower on another. Each probe takes a fraction of a second.
"""

from __future__ import annotations

import time
from dataclasses import replace

import torch

from core.config.device_plan import Plan
from core.config.devices import Device
from core.config.recipes import Recipe
from core.errors import DeviceError
from core.networks.inputs import as_input
from core.system import hardware
from core.training.augmentation import augment
from core.training.devices import DEVICE_FAILURES, devices, find, first_line, is_device_failure
from core.training.step import TrainingStep

_SECONDS = 0.12
"""Spent on each measurement, about."""


def choose(name: str, recipe: Recipe) -> tuple[list[Plan], list[str]]:
    """Plans for `name`, the fastest first, and notes on devices that failed the probe.

    With `auto` the later plans are what to fall back to; a device asked for by name has one plan only.
    Raises DeviceError where the device asked for is missing or fails.
    """
    # Denormals arise in moments that decay towards zero and take a hundred times longer to multiply. Each of torch's
    # threads takes this over from the one that starts it: it has to be said before the first step.
    torch.set_flush_denormal(True)
    wanted = [each for each in devices() if each.available] if name == "auto" else [find(name)]
    plans: list[Plan] = []
    notes: list[str] = []
    for device in wanted:
        try:
            plans.append(_best_plan(device, recipe))
        except DEVICE_FAILURES as error:
            if not is_device_failure(error) or device.name == "cpu":
                raise
            failure = f"{device.name} ({device.title}) failed the probe: {first_line(error)}"
            if name != "auto":
                raise DeviceError(f"{failure}. Use --device auto to train on what works.") from error
            notes.append(f"{failure}; it is left out")
    plans.sort(key=lambda plan: -plan.images_per_second)
    return plans, notes


def _best_plan(device: Device, recipe: Recipe) -> Plan:
    """The fastest way to use `device`, by measuring."""
    if device.name == "cpu":
        return _best_cpu_plan(recipe)
    plain = Plan(device.name, threads=torch.get_num_threads(), precision="float32")
    if device.name == "mps":
        return replace(plain, images_per_second=step_rate(plain, recipe))
    candidates = [plain]
    if torch.cuda.is_bf16_supported(including_emulation=False):
        candidates.append(replace(plain, precision="bfloat16"))
    measured = [replace(plan, images_per_second=step_rate(plan, recipe)) for plan in candidates]
    return max(measured, key=lambda plan: plan.images_per_second)


def _best_cpu_plan(recipe: Recipe) -> Plan:
    """Threads are doubled as long as it helps: on busy cores two can be slower than one.

    Which precision is faster is then asked of as many threads as turned out best.
    """
    quick = _has_fast_bfloat16()
    plan = Plan("cpu", 1, "bfloat16" if quick else "float32")
    before = torch.get_num_threads()
    try:
        best: Plan | None = None
        for threads in _thread_counts():
            found = _measured(replace(plan, threads=threads), recipe, best)
            if found is best:
                break
            best = found
        if best is None:
            raise RuntimeError("no plan for the CPU was measured")
        return _measured(replace(best, precision="float32"), recipe, best) if quick else best
    finally:
        torch.set_num_threads(before)


def _measured(plan: Plan, recipe: Recipe, best: Plan | None) -> Plan:
    """`plan` with its rate, or `best` where that is no slower."""
    enough = best.images_per_second if best else 0.0
    rate = step_rate(plan, recipe, enough)
    return best if best and rate <= enough else replace(plan, images_per_second=rate)


def _thread_counts() -> list[int]:
    """1, 2, 4, … and the number of cores."""
    cores = hardware.usable_cores()
    return sorted({*(2**power for power in range(cores.bit_length()) if 2**power <= cores), cores})


def _has_fast_bfloat16() -> bool:
    """Whether the processor multiplies bfloat16 itself; without, it is several times slower than float32."""
    capabilities = torch.cpu.get_capabilities() if hasattr(torch.cpu, "get_capabilities") else {}
    return bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16") or capabilities.get("bf16"))


def step_rate(plan: Plan, recipe: Recipe, enough: float = 0.0) -> float:
    """Images a second of the recipe's training step on `plan`, from at least three steps and 0.12 s of them.

    Gives up early, with the rate so far, once it is clear that it will stay under `enough` images a second: two
    threads that fight over a busy core can be ten times slower than one, and then three steps take seconds.
    """
    if plan.device == "cpu":
        torch.set_num_threads(plan.threads)
    step = TrainingStep(recipe, plan, total_steps=1000, seed=0)
    draws = torch.Generator(device=step.device).manual_seed(0)
    size = (recipe.batch_size, 28, 28)
    pixels = torch.randint(0, 256, size, dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    pixels = pixels.to(step.device)
    labels = torch.arange(recipe.batch_size, device=step.device) % 10

    def rate_of(steps: int) -> float:
        began = time.perf_counter()
        for _ in range(steps):
            step(augment(as_input(pixels), recipe.augmentation, draws), labels)
        synchronise(step.device)  # or the clock would only time how fast steps are asked for
        return steps * recipe.batch_size / (time.perf_counter() - began)

    rate_of(1)  # sets up kernels and the optimiser's moments
    first = rate_of(1)
    if first < enough / 3:
        return first
    return rate_of(max(3, round(_SECONDS * first / recipe.batch_size)))


def synchronise(device: torch.device) -> None:
    """Wait until `device` has done all that it was given."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()
