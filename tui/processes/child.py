"""One `core` command run as a child process; its output is read as JSON lines while the app keeps running."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from typing import Any, TypeVar

from core.errors import DigitsError
from core.system import children, messages
from tui.processes import killing, tasks

_LONGEST_LINE = 64 * 2**20  # bytes; twenty findings of a check-up that name a thousand long paths each
_GRACE = 3.0  # seconds that a cancelled child has to clean up

OnProgress = Callable[[int, int | None], None]
"""Called with the amount done and the total (None if unknown)."""
Result = TypeVar("Result")


async def lines(*arguments: str) -> AsyncGenerator[messages.CommandProgress | dict[str, Any], None]:
    """Yield what `core ARGUMENTS` prints as it arrives: its progress, and its results as JSON objects.

    Closing the iterator (`contextlib.aclosing`) or cancelling its task ends the child. Raises DigitsError if the child
    reports a failure, cannot be started, or exits with an error status.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            *children.command(*arguments),
            env=children.environment(),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=PIPE,
            stderr=PIPE,
            limit=_LONGEST_LINE,
        )
    except OSError as error:
        raise DigitsError(f"cannot start `core {arguments[0]}`: {error}") from error
    assert process.stdout is not None and process.stderr is not None
    # Read from the start: a child that fills the pipe of its standard error would block forever.
    complaints = asyncio.create_task(process.stderr.read())
    try:
        async for line in process.stdout:
            data = _object_of(line)
            if data is None:
                continue  # something that a library printed
            message = messages.from_json(data)
            if isinstance(message, messages.Failure):
                raise DigitsError(message.error)
            yield data if message is None else message
        if status := await process.wait():
            raise DigitsError(_death(arguments[0], status, (await complaints).decode(errors="replace")))
    finally:
        try:
            await _end(process)
        finally:
            await tasks.end(complaints)


async def result(
    parse: Callable[[dict[str, Any]], Result],
    *arguments: str,
    progress: Callable[[messages.CommandProgress], None] = lambda message: None,
) -> Result:
    """What `parse` makes of the last result that `core ARGUMENTS` prints; `progress` is called meanwhile.

    Raises DigitsError as `lines` and `parsed` do, and if the child ends without an answer.
    """
    answer: dict[str, Any] | None = None
    async with aclosing(lines(*arguments)) as output:
        async for message in output:
            if isinstance(message, messages.CommandProgress):
                progress(message)
            else:
                answer = message
    if answer is None:
        raise DigitsError(f"`core {arguments[0]}` ended without an answer; try again")
    # In a thread: the findings of a large folder may list hundreds of thousands of files.
    return await asyncio.to_thread(parsed, parse, answer)


async def ask(*arguments: str, progress: OnProgress | None = None) -> dict[str, Any]:
    """The last result that `core ARGUMENTS` prints, as it is; `progress` is called meanwhile.

    Raises DigitsError as `result` does.
    """

    def report(message: messages.CommandProgress) -> None:
        if progress is not None:
            progress(message.done, message.total)

    return await result(lambda answer: answer, *arguments, progress=report)


def parsed(parse: Callable[[dict[str, Any]], Result], data: Mapping[str, Any]) -> Result:
    """What `parse` makes of an object that a child printed.

    Raises DigitsError if `parse` cannot read it, which it says by a KeyError, TypeError or ValueError.
    """
    try:
        return parse(dict(data))
    except (KeyError, TypeError, ValueError) as error:
        raise DigitsError(f"the answer is not valid: {error!r}") from error


def _object_of(line: bytes) -> dict[str, Any] | None:
    try:
        data = json.loads(line)
    except ValueError:
        return None
    return data if isinstance(data, dict) else None


async def _end(process: Process) -> None:
    """End the child: first with SIGINT, as Ctrl-C does, so that it removes its half-written files, then with SIGKILL.

    A second cancellation, such as the app closing, skips the wait but still leaves no child behind; nor does a third.
    """
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGINT)
    try:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), _GRACE)
    finally:
        if process.returncode is None:
            await killing.kill(process)


def _death(command: str, status: int, complaints: str) -> str:
    last = complaints.strip().splitlines()[-1:] or ["it said nothing"]
    return f"`core {command}` failed with status {status}: {last[0]}"
