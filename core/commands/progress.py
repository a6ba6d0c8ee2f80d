"""How far a command has come: as JSON lines for a program, as a bar for a person."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from core.system import messages

if TYPE_CHECKING:
    from rich.progress import Progress

Stages = Callable[[int, int, str], None]
"""Is told how much of how much is done, and what is being done."""
_SECONDS = 0.1
"""Between two lines of progress."""


class Message(Protocol):
    """Whatever writes itself."""

    def to_json(self) -> dict[str, Any]:
        """A JSON object."""


def say(message: Message) -> None:
    """Print it as one JSON object on a line of its own, at once."""
    print(json.dumps(message.to_json()), flush=True)


@contextmanager
def progress(as_json: bool, unit: str) -> Iterator[Any]:
    """A function to report done and total to: JSON lines, or a bar where a person looks, or nothing."""
    if as_json:
        yield _throttled(lambda done, total: say(messages.CommandProgress(done, total)))
    elif sys.stderr.isatty():
        with _bar(unit) as bar:
            task = bar.add_task("", total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)
    else:
        yield None


@contextmanager
def stages(as_json: bool) -> Iterator[Stages]:
    """As `progress`, for work of several stages: a function to report done, total and what is being done to."""
    if as_json:
        yield _stage_lines()
    elif sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        columns = TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn()
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("", total=None)
            yield lambda done, total, doing: bar.update(task, completed=done, total=total, description=doing)
    else:
        yield lambda done, total, doing: None


def _stage_lines() -> Stages:
    """At most ten lines a second, and one at each beginning and end."""
    import time

    last: dict[str, Any] = {"at": 0.0, "doing": ""}

    def report(done: int, total: int, doing: str) -> None:
        now = time.monotonic()
        if doing != last["doing"] or done == total or now - last["at"] >= _SECONDS:
            last.update(at=now, doing=doing)
            say(messages.CommandProgress(done, total, doing))

    return report


def _throttled(tell: Any, seconds: float = _SECONDS) -> Any:
    """`tell`, at most ten times a second, the end always."""
    import time

    last = -seconds

    def report(done: int, total: int | None) -> None:
        nonlocal last
        now = time.monotonic()
        if done == total or now - last >= seconds:
            last = now
            tell(done, total)

    return report


def _bar(unit: str) -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    amount = DownloadColumn() if unit == "bytes" else MofNCompleteColumn()
    return Progress(BarColumn(), amount, TimeRemainingColumn(), console=Console(stderr=True), transient=True)
