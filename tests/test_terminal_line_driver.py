"""What becomes of what the app prints when there is nobody any more to read it."""

from __future__ import annotations

import errno
import io
import os
from threading import Timer

from textual.drivers._writer_thread import MAX_QUEUED_WRITES, WriterThread

from tui.terminal.line_driver import Outlet


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


def test_a_terminal_on_which_another_does_not_wait_is_waited_for() -> None:
    """A program beside this one may have said so of the terminal that they share: nothing is lost by it."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    text = "".join(f"{number:7}" for number in range(40_000))  # more than a pipe holds
    with os.fdopen(writing, "w") as file, os.fdopen(reading) as other:
        outlet = Outlet(file)
        found: list[str] = []
        reader = Timer(0.3, lambda: found.append(other.read(len(text))))
        reader.start()
        for start in range(0, len(text), 700):
            outlet.write(text[start : start + 700])
            outlet.flush()
        reader.join()
        assert os.get_blocking(writing)
    assert found == [text]
