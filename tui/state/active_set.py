"""The own set that new drawings go into: its counts of each digit, and the digit that a guided session asks for next.

Disk access runs in a thread that the caller awaits. Do not make two calls at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.data import own_sets
from core.data.own_sets import OwnSet
from core.drawing import guided_session
from core.drawing.guided_session import GuidedSession
from core.drawing.ink import Ink, Stroke
from core.errors import DataError


@dataclass(frozen=True)
class TakenBack:
    """A drawing that was just taken out of the set."""

    label: int
    width: int
    """Width of its canvas in pixels."""
    height: int
    strokes: tuple[Stroke, ...]
    """Empty if they cannot be read."""


class ActiveSet:
    """Call `look` when the sets may have changed, then read the attributes."""

    def __init__(self, complain: Callable[[DataError], None]) -> None:
        """`complain` is called if a session cannot be saved; no drawing is lost then."""
        self._complain = complain
        self.own: OwnSet = own_sets.active()
        self.counts: Sequence[int] = (0,) * 10
        """Drawings of each digit in the set."""
        self.session: GuidedSession | None = None
        """The guided session in this set, if one is going on."""

    def look(self) -> None:
        """Read which set is active and count its drawings. A session ends when another set becomes active."""
        active = own_sets.active()
        if active.folder != self.own.folder:
            self.session = None
        self.own = active
        self.counts = own_sets.counts(active)

    @property
    def asked(self) -> int | None:
        """The digit that the session asks for; None if it asks for nothing."""
        return self.session.digit if self.session is not None else None

    async def keep(self, label: int, ink: Ink) -> None:
        """Keep the drawing as this digit; it is on disk when this returns. Raises DataError if it cannot be kept."""
        drawing = await asyncio.to_thread(own_sets.keep, self.own, label, ink.bitmap, ink.strokes, self.asked)
        self.counts = own_sets.counts(self.own)
        if self.session is not None:
            await self._go_on(self.session.kept(drawing.path.stem, label))

    async def take_back(self) -> TakenBack | None:
        """Take the last kept drawing out of the set; returns None if there is none. Raises DataError."""
        taken = await asyncio.to_thread(_take_back, self.own)
        if taken is None:
            return None
        name, drawing = taken
        self.counts = own_sets.counts(self.own)
        if self.session is not None:
            await self._go_on(self.session.taken_back(name, drawing.label))
        return drawing

    async def begin(self, each: int | None) -> None:
        """Begin a session of `each` drawings of every digit; None continues the unfinished one.

        Raises DataError if `each` is out of range.
        """
        if each is not None:
            await self._go_on(GuidedSession.new(each))
        else:
            self.session = guided_session.unfinished(self.own.folder)

    async def skip(self) -> None:
        """Move the current digit to the end of the session."""
        if self.session is not None:
            await self._go_on(self.session.skipped())

    def leave(self) -> None:
        """Leave the session; it can be continued later."""
        self.session = None

    async def _go_on(self, session: GuidedSession) -> None:
        self.session = session
        try:
            await asyncio.to_thread(session.write, self.own.folder)
        except DataError as error:
            self._complain(error)


def _take_back(active: OwnSet) -> tuple[str, TakenBack] | None:
    from PIL import Image

    taken = own_sets.take_back(active)
    if taken is None:
        return None
    try:
        with Image.open(taken.path) as image:
            width, height = image.size
    except OSError as error:
        raise DataError(f"the drawing was taken back, but {taken.path} cannot be read: {error}") from error
    return taken.path.stem, TakenBack(taken.label, width, height, own_sets.strokes_of(taken))
