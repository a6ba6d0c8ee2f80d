"""What a person decides about the images of a folder, kept one after the other by a thread of its own.

A decision that was made is kept even if the screen, or the app, is left at once: the thread ends what it was given.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from core.data import amendments
from core.data.amendments import Amendment


class Decisions:
    """Call from the event loop. Each method is done when it is kept, and raises DigitsError where it cannot be."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._thread = ThreadPoolExecutor(1, "decisions")
        self.amended: Mapping[str, Amendment] = {}
        """Of each file that something was decided about, by its path, what that is."""
        self.changed = False
        """Whether anything was decided here, or taken back."""

    async def read(self) -> tuple[str, ...]:
        """Learn what was decided before; returns what could not be read of it, a sentence each."""
        found: list[str] = []
        await self._do(lambda: found.extend(amendments.complaints(self._folder)))
        return tuple(found)

    async def leave_out(self, path: str) -> None:
        """Have training pass this file over."""
        self.changed = True
        await self._do(lambda: amendments.leave_out(self._folder, path))

    async def relabel(self, path: str, label: int) -> None:
        """Have training take this file for a `label`."""
        self.changed = True
        await self._do(lambda: amendments.relabel(self._folder, path, label))

    async def withdraw(self, path: str) -> None:
        """Have training take this file as it is."""
        self.changed = True
        await self._do(lambda: amendments.withdraw(self._folder, path))

    async def undo(self) -> str | None:
        """Take the last decision back; returns the path of its file, None where there is nothing to take back."""
        last: list[Amendment | None] = []
        await self._do(lambda: last.append(amendments.undo(self._folder)))
        if not last or last[0] is None:
            return None
        self.changed = True
        return last[0].path

    async def settled(self) -> None:
        """Wait until all that was decided is kept."""
        await asyncio.shield(asyncio.wrap_future(self._thread.submit(lambda: None)))

    def close(self) -> None:
        """Let the thread end when it is done."""
        self._thread.shutdown(wait=False)

    async def _do(self, decide: Callable[[], object]) -> None:
        def work() -> Mapping[str, Amendment]:
            decide()
            return amendments.read(self._folder)

        # Shielded: whoever cancels the waiting must not take back what waits for its turn.
        self.amended = await asyncio.shield(asyncio.wrap_future(self._thread.submit(work)))


def said(amendment: Amendment) -> str:
    """The decision in a few characters: `left out` or `3 → 5`."""
    return "left out" if amendment.label is None else f"{amendment.was} → {amendment.label}"


def summary(amended: Mapping[str, Amendment]) -> str:
    """How many images were decided about; empty where none was."""
    out = sum(each.label is None for each in amended.values())
    parts = [f"{out:,} left out"] * bool(out)
    parts += [f"{len(amended) - out:,} relabelled"] * (len(amended) > out)
    return " and ".join(parts)
