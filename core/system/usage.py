"""How busy the processor and the memory are, as psutil tells without special rights. Knows no torch."""

# psutil 7.2 takes 23 ms of processor time to import, which the interface never does and a training, of 2.8 s for torch,
# does not feel. Of a Mac it tells the load since the last look and the memory in use, where the standard library has
# the mean load of a minute and the most memory there ever was.

from __future__ import annotations

import psutil

_SENSORS = ("coretemp", "k10temp", "cpu_thermal")
"""What Linux calls those of Intel's, AMD's and ARM's processors."""


def processor_load() -> float | None:
    """The busy share, 0 to 1, of all cores since the last call in this thread; None where the system does not tell."""
    try:
        return min(1.0, float(psutil.cpu_percent()) / 100)
    except OSError:
        return None  # /proc/stat is hidden


def process_memory() -> int | None:
    """This process's resident memory in bytes; None where the system does not tell."""
    try:
        return int(psutil.Process().memory_info().rss)
    except (OSError, psutil.Error):
        return None


def processor_temperature() -> float | None:
    """Degrees Celsius of the processor's hottest sensor; None where the machine does not tell, as no Mac does."""
    if not hasattr(psutil, "sensors_temperatures"):
        return None
    found = psutil.sensors_temperatures()
    return max((float(each.current) for name in _SENSORS for each in found.get(name, ())), default=None)
