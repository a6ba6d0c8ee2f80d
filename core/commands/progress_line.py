"""A line of progress below the output of a command, on a terminal."""

from __future__ import annotations

import os
import sys
import time

_SECONDS = 0.1
"""Seconds between two changes of the line."""
_CLEAR = "\r\x1b[K"


class ProgressLine:
    """`1,234 of 10,000 images, 410 per second` on standard error if that is a terminal; otherwise nothing.

    Results may go to the same terminal: `clear` removes the line before they are printed. It is also removed at the end
    of a `with`, however that ends. Unlike a bar of rich it does not touch standard output, which may be a file.
    """

    def __init__(self, total: int, unit: str) -> None:
        self._total, self._unit = total, unit
        self._shown = False
        self._wanted = sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb"
        self._began = time.monotonic()
        self._last = self._began  # work that takes only a moment shows no line

    def __enter__(self) -> ProgressLine:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    def clear(self) -> None:
        """Remove the line."""
        if self._shown:
            self._shown = False
            self._write(_CLEAR)

    def show(self, done: int) -> None:
        """Show that `done` are done, at most ten times per second."""
        now = time.monotonic()
        if not self._wanted or now - self._last < _SECONDS:
            return
        self._last = now
        self._shown = True
        speed = done / (now - self._began)
        self._write(f"{_CLEAR}{done:,} of {self._total:,} {self._unit}, {speed:,.0f} per second")

    def _write(self, text: str) -> None:
        try:
            sys.stderr.write(text)
            sys.stderr.flush()
        except OSError:
            self._wanted = False  # the terminal is gone; the results may go elsewhere
