"""A person's corrections of single images of a set of theirs: another label, or left out; the last one can be undone.

An image of a folder is amended and its file left as it is; a drawing of an own set is moved. Who corrects need not know
which. An image is named by its path relative to the set's folder when it was measured.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Protocol

from core.checkup.finding import label_of
from core.data import catalogue, own_sets
from core.data.own_sets import Drawing, OwnSet
from core.errors import DataError
from core.printable import printable
from tui.processes.decisions import Decisions, said


class Corrections(Protocol):
    """Call from the event loop. Each method returns once its change is on disk. Raises DigitsError if it cannot be."""

    async def relabel(self, source: str, label: int) -> None:
        """Give this image another label."""

    async def leave_out(self, source: str) -> None:
        """Leave this image out of the set."""

    async def undo(self) -> str:
        """Undo the last correction, even one made days ago; a sentence that says what it did, empty if nothing."""

    def state(self, source: str) -> str:
        """What has become of the image, in a few characters, such as `7 → 1`; empty if nothing."""

    def close(self) -> None:
        """Make no more corrections; those that were asked for are still made."""


class FolderCorrections:
    """Corrections of a folder, which are the decisions of its check-up."""

    def __init__(self, folder: Path) -> None:
        self._decisions = Decisions(folder)

    async def read(self) -> None:
        """Find what was corrected before."""
        await self._decisions.read()

    async def relabel(self, source: str, label: int) -> None:
        """Amend its label."""
        await self._decisions.relabel(source, label)

    async def leave_out(self, source: str) -> None:
        """Amend the folder by leaving it out."""
        await self._decisions.leave_out(source)

    async def undo(self) -> str:
        """Undo the last decision."""
        source = await self._decisions.undo()
        if source is None:
            return ""
        return f"Undone: {printable(source)} is {self.state(source) or 'used as it is'} again."

    def state(self, source: str) -> str:
        """What was decided."""
        amendment = self._decisions.amended.get(source)
        return "" if amendment is None else said(amendment)

    def close(self) -> None:
        """Let the thread of the decisions end."""
        self._decisions.close()


class DrawingCorrections:
    """Corrections of an own set."""

    def __init__(self, own: OwnSet) -> None:
        self._own = own
        self._there: set[tuple[int, str]] = set()
        """The label and the name of each drawing of the set."""
        self._turn = asyncio.Lock()

    async def read(self) -> None:
        """Find which drawings there are."""
        await self._do(lambda: "")

    async def relabel(self, source: str, label: int) -> None:
        """Move it to this digit."""
        await self._do(lambda: own_sets.relabel(self._own, self._drawing(source), label))

    async def leave_out(self, source: str) -> None:
        """Remove it from the set."""
        await self._do(lambda: own_sets.remove(self._own, self._drawing(source)))

    async def undo(self) -> str:
        """Undo the last change of the set."""
        said: list[str] = []
        await self._do(lambda: said.append(own_sets.undo(self._own)))
        return said[0]

    def state(self, source: str) -> str:
        """Where it is now."""
        was, name = label_of(source), PurePosixPath(source).name
        if (was, name) in self._there:
            return ""
        return next((f"{was} → {label}" for label, each in self._there if each == name), "removed")

    def close(self) -> None:
        """Nothing is held."""

    def _drawing(self, source: str) -> Drawing:
        if (label := label_of(source)) is None:
            raise DataError(f"{printable(source)} is in no class folder, so it is no drawing of {self._own.name}")
        return Drawing(self._own.folder / source, label, 0.0)

    async def _do(self, change: Callable[[], object]) -> None:
        def work() -> set[tuple[int, str]]:
            change()
            return {(each.label, each.path.name) for each in own_sets.drawings(self._own)}

        async with self._turn:  # one after the other: another may have moved the drawing
            self._there = await asyncio.to_thread(work)


async def corrections(data: str) -> Corrections | None:
    """The corrections of the set called `data`, or at this path; None if its images cannot be corrected one by one.

    Raises DigitsError if there is no such set.
    """
    entry = await asyncio.to_thread(catalogue.find, data)
    if not entry.is_folder or entry.path is None:
        return None
    own = await asyncio.to_thread(own_sets.at, Path(entry.path))
    made = FolderCorrections(Path(entry.path)) if own is None else DrawingCorrections(own)
    await made.read()
    return made
