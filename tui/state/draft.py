"""The drawing on the pad that is not kept yet. It is saved while the user draws, so that no exit or crash loses it.

A thread writes it at most four times a second, so that moving the pen never waits for the disk.
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
"""Seconds between two writes, and so the longest piece of a stroke that a kill can lose."""


class Draft:
    """Call `changed` from the event loop, and `close` before it ends."""

    def __init__(self, app: App[Any]) -> None:
        """`app` reports when the drawing cannot be saved, once until a write succeeds again."""
        self._app = app
        self._complained = False
        self._ink: Ink | None = None
        self._wanted = asyncio.Event()
        self._closing = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def left(self) -> tuple[int, int, tuple[Stroke, ...]] | None:
        """The canvas's width and height in pixels and its strokes when the app was last left; None without strokes.

        Raises DataError if the folder cannot be written.
        """
        from core.drawing import draft  # not at start

        return draft.load()

    def bitmap(self) -> NDArray[np.uint8] | None:
        """The pad's drawing as (H, W) uint8, ink bright on 0; before the pad was first shown, the saved draft.

        None if it is empty.
        """
        from core.drawing.clean_copy import of_ink  # both import NumPy, which is too slow for the start
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
        """Save the drawing soon; an empty canvas removes the saved one."""
        self._ink = ink
        self._wanted.set()
        if self._task is None:
            self._task = asyncio.create_task(self._keep(), name="draft")

    async def close(self) -> None:
        """Save the newest state and end."""
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
        from core.drawing import draft  # not at start
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
