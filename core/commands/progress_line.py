"""One line under what a command prints that says how far it is, where a person looks."""

from __future__ import annotations

import os
import sys
import time

_SECONDS = 0.1
"""Between two changes of the line."""
_CLEAR = "\r\x1b[K"


class ProgressLine:
    """`1,234 of 10,000 images, 410 a second` on standard error, where that is a terminal; nothing elsewhere.

    Results may go to the same terminal: `clear` takes the line away before they are printed. It is taken away at
    the end of a `with`, however that ends. Unlike a bar of rich it leaves standard output alone, which may be a file.
    """

    def __init__(self, total: int, unit: str) -> None:
        self._total, self._unit = total, unit
        self._shown = False
        self._wanted = sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb"
        self._began = time.monotonic()
        self._last = self._began  # what is done within a moment shows no line

    def __enter__(self) -> ProgressLine:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    def clear(self) -> None:
        """Take the line away."""
        if self._shown:
            self._shown = False
            self._write(_CLEAR)

    def show(self, done: int) -> None:
        """Say that `done` are done, at most ten times a second."""
        now = time.monotonic()
        if not self._wanted or now - self._last < _SECONDS:
            return
        self._last = now
        self._shown = True
        speed = done / (now - self._began)
        self._write(f"{_CLEAR}{done:,} of {self._total:,} {self._unit}, {speed:,.0f} a second")

    def _write(self, text: str) -> None:
        try:
            sys.stderr.write(text)
            sys.stderr.flush()
        except OSError:
            self._wanted = False  # the terminal is gone; the results may go elsewhere
