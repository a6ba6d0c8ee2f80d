"""Ends asyncio tasks. Knows nothing of what they do."""

from __future__ import annotations

import asyncio
from typing import Any


async def end(task: asyncio.Task[Any]) -> None:
    """Cancel `task` and wait until it has ended. Raises what it raised.

    If the caller is cancelled meanwhile, so is the wait. Awaiting the task with its CancelledError suppressed would
    swallow the caller's own: a timer that ends a reader just as the app closes would then never stop.
    """
    task.cancel()
    await asyncio.wait({task})
    if not task.cancelled():
        task.result()
