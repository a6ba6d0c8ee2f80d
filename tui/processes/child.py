"""One `core` command run as a child, its standard output read as JSON lines while the app goes on."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any

from core.errors import DigitsError
from core.system import children, messages

_LONGEST_LINE = 64 * 2**20  # bytes; twenty findings of a check-up that name a thousand long paths each
_GRACE = 3.0  # seconds that a cancelled child has for tidying up

OnProgress = Callable[[int, int | None], None]
"""Is told how much is done, of how much (None where that is not known)."""


async def lines(*arguments: str) -> AsyncGenerator[messages.CommandProgress | dict[str, Any], None]:
    """Yield what `core ARGUMENTS` prints, as it comes: how far it is, and its results as JSON objects.

    Close the iterator (`contextlib.aclosing`) or cancel its task, and the child ends. Raises DigitsError where
    the child says why it failed, cannot be started, or dies without a word.
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
    # Read all along: a child that fills the pipe of its standard error would wait for ever.
    complaints = asyncio.create_task(process.stderr.read())
    try:
        async for line in process.stdout:
            data = _object_of(line)
            if data is None:
                continue  # something printed in passing, by a library
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
            complaints.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await complaints


async def ask(*arguments: str, progress: OnProgress | None = None) -> dict[str, Any]:
    """The last result that `core ARGUMENTS` prints; how far it is goes to `progress` meanwhile.

    Raises DigitsError as `lines` does, and where the child ends without an answer.
    """
    answer: dict[str, Any] | None = None
    async with aclosing(lines(*arguments)) as said:
        async for message in said:
            if not isinstance(message, messages.CommandProgress):
                answer = message
            elif progress is not None:
                progress(message.done, message.total)
    if answer is None:
        raise DigitsError(f"`core {arguments[0]}` ended without an answer; try again")
    return answer


def _object_of(line: bytes) -> dict[str, Any] | None:
    try:
        data = json.loads(line)
    except ValueError:
        return None
    return data if isinstance(data, dict) else None


async def _end(process: Process) -> None:
    """See the child gone: asked first, as control-C would, so that it takes its half-written files along.

    Who cancels a second time, as an app does that is being closed, waits no longer, and leaves no child behind either.
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
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


def _death(command: str, status: int, complaints: str) -> str:
    last = complaints.strip().splitlines()[-1:] or ["it said nothing"]
    return f"`core {command}` failed with status {status}: {last[0]}"
