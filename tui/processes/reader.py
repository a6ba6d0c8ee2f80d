"""The reader process as the interface sees it: send the newest bitmap, receive readings, never wait.

At most one request is under way. A bitmap that arrives meanwhile waits, and a newer one replaces it, so a slow reader
skips readings that are already outdated. A reader that dies is restarted.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from textual.message import Message

from core.drawing.ink import Stroke
from core.reading import protocol
from core.reading.protocol import Answer, Id, LoadRequest, ReadAnswer, ReadRequest, Request
from core.reading.reading import Reading
from core.system import children
from tui.processes import killing, tasks

_LONGEST_LINE = 2**20  # bytes; a reading takes two kB
_PATIENCE = 60.0  # seconds without an answer after which the reader counts as dead
_GRACE = 1.0  # seconds from the end of its output to that of a dying process
_MOST_ATTEMPTS = 2  # a bitmap that was under way in this many deaths may be their cause


@dataclass(frozen=True)
class ReaderState:
    """What the reader is doing."""

    phase: Literal["loading", "ready", "restarting", "failed"]
    text: str = ""
    """A message for the user; empty if all is well."""
    checkpoint: str = ""
    """The path of the loaded checkpoint."""
    title: str = ""
    """Its title."""


class ReaderLike(Protocol):
    """What a screen needs of a reader."""

    def start(self) -> None: ...
    def ask(self, bitmap: NDArray[np.uint8], strokes: Sequence[Stroke] | None = None) -> int: ...
    def forget(self) -> None: ...
    def load(self, checkpoint: Path | None) -> None: ...
    async def close(self) -> None: ...


MakeReader = Callable[[Callable[[ReadAnswer], None], Callable[[ReaderState], None]], ReaderLike]


class Answered(Message):
    """The reader has read a bitmap."""

    def __init__(self, answer: ReadAnswer) -> None:
        super().__init__()
        self.reading: Reading = answer.reading
        self.id: Id = answer.id
        """What `ask` returned for that bitmap."""


class ReaderChanged(Message):
    """The reader's state has changed."""

    def __init__(self, state: ReaderState) -> None:
        super().__init__()
        self.state = state


class _DeathError(Exception):
    """The process ended or does not answer; the argument says how."""


