"""Why a run ended without saying how: what its machine was like at its last save, against what it is like now.

Who writes a run notes the machine in the run's `lock`, so that nothing else has to be kept in step with it.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
from pathlib import Path

from core.runs.events import Failed
from core.system import json_file
from core.system.machine import Machine, machine
from core.words import plural

KILLED = "its process was killed"
SWITCHED_OFF = "its machine was switched off or restarted"
KILLED_OR_SWITCHED_OFF = "its process was killed, or its machine switched off"


def note(lock: int) -> None:
    """Write what the machine is like now into the open file `lock`; nothing if it cannot be written."""
    text = json.dumps(dataclasses.asdict(machine())).encode() + b"\n"
    with contextlib.suppress(OSError):
        os.ftruncate(lock, os.pwrite(lock, text, 0))


def reason(lock: Path) -> str:
    """Which of the three above is why the process that wrote `lock` ended."""
    then, now = _noted(lock), machine()
    if then is None or not then.boot or not now.boot:
        return KILLED_OR_SWITCHED_OFF
    if then.boot == now.boot:
        return KILLED
    return SWITCHED_OFF if then.host == now.host else KILLED_OR_SWITCHED_OFF


def lack_of_memory(lock: Path, time: float) -> Failed | None:
    """The failure of a run whose process the system probably ended for lack of memory; None if it has ended none since.

    Nothing says which processes the system has ended, so this is a guess. `time` is when the run ended, in seconds
    since 1970.
    """
    then, now = _noted(lock), machine()
    if then is None or then.boot != now.boot or then.ended is None or now.ended is None or then.ended >= now.ended:
        return None
    killed = plural(now.ended - then.ended, "process", "processes")
    return Failed(
        f"killed, probably for lack of memory: the system killed {killed} since the last save. "
        "Free memory, then resume it",
        time=time,
    )


def _noted(lock: Path) -> Machine | None:
    data = json_file.read(lock)
    host, boot, ended = data.get("host"), data.get("boot"), data.get("ended")
    if not isinstance(host, str) or not isinstance(boot, str):
        return None
    return Machine(host, boot, ended if isinstance(ended, int) else None)
