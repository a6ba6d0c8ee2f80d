"""What becomes of what the app prints when there is nobody any more to read it."""

from __future__ import annotations

import errno
import io

from textual.drivers._writer_thread import MAX_QUEUED_WRITES, WriterThread

from tui.line_driver import Outlet


class _Lost(io.StringIO):
    """A terminal whose line is lost after the first word."""

    def write(self, text: str) -> int:
        if self.getvalue():
            raise OSError(errno.EIO, "Input/output error")
        return super().write(text)


def test_a_lost_terminal_stops_nobody() -> None:
    """The thread that writes goes on, and so whoever writes more than it can keep never waits."""
    lost = _Lost()
    thread = WriterThread(Outlet(lost))  # type: ignore[arg-type] # as much of a file as the thread needs
    thread.start()
    for _ in range(3 * MAX_QUEUED_WRITES):
        thread.write("word")
    thread.stop()
    assert lost.getvalue() == "word"
