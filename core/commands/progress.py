"""How far a command has come: as JSON lines for a program, as a bar for a person."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.progress import Progress


def say(message: dict[str, Any]) -> None:
    """Print one JSON object on a line of its own, at once."""
    print(json.dumps(message), flush=True)


@contextmanager
def progress(as_json: bool, unit: str) -> Iterator[Any]:
    """A function to report done and total to: JSON lines, or a bar where a person looks, or nothing."""
    if as_json:
        yield _throttled(lambda done, total: say({"done": done, "total": total}))
    elif sys.stderr.isatty():
        with _bar(unit) as bar:
            task = bar.add_task("", total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)
    else:
        yield None


def _throttled(tell: Any, seconds: float = 0.1) -> Any:
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
