"""How a process steps back behind what people wait for. Knows nothing of what it does."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

_GROUP = Path("/proc/self/autogroup")
_BY = 10
"""Of 19: a tenth of the weight of other processes, on cores that these want too."""


def step_back() -> None:
    """Let all other processes of the machine come first, with all threads that this one starts from now on.

    Linux shares cores out between sessions before it looks at the niceness of their processes (`sched_autogroup`, on
    by default): a training in a session of its own, on every core, took half of them from the app whatever its
    niceness was. So that of the session is lowered as well, where this process leads one.
    """
    os.nice(_BY)
    if os.getsid(0) == os.getpid():
        with contextlib.suppress(OSError):  # no Linux, or one without such groups: the niceness alone counts there
            _GROUP.write_text(str(_BY), encoding="ascii")
