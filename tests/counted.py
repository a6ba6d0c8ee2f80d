"""A terminal in memory for an app that is driven by a Pilot: it counts what it is sent, and answers questions."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pyte
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.driver import Driver
from textual.events import Resize
from textual.geometry import Size
from waiting import comes_true, looks

from tui.terminal.line import QUESTION
from tui.terminal.line_driver import LineDriver


class _Screen(pyte.Screen):
    """One whose answers can be had."""

    answers = ""

    def write_process_input(self, data: str) -> None:
        """Keep it."""
        self.answers += data


class Clock:
    """In place of the module `time`: it passes where a test has it pass, however busy the machine is."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        """Seconds."""
        return self.now


class CountedTerminal(LineDriver):
    """In place of a real terminal: `monkeypatch.setattr(LineApp, "get_driver_class", lambda app: CountedTerminal)`."""

    can_answer = True
    """False for a terminal that knows no answers."""
    clock: Clock | None = None
    """What tells when an answer came; None for the machine's own clock."""

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        Driver.__init__(self, app, debug=debug, mouse=mouse, size=size)
        self.screen = _Screen(*(size or (80, 24)))
        self._stream = pyte.Stream(self.screen)
        self._parser = XTermParser()
        self.sent = 0
        """Bytes so far."""
        self.asked = 0
        """Questions so far."""
        self.answers = True
        """Whether it answers at once; else the answers are kept until `answer` is called."""
        self._kept = ""

    def write(self, data: str) -> None:
        """Count and show it."""
        self.sent += len(data.encode())
        self._stream.feed(data)
        self.asked += data.count(QUESTION)
        if not self.can_answer:
            self.screen.answers = ""
        self._kept, self.screen.answers = self._kept + self.screen.answers, ""
        if self.answers:
            self.answer()

    def answer(self) -> None:
        """Give the answers that were kept."""
        kept, self._kept = self._kept, ""
        self.type(kept)

    def type(self, text: str) -> None:
        """What a person types or does with the mouse, as terminals say it."""
        for event in self._parser.feed(text) if text else ():
            if self.clock is not None:
                event.time = self.clock.now
            self.process_message(event)

    def mouse(self, kind: str, column: int, row: int) -> None:
        """A report of the mouse: `down`, `move` or `up` of the left button, at a cell from 0."""
        button = {"down": 0, "move": 32, "up": 0}[kind]
        self.type(f"\x1b[<{button};{column + 1};{row + 1}{'m' if kind == 'up' else 'M'}")

    def text(self) -> str:
        """What is to be seen."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    def start_application_mode(self) -> None:
        """Say how large it is."""
        self.is_open, self.openings = True, self.openings + 1
        size = Size(self.screen.columns, self.screen.lines)
        self._loop.create_task(self._app._post_message(Resize(size, size)))

    def disable_input(self) -> None:
        """Nothing to disable."""

    def stop_application_mode(self) -> None:
        """Nothing to restore."""
        self.is_open = False

    def close(self) -> None:
        """Nothing to close."""


async def quiet(terminal: CountedTerminal, seconds: float = 0.3) -> None:
    """Wait until nothing was sent for so long; an AssertionError where that never is."""
    for _ in looks():
        before = terminal.sent
        await asyncio.sleep(seconds)
        if terminal.sent == before:
            return
    raise AssertionError(f"something is sent all the time; there is\n{terminal.text()}")


async def comes(condition: Callable[[], object], terminal: CountedTerminal) -> None:
    """Wait for something; an AssertionError shows the terminal."""
    await comes_true(condition, terminal.text)