class Reader:
    """Call `start`, `ask` and `load` from the event loop; `close` before the loop ends."""

    def __init__(
        self,
        on_answer: Callable[[ReadAnswer], None],
        on_state: Callable[[ReaderState], None],
        command: Sequence[str] | None = None,
        pause: float = 0.25,
    ) -> None:
        """Both callbacks are called from the event loop.

        `command` replaces `core serve`. The first restart waits `pause` seconds; each further restart without a
        reading in between waits twice as long, up to 30 seconds.
        """
        self._on_answer = on_answer
        self._on_state = on_state
        self._command = list(command) if command is not None else children.command("serve")
        self._pause = pause
        self._task: asyncio.Task[None] | None = None
        self._wanted = asyncio.Event()
        self._request: ReadRequest | None = None
        """The newest request, until it is answered."""
        self._attempts = 0
        self._checkpoint = ""
        self._to_load = False
        self._ids = itertools.count(1)
        self._answered = False
        self.state = ReaderState("loading", "loading the network …")

    def start(self) -> None:
        """Start the process; further calls do nothing."""
        if self._task is None:
            self._on_state(self.state)
            self._task = asyncio.create_task(self._supervise(), name="reader")

    def ask(self, bitmap: NDArray[np.uint8], strokes: Sequence[Stroke] | None = None) -> int:
        """Request a reading of a (H, W) uint8 bitmap with bright ink, in place of a pending request; returns its id.

        With its strokes, several digits are read as a number; without them, the bitmap is read as one digit.
        """
        # Strokes grow while the pen is down.
        drawn = None if strokes is None else tuple(replace(each, points=list(each.points)) for each in strokes)
        name = next(self._ids)
        self._request = ReadRequest(bitmap.copy(), drawn, "bright", name)
        self._attempts = 0
        self._wanted.set()
        return name

    def forget(self) -> None:
        """Drop the request that waits or is under way."""
        self._request = None

    def load(self, checkpoint: Path | None) -> None:
        """Read with this checkpoint from now on; None for the shipped one."""
        self._checkpoint = "" if checkpoint is None else str(checkpoint)
        self._to_load = True
        self._wanted.set()

    async def close(self) -> None:
        """End the process and wait until it is gone."""
        task, self._task = self._task, None
        if task is not None:
            await tasks.end(task)

    def _say(self, phase: Literal["loading", "ready", "restarting", "failed"], text: str = "") -> None:
        self.state = ReaderState(phase, text, self.state.checkpoint, self.state.title)
        self._on_state(self.state)

    async def _supervise(self) -> None:
        pause = self._pause
        while True:
            self._answered = False
            try:
                process = await asyncio.create_subprocess_exec(
                    *self._command,
                    env=children.environment(),
                    stdin=PIPE,
                    stdout=PIPE,
                    stderr=DEVNULL,  # nobody would read it, and a full pipe stops a process
                    limit=_LONGEST_LINE,
                )
            except OSError as error:
                self._say("failed", f"the reader cannot be started: {error}")
                return
            try:
                await self._converse(process)
            except _DeathError as death:
                self._say("restarting", f"the reader died ({death}); starting another …")
            finally:
                await _end(process)
            if self._answered:
                pause = self._pause
            await asyncio.sleep(pause)
            pause = min(pause * 2, 30.0)
            # Send the checkpoint again, and the bitmap too, unless that may be to blame.
            self._to_load = bool(self._checkpoint)
            if self._attempts >= _MOST_ATTEMPTS:
                self._request = None

    async def _converse(self, process: Process) -> None:
        """Send requests and read answers in turn. Raises _DeathError when the process dies."""
        self._understand(await self._answer(process))
        while True:
            await self._until_wanted(process)
            if self._to_load:
                self._to_load = False
                await self._exchange(process, LoadRequest(self._checkpoint, next(self._ids)))
            elif (request := self._request) is not None:
                self._attempts += 1
                await self._exchange(process, request)
                if self._request is request:
                    self._request = None

    async def _exchange(self, process: Process, request: Request) -> None:
        await self._send(process, request)
        answer = await self._answer(process)
        if isinstance(answer, protocol.Loaded | ReadAnswer) and answer.id != request.id:
            raise _DeathError(f"it answered request {answer.id}, not {request.id}")
        self._understand(answer)

    async def _until_wanted(self, process: Process) -> None:
        if self._to_load or self._request is not None:
            return
        self._wanted.clear()
        wanted = asyncio.create_task(self._wanted.wait())
        death = asyncio.create_task(process.wait())
        try:
            await asyncio.wait({wanted, death}, return_when=asyncio.FIRST_COMPLETED)
            if death.done():
                raise _DeathError(_how(process))
        finally:
            for task in (wanted, death):
                task.cancel()

    async def _send(self, process: Process, request: Request) -> None:
        assert process.stdin is not None
        line = json.dumps(request.to_json()) + "\n"
        try:
            process.stdin.write(line.encode())
            await process.stdin.drain()
        except ConnectionError:
            raise _DeathError(await _ending(process)) from None

    async def _answer(self, process: Process) -> Answer:
        assert process.stdout is not None
        try:
            async with asyncio.timeout(_PATIENCE):
                while line := await process.stdout.readline():
                    with contextlib.suppress(json.JSONDecodeError):  # something that a library printed
                        message = json.loads(line)
                        if isinstance(message, dict):
                            return _understood(message)
        except TimeoutError:
            raise _DeathError(f"no answer for {_PATIENCE:.0f} seconds") from None
        except ValueError as error:  # a line over the limit, or not UTF-8
            raise _DeathError(f"its answer cannot be read: {error}") from error
        raise _DeathError(await _ending(process))

    def _understand(self, answer: Answer) -> None:
        match answer:
            case protocol.RequestFailed():
                self._say("failed", answer.error)
            case ReadAnswer():
                self._answered = True
                if self.state.phase != "ready":
                    self._say("ready")
                self._on_answer(answer)
            case protocol.Ready() | protocol.Loaded():
                self.state = ReaderState("ready", "", answer.checkpoint, answer.title)
                self._on_state(self.state)


def _understood(message: dict[str, object]) -> Answer:
    try:
        return protocol.answer_of(message)
    except (KeyError, TypeError, ValueError) as error:
        raise _DeathError(f"its answer is not a reading: {error!r}") from error


async def _ending(process: Process) -> str:
    """How a process ended after its output did; it may have closed its output and still be running."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(process.wait(), _GRACE)
    return _how(process)


def _how(process: Process) -> str:
    status = process.returncode
    if status is None:
        return "it closed its output"
    return f"signal {-status}" if status < 0 else f"status {status}"


async def _end(process: Process) -> None:
    """Kill the process and wait until it is gone. It has nothing to save, so it gets no warning."""
    assert process.stdin is not None
    process.stdin.close()
    await killing.kill(process)
