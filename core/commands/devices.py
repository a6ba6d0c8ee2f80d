"""`devices`: the devices that this machine can train on, and its fast ways of reading."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING

from core.commands.progress import say
from core.config.recipes import FAST
from core.words import plural

if TYPE_CHECKING:
    from core.config.devices import Device


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `devices`."""
    devices = commands.add_parser(
        "devices",
        help="list the devices to train on",
        description="List CUDA cards, MPS and the CPU, and the fast ways of reading on the CPU, each with the reason "
        "if it is not available.",
    )
    devices.add_argument("--probe", action="store_true", help="also measure the training step on each device")
    devices.add_argument("--json", action="store_true", help="print one JSON object")
    devices.set_defaults(run=run_devices)


def run_devices(options: argparse.Namespace) -> int:
    """List the devices, with `--probe` also their speed, and the fast ways of inference."""
    from core.config.devices import DeviceList
    from core.config.recipes import RECIPES
    from core.inference.engine import fast_ways  # here because it imports torch
    from core.training import probe
    from core.training.devices import devices

    found = devices()
    if options.probe:
        fast = RECIPES[FAST]
        found = [replace(each, plan=probe.choose(each.name, fast)[0][0]) if each.available else each for each in found]
    ways = fast_ways()
    if options.json:
        say(DeviceList(tuple(found), tuple(ways)))
        return 0
    for each in found:
        print(f"{each.name:8} {_words(each)}")
    print("\nreading on the CPU")
    for way in ways:
        print(f"{way.name:10} {way.summary if way.available else f'not available: {way.reason}'}")
    return 0


def _words(device: Device) -> str:
    if not device.available:
        return f"not available: {device.reason}"
    memory = f", {device.memory / 2**30:.0f} GiB" if device.memory else ""
    if device.plan is None:
        return f"{device.title}{memory}"
    return (
        f"{device.title}{memory}; the fast recipe does {device.plan.images_per_second:,.0f} images/s "
        f"({plural(device.plan.threads, 'thread')}, {device.plan.precision})"
    )
