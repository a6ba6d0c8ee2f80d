"""The user's decisions about the images of a folder, written one after the other by a thread of their own.

A decision is kept even if the user leaves the screen or the app at once: the thread finishes its queue.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from core.data import amendments
from core.data.amendments import Amendment


class Decisions:
    """Call from the event loop. Each method returns once its change is on disk. Raises DigitsError if it cannot be."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._thread = ThreadPoolExecutor(1, "decisions")
        self.amended: Mapping[str, Amendment] = {}
        """The decision about each amended file, by path."""
        self.changed = False
        """Whether anything was decided or withdrawn here."""

    async def read(self) -> tuple[str, ...]:
        """Read earlier decisions; returns a sentence about each one that could not be read."""
        complaints: list[str] = []
        await self._do(lambda: complaints.extend(amendments.complaints(self._folder)))
        return tuple(complaints)

    async def leave_out(self, path: str) -> None:
        """Leave this file out of training."""
        self.changed = True
        await self._do(lambda: amendments.leave_out(self._folder, path))

    async def relabel(self, path: str, label: int) -> None:
        """Give this file another label in training."""
        self.changed = True
        await self._do(lambda: amendments.relabel(self._folder, path, label))

    async def withdraw(self, path: str) -> None:
        """Withdraw the decision about this file, so that training uses it unchanged."""
        self.changed = True
        await self._do(lambda: amendments.withdraw(self._folder, path))

    async def undo(self) -> str | None:
        """Undo the last decision; returns the path of its file, or None if there is nothing to undo."""
        last: list[Amendment | None] = []
        await self._do(lambda: last.append(amendments.undo(self._folder)))
        if not last or last[0] is None:
            return None
        self.changed = True
        return last[0].path

    async def settled(self) -> None:
        """Wait until every decision is on disk."""
        await asyncio.shield(asyncio.wrap_future(self._thread.submit(lambda: None)))

    def close(self) -> None:
        """Let the thread end once its queue is empty."""
        self._thread.shutdown(wait=False)

    async def _do(self, decide: Callable[[], object]) -> None:
        def work() -> Mapping[str, Amendment]:
            decide()
            return amendments.read(self._folder)

        # Shielded: cancelling the caller must not drop a decision that is still queued.
        self.amended = await asyncio.shield(asyncio.wrap_future(self._thread.submit(work)))


def said(amendment: Amendment) -> str:
    """The decision in a few characters: `left out` or `3 → 5`."""
    return "left out" if amendment.label is None else f"{amendment.was} → {amendment.label}"


def summary(amended: Mapping[str, Amendment]) -> str:
    """How many images are left out and relabelled; empty if none."""
    out = sum(each.label is None for each in amended.values())
    parts = [f"{out:,} left out"] * bool(out)
    parts += [f"{len(amended) - out:,} relabelled"] * (len(amended) > out)
    return " and ".join(parts)
