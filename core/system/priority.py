"""Lowers a process's priority below what people wait for. Knows nothing of its work."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

_GROUP = Path("/proc/self/autogroup")
_BY = 10
"""Niceness, of at most 19: a tenth of the weight of other processes that want the same cores."""


def step_back() -> None:
    """Let all other processes of the machine come before this one and all threads that it starts from now on.

    Linux divides the cores among sessions before it looks at the niceness of their processes (`sched_autogroup`, on
    by default): a training in its own session, on every core, takes half of the cores from the app whatever its
    niceness. So the session's priority is lowered too, if this process leads one.
    """
    os.nice(_BY)
    if os.getsid(0) == os.getpid():
        with contextlib.suppress(OSError):  # not Linux, or Linux without autogroups: only the niceness counts there
            _GROUP.write_text(str(_BY), encoding="ascii")
