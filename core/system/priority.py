"""Lowers a process's priority below what people wait for. Knows nothing of its work."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from core.errors import ConfigurationError

_GROUP = Path("/proc/self/autogroup")
_VARIABLE = "DIGITS_NICENESS"
_BY = 10
"""Niceness, of at most 19: a tenth of the weight of other processes that want the same cores."""


def step_back() -> None:
    """Let all other processes of the machine come before this one and all threads that it starts from now on.

    By `$DIGITS_NICENESS`, from 0 (not at all) to 19, by default 10. Raises ConfigurationError if it is anything else.

    Linux divides the cores among sessions before it looks at the niceness of their processes (`sched_autogroup`, on
    by default): a training in its own session, on every core, takes half of the cores from the app whatever its
    niceness. So the session's priority is lowered too, if this process leads one.
    """
    by = _niceness()
    os.nice(by)
    if os.getsid(0) == os.getpid():
        with contextlib.suppress(OSError):  # not Linux, or Linux without autogroups: only the niceness counts there
            _GROUP.write_text(str(by), encoding="ascii")


def _niceness() -> int:
    given = os.environ.get(_VARIABLE, str(_BY))
    if not (given.isascii() and given.isdecimal()) or int(given) > 19:
        raise ConfigurationError(f"{_VARIABLE} is {given!r}; give a whole number from 0 to 19, or unset it")
    return int(given)
