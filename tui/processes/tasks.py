"""Ends asyncio tasks. Knows nothing of what they do."""

from __future__ import annotations

import asyncio
from typing import Any

_AGAIN = 2.0
"""Seconds between two cancellations; a process is killed and gone in much less."""


async def end(task: asyncio.Task[Any]) -> None:
    """Cancel `task` and wait until it has ended. Raises what it raised.

    If the caller is cancelled meanwhile, so is the wait. Awaiting the task with its CancelledError suppressed would
    swallow the caller's own: a timer that ends a reader just as the app closes would then never stop.

    `asyncio.wait_for` of Python 3.11 loses a cancellation that comes just as what it waits for ends, and the task would
    go on for ever; so it is cancelled until it ends.
    """
    task.cancel()
    while not (await asyncio.wait({task}, timeout=_AGAIN))[0]:
        task.cancel()
    if not task.cancelled():
        task.result()
