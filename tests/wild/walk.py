"""A walk of a wild user through the program in a real pseudo-terminal, and what must hold on the way."""

from __future__ import annotations

import contextlib
import dataclasses
import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from processes import of_home
from terminal import Terminal

from core.system import children
from tests.wild.events import WildEvent

_CHECKED = 200
"""Events between two checks of the screen and of the memory."""
_WARM = 1_000
"""Events after which memory should not grow any more, and between two times at which it is measured at rest."""
_SCREENS = b"\x1bOQ", b"\x1bOR", b"\x1bOS", b"h"
"""The keys that open each of the four screens, home last."""
_MOST_OPEN = 8
"""Dialogs that are closed on each of them; rarely are there more."""
_TIDIED = 2.0
"""Seconds in which the app lets go of what it does not need."""
_GROWTH = 1.1
_FEWEST = 20
"""Characters on the emptiest screen."""
_PATIENCE = 60.0
"""Seconds in which a screen appears on a busy machine."""

_ASK_AGAIN = 5.0
"""Seconds between two askings for a repaint: the first may end a sequence that was begun, and count as its end."""


@dataclass(frozen=True)
class WalkResult:
    """How far a walk came."""

    done: int
    """Events."""
    failure: str
    """What went wrong; empty if nothing did."""
    memory: tuple[int, ...]
    """Bytes of the app at each check."""
    at_rest: tuple[int, ...]
    """Bytes after each thousand events, with all dialogs closed and the first screen shown at 80×24: what is open takes
    memory, but is no growth."""

    @property
    def growth(self) -> float:
        """Of its memory at rest since the first thousand events."""
        return self.at_rest[-1] / self.at_rest[0] if self.at_rest else 1.0


_PROGRAM = """
import asyncio, os, signal, sys, traceback
from textual.app import App

known = App._handle_exception

def noted(app, error):
    with open(os.environ["WILD_NOTES"], "a") as file:
        traceback.print_exception(getattr(error, "error", error), file=file)
    known(app, error)

apps = []
begun = App.__init__

def begin(app, *given, **named):
    apps.append(app)
    begun(app, *given, **named)

def tell(*_):
    with open(os.environ["WILD_NOTES"], "a") as file:
        for app in apps:
            stacks = {mode: [type(each).__name__ for each in stack] for mode, stack in app._screen_stacks.items()}
            print(app.size, app.current_mode, stacks, app._batch_count, file=file)
            for task in asyncio.all_tasks(app._loop):
                waits, inner = [], task.get_coro()
                while inner is not None and getattr(inner, "cr_frame", None) is not None:
                    waits.append(f"{inner.__qualname__}:{inner.cr_frame.f_lineno}")
                    inner = inner.cr_await
                print("  ", task.get_name(), *waits, file=file)

pushed = App.push_screen

def push(app, *given, **named):
    if len(app.screen_stack) >= 12:
        tell()
        raise RecursionError("screens pile up")
    return pushed(app, *given, **named)

App.__init__ = begin
App.push_screen = push
App._handle_exception = noted
signal.signal(signal.SIGUSR1, tell)
from tui.__main__ import main
sys.exit(main([]))
"""
"""The program, which notes what ended it, since on a terminal of one column nobody can read that, and what is open."""


def walk(events: Iterable[WildEvent], folder: Path, training: bool = True) -> WalkResult:
    """Do all of it, beside a training, with the program's home in `folder`; then leave.

    Where an event leaves the program, as a click on its key does, it is started again.
    """
    home, notes = folder / "home", folder / "notes"
    home.mkdir()
    if training:
        command = children.command("train", "--detach", "--epochs", "10000")
        subprocess.run(command, env=_environment(home), check=True, capture_output=True)
    walking = _Walk(home, notes)
    pending = iter(events)
    while walking.goes_on:
        walking.once(pending)
    failure = walking.failure or _left(home)
    _end_all(home)
    if notes.exists():
        failure += f"\n{notes.read_text()}"
    memory, at_rest = max(walking.memory, key=lambda both: len(both[0]))
    result = WalkResult(walking.done, failure, tuple(memory), tuple(at_rest))
    if not failure and result.growth > _GROWTH:
        failure = f"its memory grew to {result.growth:.2f} of what it was after {_WARM:,} events"
    return dataclasses.replace(result, failure=failure)


