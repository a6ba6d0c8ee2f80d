"""The end of a run's `log.txt`: the last lines that its process printed, and whether it crashed there.

Python's faulthandler writes there what the process was doing when the system ended it for a fault: nothing else can
say so, since such a process writes no event any more. Each process that trains begins the log with a line of its own.
"""

from __future__ import annotations

import time
from pathlib import Path

from core.runs.events import Failed
from core.system import plain_file

_END = 8 * 1024
"""Bytes of the log that are looked at."""
_MOST = 20
"""Lines that are kept."""
_FATAL = "Fatal Python error: "
_BEGINNING = "digits-tui: this process began to train "


def beginning() -> str:
    """The line with which a process begins the log."""
    return _BEGINNING + time.strftime("%Y-%m-%d %H:%M:%S")


def last_lines(log: Path) -> str:
    """The last lines that the last process printed; empty if there is no log, or it cannot be read."""
    lines = _lines(log)
    starts = [number for number, line in enumerate(lines) if line.startswith(_BEGINNING)]
    return "\n".join(lines[starts[-1] + 1 if starts else 0 :][-_MOST:])


def crash(log: Path, events: Path) -> Failed | None:
    """How the last process crashed; None if it did not, or nobody can say.

    `events` is the run's event file: one that was written after the log is of a later process in the foreground.
    """
    lines = _lines(log)
    starts = [number for number, line in enumerate(lines) if line.startswith((_BEGINNING, _FATAL))]
    if not starts or not lines[starts[-1]].startswith(_FATAL) or changed(events) > changed(log):
        return None
    fault = lines[starts[-1]].removeprefix(_FATAL)
    return Failed(f"its process crashed: {fault}", output="\n".join(lines[starts[-1] :][:_MOST]), time=changed(log))


def _lines(log: Path) -> list[str]:
    try:
        with plain_file.opened(log) as file:
            file.seek(max(0, file.seek(0, 2) - _END))
            return file.read(_END).decode(errors="replace").splitlines()
    except OSError:
        return []


def changed(path: Path) -> float:
    """When a file was last written, in seconds since 1970; 0 if nobody can say."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
