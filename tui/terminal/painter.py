"""The painter: sends what Textual has composed to the terminal as soon as the line can carry it, and not before.

The focused widget, such as the pad, goes first and at once. Everything else is limited to a frame rate if the line is
slow or the user has set one. Nothing is queued: what cannot be sent yet stays a difference between the cells and the
terminal, and is sent in its newest state once there is room.
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
"""Bytes from which output is wrapped as a synchronised update; less is shown at once in any case."""

_COARSE = 3000.0
"""Bytes a second that a quick stroke needs, at sixty grey cells a second; a slower line cannot carry it."""


class Painter:
    """Call `show` with each update, `answered` on each answer, and `forget` after another program had the terminal."""

    def __init__(self, cells: TerminalCells, tell: Callable[[], None], frames: int | None = None) -> None:
        """Paint `frames` a second, or as many as the line can carry; `tell` is called when that changes."""
        self._cells = cells
        self._tell = tell
        self._frames = frames
        self.line = TerminalLine()
        self._driver: LineDriver | None = None
        self._opening = 0
        """How often the driver had opened the terminal when something was last shown."""
        self._first: Region | None = None
        """The region that is sent first."""
        self._cursor: Offset | None = None
        """Where the cursor belongs, for input methods; None if no text is being typed."""
        self._together = False
        self._begun = False
        """Whether a frame was sent in part, with more to come."""
        self._due = 0.0
        """When the next frame may be sent."""
        self._timer: TimerHandle | None = None

    @property
    def frames(self) -> float | None:
        """Frames a second; None if there is no limit."""
        return self._frames or self.line.frames

    @property
    def words(self) -> str:
        """What to show about the line; empty if it is not slow and the user has set no frame rate."""
        if (frames := self.frames) is None:
            return ""
        many = f"{plural(round(frames), 'frame')}/s" if frames >= 1 else f"1 frame every {1 / frames:.0f} s"
        return many if self._frames else f"slow line: {many}"

    @property
    def is_coarse(self) -> bool:
        """Whether the line is so slow that a stroke in shades of grey would lag behind the pen."""
        return self.line.rate is not None and self.line.rate < _COARSE

    def show(self, update: CompositorUpdate, driver: LineDriver, size: Size, together: bool) -> None:
        """Show an update on the terminal of `size`; `together` says whether it knows synchronised updates."""
        if driver is not self._driver or driver.openings != self._opening:
            self._driver, self._opening = driver, driver.openings
            self.forget()
            self._ask(time.monotonic())  # before any output, to measure the idle line
        self._cells.resize(*size)
        self._cells.take(update)
        self._together = together
        if isinstance(update, LayoutUpdate):
            self._due = 0.0  # a new layout, such as another screen: do not wait for the next frame
        self._paint()

    def attend(self, first: Region | None, cursor: Offset | None) -> None:
        """From now on send what is within `first` before all else; `cursor` is where text is typed, if any."""
        self._first, self._cursor = first, cursor

    def forget(self) -> None:
        """Send everything again."""
        self._cells.forget()

    def give_up(self) -> None:
        """Stop waiting for an answer."""
        self.line.forget_question()

    def answered(self, now: float) -> None:
        """The terminal answered at `now`."""
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
                sent += self._cells.move(*self._cursor)
            if self._together and len(sent) >= _TOGETHER:
                sent = SYNC_BEGIN + sent + SYNC_END
            self._driver.write(sent)
            self.line.wrote(len(sent.encode()), now)
        if self.line.wants_asking(now):
            self._ask(now)
        if not self._cells.is_shown:
            later = self.line.next_room(now) if self.line.room(now) == 0 else max(0.01, self._due - now)
            self._timer = get_running_loop().call_later(later, self._paint)

    def _send(self, now: float) -> str:
        """The output that there is room for."""
        room = self.line.room(now)
        if not room or self._cells.is_shown:
            return ""
        sent = self._cells.paint(room, self._first) if self._first is not None else ""
        room -= len(sent.encode())
        if room > 0 and (self._begun or now >= self._due):
            sent += self._cells.paint(room)
            self._begun = not self._cells.is_shown
            if not self._begun:
                self._due = now + 1 / (self.frames or inf)
        return sent

    def _ask(self, now: float) -> None:
        if self._driver is not None:
            self._driver.write(self._driver.ask())
            self.line.asked(now)
