"""A program in a real pseudo-terminal, driven by keys and mouse reports, with its screen."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pyte
from waiting import LONGEST, looks

from core.system import children

KEYS = {
    "up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D", "enter": "\r", "tab": "\t",
    "escape": "\x1b", "space": " ", "ctrl+q": "\x11",
}  # fmt: skip


def digits_tui(columns: int = 80, rows: int = 24, **variables: str) -> Terminal:
    """The program, the installed one where it is installed, in the home of this test."""
    installed = Path(sys.executable).with_name("digits-tui")
    if installed.exists():
        # Without PYTHONPATH, or it would import this tree instead of what was installed.
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        return Terminal([str(installed)], {**environment, **variables}, columns, rows)
    command = [sys.executable, "-P", "-m", "tui"]
    return Terminal(command, {**children.environment(), **variables}, columns, rows)


def wait_for_digit(terminal: Terminal, digit: int, least: float = 50.0) -> None:
    """Wait until the bar of the digit says more than so many per cent."""
    terminal.wait_until(lambda: float(_bar(terminal, digit)) > least, f"{digit} was not read")


def _bar(terminal: Terminal, digit: int) -> str:
    """What stands behind the digit among the bars, in per cent."""
    match = re.search(rf"(?:^|\s){digit} [█▉▊▋▌▍▎▏·━─ ]*\s*(\d+\.\d)%", terminal.text(), re.MULTILINE)
    return match.group(1) if match else "0"


class Terminal:
    """A context manager; the program is killed at the end where it still runs."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], columns: int = 80, rows: int = 24
    ) -> None:
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.output = b""
        self.status: int | None = None
        with warnings.catch_warnings():
            # Python warns of forking beside threads; the child only executes another program.
            warnings.simplefilter("ignore", DeprecationWarning)
            self.pid, self._file = pty.fork()
        if self.pid == 0:
            for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGTERM):
                signal.signal(number, signal.SIG_DFL)  # whoever runs the tests in the background may ignore them
            terminal = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
            # Without the size that whoever runs the tests has set for itself.
            own = {name: value for name, value in environment.items() if name not in ("COLUMNS", "LINES")}
            os.execvpe(command[0], list(command), {**own, **terminal})
        self._set_size(columns, rows)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self._file)

    def pump(self, seconds: float) -> bool:
        """Take in what the program prints within `seconds`; whether it printed."""
        if not select.select([self._file], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self._file, 65536)
        except OSError:
            data = b""
        if not data:
            if self.status is None:
                self.status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
            return False
        self.output += data
        self._stream.feed(data)
        return True

    def resize(self, columns: int, rows: int) -> None:
        """Change the terminal's size, of which the program hears by a signal."""
        self.screen.resize(rows, columns)
        self._set_size(columns, rows)
        self.pump(0.02)

    def _set_size(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self._file, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def modes(self) -> set[str]:
        """The modes that are other than a terminal's usual ones: `?1049` on, `?25` off, a keyboard protocol pushed."""
        found: set[str] = set()
        for mode, end in re.findall(rb"\x1b\[(\?\d+|[<>]\d*)([hlu])", self.output):
            name = mode.decode()
            if end == b"u":
                name, is_usual = "keyboard", name.startswith("<")
            else:
                is_usual = (end == b"h") == (name in ("?7", "?25"))
            (found.discard if is_usual else found.add)(name)
        return found

    def settings(self) -> list[object]:
        """Those of the line: echo, whole lines, signals."""
        return termios.tcgetattr(self._file)

    def text(self) -> str:
        """The screen as a person sees it."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    def expect(self, text: str, seconds: float = LONGEST) -> None:
        """Wait until `text` is on the screen; an AssertionError shows the screen."""
        deadline = time.monotonic() + seconds
        while text not in self.text():
            assert time.monotonic() < deadline and self.status is None, f"no {text!r} on\n{self.text()}"
            self.pump(0.05)

    def wait_until(self, condition: Callable[[], object], complaint: str) -> None:
        """Wait for something that the program brings about; an AssertionError says `complaint` and shows the screen."""
        for _ in looks():
            if condition():
                return
            self.pump(0.1)
        raise AssertionError(f"{complaint}:\n{self.text()}")

    def end(self, seconds: float = LONGEST) -> int:
        """Wait until the program has ended; its exit status."""
        deadline = time.monotonic() + seconds
        while self.status is None:
            assert time.monotonic() < deadline, f"still running:\n{self.text()}"
            self.pump(0.05)
        return self.status

    def settle(self, seconds: float = 0.3) -> None:
        """Wait until nothing is printed for `seconds`, or for ten seconds at most."""
        deadline = time.monotonic() + 10
        while self.pump(seconds) and time.monotonic() < deadline:
            pass

    def press(self, *names: str) -> None:
        """Press keys, by name or as one character each."""
        for name in names:
            os.write(self._file, KEYS.get(name, name).encode())
            self.pump(0.02)

    def send(self, data: bytes) -> None:
        """What the terminal itself sends."""
        os.write(self._file, data)
        self.pump(0.02)

    def mouse(self, kind: str, column: int, row: int) -> None:
        """A mouse report in the SGR protocol: `down`, `move` (dragged) or `up` of the left button, at a cell from 0."""
        button = {"down": 0, "move": 32, "up": 0}[kind]
        os.write(self._file, f"\x1b[<{button};{column + 1};{row + 1}{'m' if kind == 'up' else 'M'}".encode())
        self.pump(0.01)
