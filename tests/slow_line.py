"""A program in a pseudo-terminal at the far end of a line: so many bits a second, and so long each way.

The terminal answers what is asked of it (where the cursor is), as real ones do. Needs pyte.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence

import pyte

_BITS = 10
"""On a serial line, for each byte: its eight, one before and one after."""
_PIECE = 16
"""Bytes that travel together."""


class _Wire:
    """One direction. What is put in is kept, however much it is, and comes out at the line's pace."""

    def __init__(self, baud: float, delay: float) -> None:
        self._seconds_a_byte = _BITS / baud if baud else 0.0
        self._delay = delay
        self._free = 0.0
        self._pieces: deque[tuple[float, bytes]] = deque()
        self.waiting = 0
        """Bytes that have not arrived."""

    def put(self, data: bytes) -> None:
        """Send these."""
        for begin in range(0, len(data), _PIECE):
            piece = data[begin : begin + _PIECE]
            self._free = max(self._free, time.monotonic()) + len(piece) * self._seconds_a_byte
            self._pieces.append((self._free + self._delay, piece))
        self.waiting += len(data)

    def take(self) -> bytes:
        """What has arrived since the last time."""
        found, now = [], time.monotonic()
        while self._pieces and self._pieces[0][0] <= now:
            found.append(self._pieces.popleft()[1])
        data = b"".join(found)
        self.waiting -= len(data)
        return data

    def next(self) -> float:
        """Seconds until something arrives; an hour where nothing is on its way."""
        return max(0.0, self._pieces[0][0] - time.monotonic()) if self._pieces else 3600.0


class _Screen(pyte.Screen):
    """One that passes on what it answers."""

    answers = b""

    def write_process_input(self, data: str) -> None:
        """Remember it; whoever feeds the screen sends it."""
        self.answers += data.encode()


class SlowLine:
    """A context manager; the program is killed at the end where it still runs."""

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        baud: float = 0,
        delay: float = 0.0,
        size: tuple[int, int] = (80, 24),
        answers: bool = True,
    ) -> None:
        """`baud` bits a second, 0 for as many as there are; `delay` seconds each way; `size` columns, rows.

        `answers` is False for a terminal that leaves questions unanswered.
        """
        self.screen = _Screen(*size)
        self._stream = pyte.ByteStream(self.screen)
        self._down, self._up = _Wire(baud, delay), _Wire(baud, delay)
        self._answers = answers
        self.sent = 0
        """Bytes that the program has printed."""
        self.longest = 0
        """The most bytes that were under way at once."""
        self.last = time.monotonic()
        """When the last byte arrived."""
        self.arrived: Callable[[], None] = lambda: None
        """Called each time that the screen has changed."""
        self.status: int | None = None
        self.output = b""
        self.pid, self._file = pty.fork()
        if self.pid == 0:
            own = {name: value for name, value in environment.items() if name not in ("COLUMNS", "LINES")}
            os.execvpe(command[0], list(command), {"TERM": "xterm-256color", "COLORTERM": "truecolor", **own})
        fcntl.ioctl(self._file, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))

    def __enter__(self) -> SlowLine:
        return self

    def __exit__(self, *_: object) -> None:
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self._file)

    @property
    def waiting(self) -> int:
        """Bytes that are under way to the person."""
        return self._down.waiting

    def pump(self, seconds: float, *, shown: bool = True) -> None:
        """Let `seconds` pass.

        Not `shown`, nothing is worked out of what arrives, as on the computer at this end of a line to another one;
        only questions are answered. What `text` says is out of date from then on.
        """
        until = time.monotonic() + seconds
        while True:
            left = until - time.monotonic()
            pause = max(0.0, min(left, self._down.next(), self._up.next()))
            if select.select([self._file], [], [], pause)[0]:
                self._read()
            if arrived := self._down.take():
                self.last = time.monotonic()
                if shown:
                    self._stream.feed(arrived)
                    self.arrived()
                else:
                    self.screen.answers = b"\x1b[1;1R" * arrived.count(b"\x1b[6n")
                if self._answers:
                    self._up.put(self.screen.answers)
                self.screen.answers = b""
            if (keys := self._up.take()) and self.status is None:
                os.write(self._file, keys)
            if left <= 0:
                return

    def _read(self) -> None:
        try:
            data = os.read(self._file, 65536)
        except OSError:
            data = b""
        if not data:
            if self.status is None:
                self.status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
            time.sleep(0.01)
            return
        self.sent += len(data)
        self.output += data
        self._down.put(data)
        self.longest = max(self.longest, self._down.waiting)

    def type(self, text: str) -> None:
        """Send these characters."""
        self._up.put(text.encode())

    def mouse(self, kind: str, column: int, row: int) -> None:
        """A mouse report in the SGR protocol: `down`, `move` (dragged) or `up` of the left button, at a cell from 0."""
        button = {"down": 0, "move": 32, "up": 0}[kind]
        self.type(f"\x1b[<{button};{column + 1};{row + 1}{'m' if kind == 'up' else 'M'}")

    def text(self) -> str:
        """The screen as a person sees it now."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    def expect(self, text: str, seconds: float = 60) -> None:
        """Wait until `text` is on the screen; an AssertionError shows the screen."""
        deadline = time.monotonic() + seconds
        while text not in self.text():
            assert time.monotonic() < deadline and self.status is None, f"no {text!r} on\n{self.text()}"
            self.pump(0.02)

    def settle(self, quiet: float = 0.5, seconds: float = 60) -> None:
        """Wait until nothing is under way and nothing was printed for `quiet` seconds, or for `seconds` at most."""
        deadline = time.monotonic() + seconds
        before, since = self.sent, time.monotonic()
        while time.monotonic() < deadline:
            self.pump(0.02)
            if self.sent != before or self.waiting:
                before, since = self.sent, time.monotonic()
            elif time.monotonic() - since >= quiet:
                return
