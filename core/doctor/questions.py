"""What the terminal itself answers when it is asked. The terminal's settings are put back in every case.

Modes are asked for with DECRQM, `CSI ? MODE $ p`, and answered with `CSI ? MODE ; STATE $ y`; STATE 0 is a mode that
the terminal does not know (DEC STD 070; xterm, "Control Sequences"). The primary device attributes, `CSI c`, are asked
for last: every terminal answers these, and what it answers before them is then complete.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import select
import signal
import termios
import time
import tty
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

MOUSE, SYNCHRONISED, RESIZES = 1006, 2026, 2048
"""Mouse reports that hold large columns; output shown in one go; a report for each change of size."""
PATIENCE = 2.0
"""Seconds that an answer is waited for."""
_QUESTION = "".join(f"\x1b[?{mode}$p" for mode in (MOUSE, SYNCHRONISED, RESIZES)) + "\x1b[c"
_ATTRIBUTES = re.compile(rb"(?:\x1b\[|\x9b)\?([0-9;]*)c")
_MODE = re.compile(rb"(?:\x1b\[|\x9b)\?([0-9]{1,6});([0-9]{1,6})\$y")
_CLEAR = b"\r\x1b[K"
"""Wipes what a terminal that does not know a question may have shown of it."""
_INTERRUPTED = 0.5
"""Seconds that it is waited for after Ctrl+C."""
_LOOK = 0.05
"""Seconds between two looks for Ctrl+C."""
_MOST = 65_536
"""Bytes that are kept of what arrives."""
_WAITING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGTSTP)
"""Held back while the settings are changed, and delivered afterwards."""


@dataclass(frozen=True)
class TerminalAnswers:
    """What came back."""

    seconds: float | None
    """Until the last answer came; None if it did not come in time."""
    attributes: str
    """The device attributes, such as `62;22`; empty without an answer."""
    modes: Mapping[int, bool]
    """Of each mode that the terminal spoke of, whether it knows it."""


class TerminalQuestions:
    """Asks the controlling terminal. A context manager: at its end an answer that came late is dropped."""

    def __init__(self) -> None:
        self._unanswered = False

    def __enter__(self) -> TerminalQuestions:
        return self

    def __exit__(self, *_: object) -> None:
        # An answer that comes late would be taken for a command by the shell.
        if self._unanswered:
            with contextlib.suppress(OSError, termios.error), _terminal() as handle:
                termios.tcflush(handle, termios.TCIFLUSH)

    def ask(self, patience: float = PATIENCE) -> TerminalAnswers | str:
        """What it answers within `patience` seconds; why it cannot be asked, if it cannot."""
        self._unanswered = True
        try:
            with _terminal() as handle, _signals_held(), _quiet(handle):
                found = _asked(handle, patience)
        except (OSError, termios.error) as error:  # termios.error is no OSError
            return f"the terminal cannot be used: {error.args[-1]}"
        self._unanswered = found.seconds is None
        return found


@contextlib.contextmanager
def _terminal() -> Iterator[int]:
    """The controlling terminal, open. Raises OSError if there is none, or the program is in the background."""
    handle = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY)
    try:
        if os.tcgetpgrp(handle) != os.getpgrp():  # a change of the settings would stop the program
            raise OSError(errno.EIO, "the command runs in the background")
        yield handle
    finally:
        os.close(handle)


@contextlib.contextmanager
def _signals_held() -> Iterator[None]:
    """Signals that would end or stop the program wait until the settings are back."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _WAITING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextlib.contextmanager
def _quiet(handle: int) -> Iterator[None]:
    """Byte by byte and without echo; in the end the settings are as they were, and what was not read is dropped."""
    before = termios.tcgetattr(handle)
    try:
        # Not raw: Ctrl+C stays a signal, so that it shortens the waiting.
        tty.setcbreak(handle, termios.TCSANOW)
        yield
    finally:
        with contextlib.suppress(termios.error):  # the terminal is gone, and its settings with it
            termios.tcsetattr(handle, termios.TCSANOW, before)
            termios.tcflush(handle, termios.TCIFLUSH)


def _asked(handle: int, patience: float) -> TerminalAnswers:
    os.write(handle, _QUESTION.encode())
    began = time.monotonic()
    end = began + patience
    watched = frozenset(_WAITING)
    received, attributes, seconds = b"", None, None
    while attributes is None and len(received) < _MOST:
        if not watched.isdisjoint(signal.sigpending()):
            # An answer under way would otherwise be left to the shell.
            end = min(end, time.monotonic() + _INTERRUPTED)
            watched = frozenset()
        if (left := end - time.monotonic()) <= 0:
            break
        if select.select([handle], [], [], min(left, _LOOK))[0]:
            if not (arrived := os.read(handle, 1024)):
                break
            received += arrived
            attributes = _ATTRIBUTES.search(received)
    if attributes is not None:
        seconds = time.monotonic() - began
        os.write(handle, _CLEAR)
    modes = {int(mode): int(state) != 0 for mode, state in _MODE.findall(received)}
    return TerminalAnswers(seconds, attributes[1].decode() if attributes is not None else "", modes)
