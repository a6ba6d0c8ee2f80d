"""`devices`: what this machine can train on."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING

from core.commands.progress import say
from core.words import plural

if TYPE_CHECKING:
    from core.config.devices import Device


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `devices`."""
    devices = commands.add_parser(
        "devices",
        help="list what can be trained on",
        description="List CUDA cards, MPS and CPU, and why one is not there.",
    )
    devices.add_argument("--probe", action="store_true", help="also measure the training step on each")
    devices.add_argument("--json", action="store_true", help="print one JSON object")
    devices.set_defaults(run=run_devices)


def run_devices(options: argparse.Namespace) -> int:
    """List the devices, with `--probe` also what each does."""
    from core.config.devices import DeviceList
    from core.config.recipes import RECIPES
    from core.training import probe  # torch
    from core.training.devices import devices

    found = devices()
    if options.probe:
        fast = RECIPES["fast"]
        found = [replace(each, plan=probe.choose(each.name, fast)[0][0]) if each.available else each for each in found]
    if options.json:
        say(DeviceList(tuple(found)))
    else:
        for each in found:
            print(f"{each.name:8} {_words(each)}")
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
