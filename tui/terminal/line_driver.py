"""A terminal driver that can send queries, and waits for their answers before the app ends."""

from __future__ import annotations

import os
import selectors
import signal
import time
from collections.abc import Callable
from threading import Event
from typing import Any, TextIO, cast

from textual._xterm_parser import XTermParser
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.events import CursorPosition
from textual.message import Message

from tui.terminal.input_filter import InputFilter
from tui.terminal.line import QUESTION

_WAIT = 2.0
"""Seconds to wait for the last answer at most."""
_LOOK = 0.05
"""Seconds between two checks whether an escape has stayed alone."""
_PIECE = 4096
"""Bytes that are read at once."""


class Outlet:
    """The file that the app writes to. Once the terminal is lost, it swallows everything.

    An error would end the writer thread; the next write would then wait for it forever, deaf to all signals.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._lost = False

    def write(self, text: str) -> int:
        """Write the text, unless the terminal is lost."""
        self._attempt(lambda: self._file.write(text))
        return len(text)

    def flush(self) -> None:
        """Flush the file, unless the terminal is lost."""
        self._attempt(self._file.flush)

    def _attempt(self, act: Callable[[], object]) -> None:
        if self._lost:
            return
        try:
            act()
        except BlockingIOError:  # another program made this terminal non-blocking; the app needs it blocking
            os.set_blocking(self.fileno(), True)
            self._attempt(self._file.flush)
        except OSError:
            self._lost = True

    def fileno(self) -> int:
        """The file descriptor of the file."""
        return self._file.fileno()


class LineDriver(LinuxDriver):
    """Textual's driver with queries. An answer reaches the app as a `CursorPosition` event."""

    _waiting = 0
    """How many answers are outstanding."""
    _ever = False
    """Whether the terminal has ever answered."""

    is_open = False
    """Whether the app has the terminal now."""
    openings = 0
    """How often the app has taken the terminal: once at start, and again each time a suspended app resumes."""

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        """Takes the same arguments as Textual's drivers."""
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._file = cast("Any", Outlet(self._file)) if self._file is not None else None

    def start_application_mode(self) -> None:
        """Take the terminal and count it."""
        self.is_open = True
        self.openings += 1
        super().start_application_mode()  # type: ignore[no-untyped-call] # as Textual declares it
        # A background process cannot take the terminal; there is no writer thread then.
        self.is_open = self._writer_thread is not None and self._writer_thread.is_alive()

    def _sigcont_application(self, *arguments: object) -> None:
        """Take the terminal again: SIGSTOP left no time to give it back, and the shell has changed it since."""
        if self.is_open:
            self.suspend_application_mode()
            self._must_signal_resume = True
        super()._sigcont_application(*arguments)

    def ask(self) -> str:
        """Expect one more answer, and return the query to write."""
        self._answered = Event()
        self._waiting += 1
        return QUESTION

    def run_input_thread(self) -> None:
        """Read what the terminal sends; as Textual's own, but with an `InputFilter` before the parser."""
        parser, allowed = XTermParser(self._debug), InputFilter()
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if not selector.select(_LOOK):
                    text = allowed.tick(time.monotonic())
                elif data := self._piece():
                    text = allowed.feed(data, time.monotonic())
                else:
                    self._app.call_later(self._app.exit, None, 128 + signal.SIGHUP)
                    return
                for message in (*parser.feed(text), *parser.tick()) if text else parser.tick():
                    self.process_message(message)
            if selector.select(_LOOK):
                self._piece()  # what was typed to the app is not for the shell

    def _piece(self) -> bytes:
        """What the terminal has sent; nothing once it is lost."""
        try:
            return os.read(self.fileno, _PIECE)
        except OSError:
            return b""

    def process_message(self, message: Message) -> None:
        """Note an answer; called by the reader thread."""
        if isinstance(message, CursorPosition) and self._waiting:
            self._waiting, self._ever = self._waiting - 1, True
            if not self._waiting:
                self._answered.set()
        super().process_message(message)

    def disable_input(self) -> None:
        """Read the answer that is still on its way: otherwise the shell would receive it as typed input."""
        if self._waiting and self._ever and not self.exit_event.is_set():
            self._answered.wait(_WAIT)
        self._waiting = 0
        super().disable_input()

    def stop_application_mode(self) -> None:
        """Reset the terminal's colours and attributes, then release it."""
        self.is_open = False
        self.write("\x1b[0m")
        super().stop_application_mode()
