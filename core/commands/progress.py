"""Reports the progress of a command: as JSON lines for programs, as a bar for people."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from core.printable import printable
from core.system import messages

if TYPE_CHECKING:
    from rich.progress import Progress

    from core.data.collection import Skipped

Stages = Callable[[int, int, str], None]
"""Called with the amount done, the total, and what is being done."""
_SECONDS = 0.1
"""Seconds between two lines of progress."""


class Message(Protocol):
    """Anything with a `to_json`."""

    def to_json(self) -> dict[str, Any]:
        """A JSON object."""


def say(message: Message) -> None:
    """Print `message` at once, as one JSON object on its own line."""
    print(json.dumps(message.to_json()), flush=True)


def narrate(text: str) -> None:
    """Tell a person what is going on, on standard error."""
    print(printable(text), file=sys.stderr)


def tell_skipped(skipped: Sequence[Skipped]) -> None:
    """Tell a person what could not be used."""
    for each in skipped:
        narrate(f"skipped {each.path}: {each.reason}")


@contextmanager
def progress(as_json: bool, unit: str) -> Iterator[Any]:
    """A function to call with done and total; it prints JSON lines, or shows a bar on a terminal. Otherwise None."""
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
    """As `progress`, for work in several stages: a function to call with done, total and what is being done."""
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
    """Print at most ten lines per second, and one at each beginning and end of a stage."""
    import time

    last: dict[str, Any] = {"at": 0.0, "doing": ""}

    def report(done: int, total: int, doing: str) -> None:
        now = time.monotonic()
        if doing != last["doing"] or done == total or now - last["at"] >= _SECONDS:
            last.update(at=now, doing=doing)
            say(messages.CommandProgress(done, total, doing))

    return report


def _throttled(tell: Any, seconds: float = _SECONDS) -> Any:
    """Call `tell` at most ten times per second, and always at the end."""
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
