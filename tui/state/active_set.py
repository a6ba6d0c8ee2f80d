"""The own set that new drawings go into: how many it has of each digit, and what a guided session asks for next.

What takes the disk's time is done in a thread, and whoever calls waits for it; two at once are not meant.
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
    """A drawing that is no longer in the set."""

    label: int
    width: int
    """Of its canvas, in pixels."""
    height: int
    strokes: tuple[Stroke, ...]
    """None where they cannot be read any more."""


class ActiveSet:
    """Call `look` where the sets may have changed; read the attributes."""

    def __init__(self, complain: Callable[[DataError], None]) -> None:
        """`complain` is told where a session cannot be remembered, which costs no drawing."""
        self._complain = complain
        self.own: OwnSet = own_sets.active()
        self.counts: Sequence[int] = (0,) * 10
        """Drawings of each digit in the set."""
        self.session: GuidedSession | None = None
        """The guided session that is going on here."""

    def look(self) -> None:
        """Read which set is active and what is in it; a session belongs to one set and ends with it."""
        active = own_sets.active()
        if active.folder != self.own.folder:
            self.session = None
        self.own = active
        self.counts = own_sets.counts(active)

    @property
    def asked(self) -> int | None:
        """The digit that the session asks for; None where nothing is asked for."""
        return self.session.digit if self.session is not None else None

    async def keep(self, label: int, ink: Ink) -> None:
        """Keep the drawing as this digit: it is on the disk when this returns. Where it raises DataError, it is not."""
        drawing = await asyncio.to_thread(own_sets.keep, self.own, label, ink.bitmap, ink.strokes, self.asked)
        self.counts = own_sets.counts(self.own)
        if self.session is not None:
            await self._go_on(self.session.kept(drawing.path.stem, label))

    async def take_back(self) -> TakenBack | None:
        """Take the drawing that was kept last out of the set; None where there is none. Raises DataError."""
        taken = await asyncio.to_thread(_take_back, self.own)
        if taken is None:
            return None
        name, found = taken
        self.counts = own_sets.counts(self.own)
        if self.session is not None:
            await self._go_on(self.session.taken_back(name, found.label))
        return found

    async def begin(self, each: int | None) -> None:
        """Begin a session of `each` drawings of every digit; None goes on with the one that was left.

        Raises DataError where so many cannot be asked for.
        """
        if each is not None:
            await self._go_on(GuidedSession.new(each))
        else:
            self.session = guided_session.unfinished(self.own.folder)

    async def skip(self) -> None:
        """Ask for this digit last."""
        if self.session is not None:
            await self._go_on(self.session.skipped())

    def leave(self) -> None:
        """Ask no more; the session can be gone on with."""
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
