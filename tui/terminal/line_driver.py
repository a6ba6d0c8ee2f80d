"""The driver of the terminal, which can also ask it a question, and leaves none unanswered when the app ends."""

from __future__ import annotations

import os
from collections.abc import Callable
from threading import Event
from typing import Any, TextIO, cast

from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.events import CursorPosition
from textual.message import Message

from tui.terminal.line import QUESTION

_WAIT = 2.0
"""Seconds that the last answer is waited for at most."""


class Outlet:
    """What the app prints to. After the terminal is lost it takes what is printed, and prints nothing.

    An error would end the thread that writes; whoever writes next then waits for it for ever, deaf to all signals.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._lost = False

    def write(self, text: str) -> int:
        """Print it, while there is somebody."""
        self._attempt(lambda: self._file.write(text))
        return len(text)

    def flush(self) -> None:
        """Send what waits, while there is somebody."""
        self._attempt(self._file.flush)

    def _attempt(self, act: Callable[[], object]) -> None:
        if self._lost:
            return
        try:
            act()
        except BlockingIOError:  # another program on this terminal does not want to wait; the app does
            os.set_blocking(self.fileno(), True)
            self._attempt(self._file.flush)
        except OSError:
            self._lost = True

    def fileno(self) -> int:
        """The file's."""
        return self._file.fileno()


class LineDriver(LinuxDriver):
    """As Textual's. The answer comes to the app as a `CursorPosition`."""

    _waiting = 0
    """How many answers are awaited."""
    _ever = False
    """Whether there ever was one."""

    is_open = False
    """Whether the terminal is the app's now."""
    openings = 0
    """How often it has become so: once, and again each time that a stopped app goes on."""

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        """As Textual's drivers are made."""
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._file = cast("Any", Outlet(self._file)) if self._file is not None else None

    def start_application_mode(self) -> None:
        """Count it."""
        self.is_open = True
        self.openings += 1
        super().start_application_mode()  # type: ignore[no-untyped-call] # as Textual declares it
        # In the background the terminal cannot be had, and nothing is there that writes.
        self.is_open = self._writer_thread is not None and self._writer_thread.is_alive()

    def ask(self) -> str:
        """What is to be written so that an answer comes."""
        self._answered = Event()
        self._waiting += 1
        return QUESTION

    def process_message(self, message: Message) -> None:
        """Note an answer; called by the thread that reads."""
        if isinstance(message, CursorPosition) and self._waiting:
            self._waiting, self._ever = self._waiting - 1, True
            if not self._waiting:
                self._answered.set()
        super().process_message(message)

    def disable_input(self) -> None:
        """Take in the answer that is on its way: the shell would get it as if it had been typed."""
        if self._waiting and self._ever and not self.exit_event.is_set():
            self._answered.wait(_WAIT)
        self._waiting = 0
        super().disable_input()

    def stop_application_mode(self) -> None:
        """Leave the terminal's pen as it was found."""
        self.is_open = False
        self.write("\x1b[0m")
        super().stop_application_mode()
