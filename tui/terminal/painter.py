"""The painter: brings what Textual has composed to the terminal, as soon as the line can carry it and not before.

What has the focus, such as the pad, goes first and at once; all else at so many frames a second, where the line is slow
or a person has said how many. Nothing is queued: what cannot be sent yet is still a difference between the canvas and
the terminal, and by the time there is room for it, it is as it is then.
"""

from __future__ import annotations

import time
from asyncio import TimerHandle, get_running_loop
from collections.abc import Callable
from math import inf

from textual._compositor import CompositorUpdate, LayoutUpdate
from textual.geometry import Offset, Region, Size

from core.words import plural
from tui.terminal.cells import TerminalCells
from tui.terminal.line import TerminalLine
from tui.terminal.line_driver import LineDriver

SYNC_BEGIN, SYNC_END = "\x1b[?2026h", "\x1b[?2026l"
_TOGETHER = 400
"""Bytes from which a terminal is told that they belong together; less is there at once."""

_COARSE = 3000.0
"""Bytes a second below which a quick stroke, sixty cells and their greys a second, is more than the line carries."""


class Painter:
    """Call `show` with each update, `answered` with each answer and `forget` where the terminal was another's."""

    def __init__(self, canvas: TerminalCells, tell: Callable[[], None], frames: int | None = None) -> None:
        """`frames` a second, or as many as the line can carry; `tell` is called when that changes."""
        self._canvas = canvas
        self._tell = tell
        self._frames = frames
        self.line = TerminalLine()
        self._driver: LineDriver | None = None
        self._opening = 0
        """How often the driver had opened the terminal when something was last shown."""
        self._first: Region | None = None
        """What goes first."""
        self._cursor: Offset | None = None
        """Where the terminal's cursor belongs, for what helps with typing; None where nothing is typed."""
        self._together = False
        self._begun = False
        """Whether all else is being sent and there is more of it."""
        self._due = 0.0
        """When all else may be sent again."""
        self._timer: TimerHandle | None = None

    @property
    def frames(self) -> float | None:
        """Frames a second; None for as many as there are."""
        return self._frames or self.line.frames

    @property
    def words(self) -> str:
        """What to say of the line; empty where it is not slow and nobody has said how many frames it gets."""
        if (frames := self.frames) is None:
            return ""
        many = f"{plural(round(frames), 'frame')}/s" if frames >= 1 else f"a frame in {1 / frames:.0f} s"
        return many if self._frames else f"slow line: {many}"

    @property
    def is_coarse(self) -> bool:
        """Whether the line is so slow that a stroke in shades of grey would lag behind the pen."""
        return self.line.rate is not None and self.line.rate < _COARSE

    def show(self, update: CompositorUpdate, driver: LineDriver, size: Size, together: bool) -> None:
        """Have the terminal of `size` show this update; `together` where it can be told what belongs together."""
        if driver is not self._driver or driver.openings != self._opening:
            self._driver, self._opening = driver, driver.openings
            self.forget()
            self._ask(time.monotonic())  # before all else, to see how long the line alone takes
        self._canvas.resize(*size)
        self._canvas.take(update)
        self._together = together
        if isinstance(update, LayoutUpdate):
            self._due = 0.0  # another screen
        self._paint()

    def attend(self, first: Region | None, cursor: Offset | None) -> None:
        """From now on what is within `first` is sent before all else, and `cursor` is where text is typed, if it is."""
        self._first, self._cursor = first, cursor

    def forget(self) -> None:
        """Send everything anew."""
        self._canvas.forget()

    def give_up(self) -> None:
        """Wait for no answer any more."""
        self.line.forget_question()

    def answered(self, now: float) -> None:
        """The terminal answered, at this time."""
        before = self.words, self.is_coarse
        self.line.answered(now)
        if (self.words, self.is_coarse) != before:
            self._tell()
        self._paint()

    def _paint(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._driver is None or not self._driver.is_open:
            return
        now = time.monotonic()
        if self.line.has_given_up(now):
            self._tell()
        sent = self._send(now)
        if sent:
            if self._cursor is not None:
                sent += self._canvas.move(*self._cursor)
            if self._together and len(sent) >= _TOGETHER:
                sent = SYNC_BEGIN + sent + SYNC_END
            self._driver.write(sent)
            self.line.wrote(len(sent.encode()), now)
        if self.line.wants_asking(now):
            self._ask(now)
        if not self._canvas.is_shown:
            later = self.line.next_room(now) if self.line.room(now) == 0 else max(0.01, self._due - now)
            self._timer = get_running_loop().call_later(later, self._paint)

    def _send(self, now: float) -> str:
        """As much as there is room for."""
        room = self.line.room(now)
        if not room or self._canvas.is_shown:
            return ""
        sent = self._canvas.paint(room, self._first) if self._first is not None else ""
        room -= len(sent.encode())
        if room > 0 and (self._begun or now >= self._due):
            sent += self._canvas.paint(room)
            self._begun = not self._canvas.is_shown
            if not self._begun:
                self._due = now + 1 / (self.frames or inf)
        return sent

    def _ask(self, now: float) -> None:
        if self._driver is not None:
            self._driver.write(self._driver.ask())
            self.line.asked(now)
