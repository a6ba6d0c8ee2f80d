"""Signals that end the app: it is left as by its own key, and gives the terminal back as it found it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from tui.terminal.line_app import LineApp

ENDING = (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGHUP)
"""An interrupt, quitting by Ctrl+\\, a polite kill and a lost line."""


@contextmanager
def leaving(app: LineApp) -> Iterator[None]:
    """Leave `app` at any of these signals, with 128 and its number as the exit status; also before it runs and after.

    A signal that was ignored, as `nohup` and shells do for what they start, stays so.
    """

    def leave(number: int, _: FrameType | None) -> None:
        if app.loop is None or not app.loop.is_running():
            raise SystemExit(128 + number)
        # Only this wakes the loop, which would hear of the signal at the next key.
        app.loop.call_soon_threadsafe(app.exit, None, 128 + number)

    before = {each: signal.getsignal(each) for each in ENDING}
    for each, handler in before.items():
        if handler != signal.SIG_IGN:
            signal.signal(each, leave)
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler or signal.SIG_DFL)
