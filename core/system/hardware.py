"""How busy a device is, as far as the machine tells without special rights. Knows no torch."""

from __future__ import annotations

import os
import platform
import resource
import subprocess
import sys
from pathlib import Path


def processor_name() -> str:
    """The processor's name, such as `AMD EPYC`, else the machine's architecture."""
    if sys.platform == "darwin":
        try:
            name = subprocess.run(
                ["/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string"],
                capture_output=True, text=True, timeout=2, check=True,
            ).stdout.strip()  # fmt: skip
        except (OSError, subprocess.SubprocessError):
            name = ""
        return name or platform.machine()
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines():
            key, _, value = line.partition(":")
            if key.strip() == "model name":
                return value.strip()
    except OSError:
        pass  # not Linux, or /proc is hidden: the architecture has to do
    return platform.processor() or platform.machine()


def usable_cores() -> int:
    """Processor cores that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def memory_total() -> int | None:
    """The machine's memory in bytes."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return None


def process_memory() -> int | None:
    """This process's resident memory in bytes; where only its peak is known, the peak."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024


def processor_temperature() -> float | None:
    """Degrees Celsius of the processor's hottest sensor; None where the machine does not tell."""
    found = []
    for sensor in Path("/sys/class/hwmon").glob("hwmon*"):
        try:
            if (sensor / "name").read_text(encoding="ascii").strip() in ("coretemp", "k10temp", "cpu_thermal"):
                found += [int(path.read_text(encoding="ascii")) / 1000 for path in sensor.glob("temp*_input")]
        except (OSError, ValueError):
            continue  # a sensor that cannot be read now
    return max(found, default=None)
