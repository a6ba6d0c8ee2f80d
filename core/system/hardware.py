"""The machine's processor, cores and memory. Knows no torch."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

# Not psutil: it has no processor name and, on macOS, no list of the cores a process may use; the memory is one line.


def processor_name() -> str:
    """The processor's name, such as `AMD EPYC`, or the machine's architecture if the name is unknown."""
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
        pass  # not Linux, or /proc is hidden: fall back to the architecture
    return platform.processor() or platform.machine()


def usable_cores() -> int:
    """The number of processor cores that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def memory_total() -> int | None:
    """The machine's memory in bytes; None if the system does not report it."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return None
