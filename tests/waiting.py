"""Waiting until something is so, on a machine that may be busy: no test knows how long that takes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator

LONGEST = 240.0
"""Seconds after which what is waited for will not come; only a test that fails waits so long."""


def looks() -> Iterator[None]:
    """One turn of a loop for each look at what is waited for, until that will not come any more."""
    deadline = time.monotonic() + LONGEST
    while time.monotonic() < deadline:
        yield


def wait_until(condition: Callable[[], object], described: Callable[[], str] = str) -> None:
    """Wait for what another process or thread brings about; the AssertionError says what `described` returns."""
    for _ in looks():
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError(f"waited in vain; there is\n{described()}")


async def comes_true(condition: Callable[[], object], described: Callable[[], str] = str) -> None:
    """The same while the event loop runs."""
    for _ in looks():
        if condition():
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"waited in vain; there is\n{described()}")
