"""The drawing on the pad that nobody kept yet: on disk while one draws, so that whatever ends the app loses nothing.

Writing goes on in a thread, at most four times a second: a move of the pen waits for none of it.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

from core.errors import DataError
from tui.state.complaint import complain

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from textual.app import App

    from core.drawing.ink import Ink, Stroke

_PAUSE = 0.25
"""Seconds between two writings, and so the most that a kill can take of a stroke."""


class Draft:
    """Call `changed` from the event loop, and `close` before it ends."""

    def __init__(self, app: App[Any]) -> None:
        """`app` says, once until it goes well again, that the drawing cannot be kept."""
        self._app = app
        self._complained = False
        self._ink: Ink | None = None
        self._wanted = asyncio.Event()
        self._closing = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def left(self) -> tuple[int, int, tuple[Stroke, ...]] | None:
        """Width and height in pixels of the canvas, and its strokes, as the app was last left; None without any.

        Raises DataError where drawings cannot be kept.
        """
        from core.drawing import draft  # not at start

        return draft.load()

    def bitmap(self) -> NDArray[np.uint8] | None:
        """(H, W) uint8, ink bright on 0: what is on the pad or, before that was first shown, what will be.

        None where that is nothing.
        """
        from core.drawing.clean_copy import of_ink  # they bring NumPy, which the start has no time for
        from core.drawing.ink import Ink

        ink = self._ink
        if ink is None:
            try:
                left = self.left()
            except DataError:
                left = None  # the drawing screen will say so
            ink = None if left is None else Ink.of(*left)
        return None if ink is None or ink.is_empty else of_ink(ink)

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
        from core.drawing import draft  # neither of them at start
        from core.drawing.ink import Stroke

        ink = self._ink
        assert ink is not None
        # Copied here, since the strokes grow while the thread writes.
        strokes = [] if ink.is_empty else [Stroke(each.radius, each.erasing, [*each.points]) for each in ink.strokes]
        try:
            await asyncio.to_thread(draft.save, ink.width, ink.height, strokes)
        except DataError as error:
            if not self._complained:
                from core.printable import printable

                complain(self._app, printable(str(error)))
            self._complained = True
        else:
            self._complained = False
