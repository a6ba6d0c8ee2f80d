"""Kills child processes, and leaves none unwaited for."""

from __future__ import annotations

import asyncio
import contextlib
import time
from asyncio.subprocess import Process

_LONGEST = 3.0
"""Seconds to wait for a killed process: one that hangs in a read of a network disk ends only with that."""


async def kill(process: Process) -> None:
    """Kill `process` if it is still there, and wait until it is gone, however often that is cancelled."""
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    waiting, deadline = asyncio.create_task(process.wait()), time.monotonic() + _LONGEST
    cancelled: asyncio.CancelledError | None = None
    while not waiting.done() and time.monotonic() < deadline:
        try:
            await asyncio.wait((waiting,), timeout=deadline - time.monotonic())
        except asyncio.CancelledError as error:
            cancelled = error
    waiting.cancel()
    if cancelled is not None:
        raise cancelled
