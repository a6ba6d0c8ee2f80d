"""Measures which device, number of threads and precision runs a recipe's training step fastest here and now.

Nothing is assumed: on a busy machine two threads can be slower than one, and bfloat16 is twice as fast on one
processor and ten times slower on another. Each measurement takes a fraction of a second.
"""

from __future__ import annotations

import time
from dataclasses import replace

import torch

from core.config.device_plan import Plan
from core.config.devices import Device
from core.config.recipes import Recipe
from core.config.shape import SIDE
from core.errors import DeviceError
from core.networks.inputs import as_input
from core.system import hardware
from core.training.augmentation import augment
from core.training.devices import DEVICE_FAILURES, devices, find, first_line, is_device_failure
from core.training.step import TrainingStep

_SECONDS = 0.12
"""Approximate time of each measurement."""


def choose(name: str, recipe: Recipe) -> tuple[list[Plan], list[str]]:
    """Plans for `name`, fastest first, and notes on devices that failed the probe.

    With `auto` the later plans are fallbacks; a device requested by name has only one plan.
    Raises DeviceError if the requested device is missing or fails.
    """
    # Denormals arise in moments that decay towards zero, and take a hundred times longer to multiply. Each of torch's
    # threads inherits this setting from the one that starts it, so it must come before the first step.
    torch.set_flush_denormal(True)
    candidates = [each for each in devices() if each.available] if name == "auto" else [find(name)]
    plans: list[Plan] = []
    notes: list[str] = []
    for device in candidates:
        try:
            plans.append(_best_plan(device, recipe))
        except DEVICE_FAILURES as error:
            if not is_device_failure(error) or device.name == "cpu":
                raise
            failure = f"{device.name} ({device.title}) failed the probe: {first_line(error)}"
            if name != "auto":
                raise DeviceError(f"{failure}. Use --device auto to train on what works.") from error
            notes.append(f"{failure}; it is not used")
    plans.sort(key=lambda plan: -plan.images_per_second)
    return plans, notes


def _best_plan(device: Device, recipe: Recipe) -> Plan:
    """The fastest way to use `device`, as measured."""
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
    """The fastest plan for the CPU. Threads are doubled as long as it helps: on busy cores two can be slower than one.

    The precisions are then compared with the best number of threads.
    """
    quick = _has_fast_bfloat16()
    plan = Plan("cpu", 1, "bfloat16" if quick else "float32")
    before = torch.get_num_threads()
    try:
        best: Plan | None = None
        for threads in _thread_counts():
            better = _measured(replace(plan, threads=threads), recipe, best)
            if better is best:
                break
            best = better
        if best is None:
            raise RuntimeError("no plan for the CPU was measured")
        return _measured(replace(best, precision="float32"), recipe, best) if quick else best
    finally:
        torch.set_num_threads(before)


def _measured(plan: Plan, recipe: Recipe, best: Plan | None) -> Plan:
    """`plan` with its rate, or `best` if that is at least as fast."""
    enough = best.images_per_second if best else 0.0
    rate = step_rate(plan, recipe, enough)
    return best if best and rate <= enough else replace(plan, images_per_second=rate)


def _thread_counts() -> list[int]:
    """1, 2, 4, … and the number of cores."""
    cores = hardware.usable_cores()
    return sorted({*(2**power for power in range(cores.bit_length()) if 2**power <= cores), cores})


def _has_fast_bfloat16() -> bool:
    """Whether the processor multiplies bfloat16 in hardware; otherwise it is several times slower than float32."""
    capabilities = torch.cpu.get_capabilities() if hasattr(torch.cpu, "get_capabilities") else {}
    return bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16") or capabilities.get("bf16"))


def step_rate(plan: Plan, recipe: Recipe, enough: float = 0.0) -> float:
    """Images per second of the recipe's training step on `plan`, measured over at least three steps and 0.12 s.

    Gives up early and returns the rate so far once it is clearly below `enough` images per second: two threads that
    fight over a busy core can be ten times slower than one, and then three steps take seconds.
    """
    if plan.device == "cpu":
        torch.set_num_threads(plan.threads)
    step = TrainingStep(recipe, plan, total_steps=1000, seed=0)
    draws = torch.Generator(device=step.device).manual_seed(0)
    size = (recipe.batch_size, SIDE, SIDE)
    pixels = torch.randint(0, 256, size, dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    pixels = pixels.to(step.device)
    labels = torch.arange(recipe.batch_size, device=step.device) % 10

    def rate_of(steps: int) -> float:
        began = time.perf_counter()
        for _ in range(steps):
            step(augment(as_input(pixels), recipe.augmentation, draws), labels)
        synchronise(step.device)  # otherwise the clock would only time how fast steps are queued
        return steps * recipe.batch_size / (time.perf_counter() - began)

    rate_of(1)  # sets up kernels and the optimiser's moments
    first = rate_of(1)
    if first < enough / 3:
        return first
    return rate_of(max(3, round(_SECONDS * first / recipe.batch_size)))


def synchronise(device: torch.device) -> None:
    """Wait until `device` has finished its queued work."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()