class _Walk:
    """What was done and found so far, over all starts of the program."""

    def __init__(self, home: Path, notes: Path) -> None:
        self._variables = {**_environment(home), "WILD_NOTES": str(notes)}
        self.done = 0
        self.failure = ""
        self.memory: list[tuple[list[int], list[int]]] = []
        """Of each start, the bytes at each check, and at rest."""
        self.goes_on = True

    def once(self, events: Iterator[WildEvent]) -> None:
        """Start the program, and do what is left of the events until it ends."""
        memory: list[int] = []
        at_rest: list[int] = []
        self.memory.append((memory, at_rest))
        begun = self.done
        with Terminal([sys.executable, "-P", "-c", _PROGRAM], self._variables) as terminal:
            before = terminal.settings()
            terminal.expect("Training")
            for event in events:
                _do(terminal, event)
                self.done += 1
                if self.done % _CHECKED == 0 and terminal.status is None:
                    self.failure = _unsound(terminal)
                    memory += _memory(terminal.pid)
                if (self.done - begun) % _WARM == 0:
                    at_rest += _rested(terminal)
                if terminal.status is not None or self.failure:
                    break
            else:
                self.goes_on = False
                at_rest += _rested(terminal) if at_rest else []
                self.failure = _leave(terminal)
            if terminal.status:
                self.failure = f"it ended with status {terminal.status}:\n{terminal.text()}"
            elif not self.failure and (terminal.modes() or terminal.settings() != before):
                self.failure = f"the terminal was left with {sorted(terminal.modes())}"
        self.goes_on = self.goes_on and not self.failure


def _environment(home: Path) -> dict[str, str]:
    return {**children.environment(), "DIGITS_HOME": str(home), "HOME": str(home), "TEXTUAL_SMOOTH_SCROLL": "0"}


def _do(terminal: Terminal, event: WildEvent) -> None:
    if event.columns:
        terminal.resize(event.columns, event.rows)
    else:
        _send(terminal, event.data.encode("latin-1"))


def _send(terminal: Terminal, data: bytes) -> None:
    try:
        terminal.send(data)
    except OSError:  # it has just ended
        terminal.end()


def _unsound(terminal: Terminal) -> str:
    """What is wrong with the screen; empty if it shows something and repaints when it is asked to."""
    _catch_up(terminal)
    deadline = time.monotonic() + _PATIENCE
    terminal.resize(80, 24)
    terminal.settle(0.1)
    before = len(terminal.output)
    asked = -math.inf
    while time.monotonic() < deadline and terminal.status is None:
        if time.monotonic() > asked + _ASK_AGAIN:
            asked = time.monotonic()
            _send(terminal, b"\x0c")
        terminal.pump(0.1)
        if len(terminal.output) > before and len("".join(terminal.text().split())) >= _FEWEST:
            return ""
    if terminal.status is not None:
        return ""  # which is looked at elsewhere
    os.kill(terminal.pid, signal.SIGUSR1)
    terminal.settle(1.0)
    return f"the screen is stuck or empty:\n{terminal.text()}"


def _catch_up(terminal: Terminal) -> None:
    """Wait until the program has done what was sent: until it waits for input, most of the time."""
    for _ in range(600):
        looks = []
        for _ in range(10):
            terminal.pump(0.05)
            looks.append(_state(terminal.pid))
        if looks.count("R") < 4 or terminal.status is not None:
            return


def _state(pid: int) -> str:
    """`R` for a process that runs, another letter for one that waits."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][:1]
    except OSError:
        return ""


def _left(home: Path) -> str:
    """Which processes the app has left behind; its trainings are meant to go on."""
    for _ in range(100):
        found = [command for _, command in of_home(home) if not {"train", "resume"} & set(command)]
        if not found:
            return ""
        time.sleep(0.1)
    return f"left behind: {found}"


def _end_all(home: Path) -> None:
    for pid, _ in of_home(home):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _leave(terminal: Terminal) -> str:
    """Close what is open and leave with the key for it; what is wrong with that."""
    _catch_up(terminal)
    deadline = time.monotonic() + _PATIENCE
    while terminal.status is None and time.monotonic() < deadline:
        _send(terminal, b"\x11")
        terminal.settle(0.2)
        _send(terminal, b"y")  # a question may be asked
        terminal.settle(0.2)
    return "" if terminal.status is not None else f"it cannot be left:\n{terminal.text()}"


def _memory(pid: int) -> list[int]:
    """The bytes of a process; none if it has ended, also if it was not waited for yet."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return []
    return [pages * os.sysconf("SC_PAGE_SIZE")] if pages else []


def _rested(terminal: Terminal) -> list[int]:
    """The bytes of the app at rest; none if it has ended meanwhile."""
    _catch_up(terminal)
    terminal.resize(80, 24)
    for key in _SCREENS:
        _send(terminal, key)
        terminal.settle(0.3)
        for _ in range(_MOST_OPEN):
            _send(terminal, b"\x1b")
            terminal.settle(0.15)
    terminal.settle(_TIDIED)
    return _memory(terminal.pid) if terminal.status is None else []
