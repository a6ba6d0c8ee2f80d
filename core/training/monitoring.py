"""Monitors the device that a run trains on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch

from core.runs.events import DeviceState
from core.training.device_monitor import CardMonitor, ProcessorMonitor
from core.training.devices import find


@contextmanager
def monitoring(device: str) -> Iterator[Callable[[], DeviceState]]:
    """A function that returns the state of the torch device `device` without waiting for it."""
    found = torch.device(device)
    if found.type != "cuda":
        yield ProcessorMonitor(device).state
        return
    index = found.index or 0
    monitor = CardMonitor(index, str(torch.cuda.get_device_properties(index).uuid), find(device).memory)
    try:
        yield monitor.state
    finally:
        monitor.close()
