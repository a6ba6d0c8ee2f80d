"""`devices`: what this machine can train on, and in which fast ways it can read."""

from __future__ import annotations

import argparse
import dataclasses
import json


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `devices`."""
    devices = commands.add_parser(
        "devices",
        help="list what can be trained on",
        description="List CUDA cards, MPS and CPU, and the fast ways of reading on the CPU; "
        "what is not available says why.",
    )
    devices.add_argument("--probe", action="store_true", help="also measure the training step on each")
    devices.add_argument("--json", action="store_true", help="print one JSON object")
    devices.set_defaults(run=run_devices)


def run_devices(options: argparse.Namespace) -> int:
    """List the devices, with `--probe` also what each does, and the fast ways of inference."""
    from core.config.recipes import RECIPES
    from core.inference.engine import fast_ways  # torch
    from core.training import probe
    from core.training.devices import devices

    rows = [dataclasses.asdict(device) for device in devices()]
    if options.probe:
        for row in rows:
            if row["available"]:
                plan = probe.choose(row["name"], RECIPES["fast"])[0][0]
                row["plan"] = dataclasses.asdict(plan)
    ways = [{**dataclasses.asdict(way), "available": way.available} for way in fast_ways()]
    if options.json:
        print(json.dumps({"devices": rows, "inference": ways}))
        return 0
    for row in rows:
        memory = f", {row['memory'] / 2**30:.0f} GiB" if row["memory"] else ""
        state = f"{row['title']}{memory}" if row["available"] else f"not available: {row['reason']}"
        if plan_row := row.get("plan"):
            state += (
                f"; the fast recipe does {plan_row['images_per_second']:,.0f} images/s "
                f"({plan_row['threads']} threads, {plan_row['precision']})"
            )
        print(f"{row['name']:8} {state}")
    print("\nreading on the CPU")
    for way in ways:
        state = way["summary"] if way["available"] else f"not available: {way['reason']}"
        print(f"{way['name']:10} {state}")
    return 0
