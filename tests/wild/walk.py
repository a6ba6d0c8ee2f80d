"""A walk of a wild user through the program in a real pseudo-terminal, and what must hold on the way."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from terminal import Terminal, digits_tui

from tests.wild.events import WildEvent

_CHECKED = 200
"""Events between two checks of the screen and of the memory."""
_WARM = 1_000
"""Events after which memory should not grow any more."""
_GROWTH = 1.1
_FEWEST = 20
"""Characters on the emptiest screen."""
_PATIENCE = 60.0
"""Seconds in which a screen appears on a busy machine."""


@dataclass(frozen=True)
class WalkResult:
    """How far a walk came."""

    done: int
    """Events."""
    failure: str
    """What went wrong; empty if nothing did."""
    memory: tuple[int, ...]
    """Bytes of the app at each check."""


def walk(events: Iterable[WildEvent], **variables: str) -> WalkResult:
    """Do all of it in one start of the program, then leave."""
    memory: list[int] = []
    done = 0
    with digits_tui(**variables) as terminal:
        before = terminal.settings()
        terminal.expect("Training")
        for event in events:
            _do(terminal, event)
            done += 1
            if terminal.status is not None:
                return WalkResult(done, _ended(terminal), tuple(memory))
            if done % _CHECKED == 0:
                terminal.resize(80, 24)
                if why := _unsound(terminal):
                    return WalkResult(done, why, tuple(memory))
                memory.append(_memory(terminal.pid))
        failure = _leave(terminal, before)
    if not failure and (grown := _growth(memory)) > _GROWTH:
        failure = f"its memory grew to {grown:.2f} of what it was after {_WARM:,} events"
    return WalkResult(done, failure, tuple(memory))


def _do(terminal: Terminal, event: WildEvent) -> None:
    if event.columns:
        terminal.resize(event.columns, event.rows)
        return
    try:
        terminal.send(event.data.encode("latin-1"))
    except OSError:  # it has just ended
        terminal.end()


def _unsound(terminal: Terminal) -> str:
    """What is wrong with the screen; empty if it shows something and repaints when it is asked to."""
    deadline = time.monotonic() + _PATIENCE
    terminal.settle(0.1)
    before = len(terminal.output)
    terminal.send(b"\x0c")
    while time.monotonic() < deadline and terminal.status is None:
        terminal.pump(0.1)
        if len(terminal.output) > before and len("".join(terminal.text().split())) >= _FEWEST:
            return ""
    if terminal.status is not None:
        return _ended(terminal)
    return f"the screen is stuck or empty:\n{terminal.text()}"


def _leave(terminal: Terminal, before: list[object]) -> str:
    """Close what is open and leave with the key for it; what is wrong with the end."""
    deadline = time.monotonic() + _PATIENCE
    while terminal.status is None and time.monotonic() < deadline:
        terminal.send(b"\x11")
        terminal.settle(0.2)
        terminal.send(b"y")  # a question may be asked
        terminal.settle(0.2)
    if terminal.status != 0:
        return f"leaving gave status {terminal.status}:\n{terminal.text()}"
    if terminal.modes() or terminal.settings() != before:
        return f"the terminal was left with {sorted(terminal.modes())}"
    return ""


def _ended(terminal: Terminal) -> str:
    while terminal.pump(0.2):
        pass
    return f"it ended with status {terminal.status}:\n{_last_words(terminal)}"


def _last_words(terminal: Terminal) -> str:
    return terminal.output[-6000:].decode(errors="replace").rpartition("\x1b[?1049l")[2][-3000:]


def _memory(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _growth(memory: list[int]) -> float:
    warm = memory[_WARM // _CHECKED - 1 :]
    return warm[-1] / warm[0] if warm else 1.0
