"""Keeps the drawing on the pad on disk while one draws, so that whatever ends the app loses nothing of it.

Writing goes on in a thread, at most four times a second: a move of the pen waits for none of it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from core.drawing import draft
from core.drawing.ink import Ink, Stroke
from core.errors import DataError

_PAUSE = 0.25
"""Seconds between two writings, and so the most that a kill can take of a stroke."""


class DraftKeeper:
    """Call `changed` from the event loop, and `close` before it ends."""

    def __init__(self, complain: Callable[[DataError], None]) -> None:
        """`complain` is told, once until it goes well again, that the drawing cannot be kept."""
        self._complain = complain
        self._complained = False
        self._ink: Ink | None = None
        self._wanted = asyncio.Event()
        self._closing = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def changed(self, ink: Ink) -> None:
        """Keep what is drawn here, soon; an empty canvas forgets what was kept."""
        self._ink = ink
        self._wanted.set()
        if self._task is None:
            self._task = asyncio.create_task(self._keep(), name="draft")

    async def close(self) -> None:
        """Keep the newest state and end."""
        self._closing.set()
        self._wanted.set()
        if self._task is not None:
            await self._task

    async def _keep(self) -> None:
        while True:
            await self._wanted.wait()
            last = self._closing.is_set()
            self._wanted.clear()
            await self._write()
            if last:
                return
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), _PAUSE)

    async def _write(self) -> None:
        ink = self._ink
        assert ink is not None
        # Copied here, since the strokes grow while the thread writes.
        strokes = [] if ink.is_empty else [Stroke(each.radius, each.erasing, [*each.points]) for each in ink.strokes]
        try:
            await asyncio.to_thread(draft.save, ink.width, ink.height, strokes)
        except DataError as error:
            if not self._complained:
                self._complain(error)
            self._complained = True
        else:
            self._complained = False
