"""Which start of which machine this is, and what its system has ended for lack of memory. Reads small files."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from pathlib import Path

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_COUNTERS = Path("/proc/vmstat")


@dataclass(frozen=True)
class Machine:
    """A machine between two of its starts."""

    host: str
    boot: str
    """What tells this start of the machine from any other; empty where the system does not say."""
    ended: int | None
    """How many processes the system has ended for lack of memory since the start; None where it does not say."""


def machine() -> Machine:
    """This machine now. macOS says neither `boot` nor `ended`."""
    return Machine(platform.node(), _text(_BOOT).strip(), _ended(_text(_COUNTERS)))


def _ended(counters: str) -> int | None:
    named = dict(line.split(maxsplit=1) for line in counters.splitlines() if " " in line)
    count = named.get("oom_kill", "")
    return int(count) if count.isdecimal() else None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
