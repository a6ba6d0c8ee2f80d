"""The driver of the terminal, which can also ask it a question, and leaves none unanswered when the app ends."""

from __future__ import annotations

from threading import Event
from typing import Any, TextIO, cast

from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.events import CursorPosition
from textual.message import Message

from tui.line import QUESTION

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
        if not self._lost:
            try:
                self._file.write(text)
            except OSError:
                self._lost = True
        return len(text)

    def flush(self) -> None:
        """Send what waits, while there is somebody."""
        if not self._lost:
            try:
                self._file.flush()
            except OSError:
                self._lost = True

    def fileno(self) -> int:
        """The file's."""
        return self._file.fileno()


class LineDriver(LinuxDriver):
    """As Textual's. The answer comes to the app as a `CursorPosition`."""

    _waiting = False
    _ever = False
    """Whether an answer is awaited, and whether there ever was one."""

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

    def ask(self) -> str:
        """What is to be written so that an answer comes."""
        self._answered = Event()
        self._waiting = True
        return QUESTION

    def process_message(self, message: Message) -> None:
        """Note an answer; called by the thread that reads."""
        if isinstance(message, CursorPosition) and self._waiting:
            self._waiting, self._ever = False, True
            self._answered.set()
        super().process_message(message)

    def disable_input(self) -> None:
        """Take in the answer that is on its way: the shell would get it as if it had been typed."""
        if self._waiting and self._ever and not self.exit_event.is_set():
            self._answered.wait(_WAIT)
        self._waiting = False
        super().disable_input()

    def stop_application_mode(self) -> None:
        """Leave the terminal's pen as it was found."""
        self.is_open = False
        self.write("\x1b[0m")
        super().stop_application_mode()
