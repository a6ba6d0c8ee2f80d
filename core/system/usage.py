"""Processor load, memory and temperature, as psutil reports them without special rights. Knows no torch."""

# psutil 7.2 takes 23 ms of processor time to import. The interface never imports it, and next to torch's 2.8 s a
# training does not notice. On macOS it reports the load since the last call and the memory now in use, where the
# standard library has only the mean load of a minute and the peak memory.

from __future__ import annotations

import psutil

_SENSORS = ("coretemp", "k10temp", "cpu_thermal")
"""Linux's names for the temperature sensors of Intel, AMD and ARM processors."""


def processor_load() -> float | None:
    """Load of all cores since the last call in this thread, 0 to 1; None if the system does not report it."""
    try:
        return min(1.0, float(psutil.cpu_percent()) / 100)
    except OSError:
        return None  # /proc/stat is hidden


def process_memory() -> int | None:
    """This process's resident memory in bytes; None if the system does not report it."""
    try:
        return int(psutil.Process().memory_info().rss)
    except (OSError, psutil.Error):
        return None


def processor_temperature() -> float | None:
    """Temperature of the processor's hottest sensor in °C; None if the machine does not report it, as no Mac does."""
    if not hasattr(psutil, "sensors_temperatures"):
        return None
    found = psutil.sensors_temperatures()
    return max((float(each.current) for name in _SENSORS for each in found.get(name, ())), default=None)
