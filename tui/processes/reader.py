"""The reader process seen from the interface: give it the newest bitmap, get readings back, never wait.

At most one request is under way. A bitmap that comes meanwhile waits, and a still newer one takes its place, so
that a slow reader skips what nobody would look at any more. A reader that dies is started again.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import itertools
import json
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from textual.message import Message

from core.drawing.ink import Stroke
from core.drawing.strokes import as_json
from core.reading.reading import Reading
from core.system import children

_LONGEST_LINE = 2**20  # bytes; a reading takes two kB
_PATIENCE = 60.0  # seconds without an answer after which the reader counts as dead
_GRACE = 1.0  # seconds from the end of its output to that of a dying process
_MOST_ATTEMPTS = 2  # a bitmap that was under way in so many deaths may be their cause


@dataclass(frozen=True)
class ReaderState:
    """What the reader is doing."""

    phase: Literal["loading", "ready", "restarting", "failed"]
    text: str = ""
    """For a person; empty where all is well."""
    checkpoint: str = ""
    """The path of the network that is loaded."""
    title: str = ""
    """That network's title."""


class ReaderLike(Protocol):
    """What a screen needs of a reader."""

    def start(self) -> None: ...
    def ask(self, bitmap: NDArray[np.uint8], strokes: Sequence[Stroke] | None = None) -> None: ...
    def forget(self) -> None: ...
    def load(self, checkpoint: Path | None) -> None: ...
    async def close(self) -> None: ...


MakeReader = Callable[[Callable[[Reading], None], Callable[[ReaderState], None]], ReaderLike]


class Answered(Message):
    """The reader read a bitmap."""

    def __init__(self, reading: Reading) -> None:
        super().__init__()
        self.reading = reading


class ReaderChanged(Message):
    """The reader is in another state."""

    def __init__(self, state: ReaderState) -> None:
        super().__init__()
        self.state = state


class _DeathError(Exception):
    """The process ended, or does not answer; the argument says which."""


class Reader:
    """Call `start`, `ask` and `load` from the event loop; `close` before the loop ends."""

    def __init__(
        self,
        on_reading: Callable[[Reading], None],
        on_state: Callable[[ReaderState], None],
        command: Sequence[str] | None = None,
        pause: float = 0.25,
    ) -> None:
        """Both callbacks are called from the event loop.

        `command` takes the place of `core serve`. `pause`, in seconds, is what the first restart waits for;
        each further one without a reading between waits twice as long, up to half a minute.
        """
        self._on_reading = on_reading
        self._on_state = on_state
        self._command = list(command) if command is not None else children.command("serve")
        self._pause = pause
        self._task: asyncio.Task[None] | None = None
        self._wanted = asyncio.Event()
        self._bitmap: NDArray[np.uint8] | None = None
        self._strokes: list[Stroke] | None = None
        self._attempts = 0
        self._checkpoint = ""
        self._to_load = False
        self._numbers = itertools.count(1)
        self._answered = False
        self.state = ReaderState("loading", "loading the network …")

    def start(self) -> None:
        """Start the process; once is enough."""
        if self._task is None:
            self._on_state(self.state)
            self._task = asyncio.create_task(self._supervise(), name="reader")

    def ask(self, bitmap: NDArray[np.uint8], strokes: Sequence[Stroke] | None = None) -> None:
        """Have a (H, W) uint8 bitmap with bright ink read, in place of any that still waits.

        With the strokes that made it several digits are read as a number, without as one digit.
        """
        self._bitmap = bitmap.copy()
        # Strokes grow while the pen is down.
        self._strokes = None if strokes is None else [replace(each, points=list(each.points)) for each in strokes]
        self._attempts = 0
        self._wanted.set()

    def forget(self) -> None:
        """Have nothing read any more: what waits is dropped."""
        self._bitmap = None

    def load(self, checkpoint: Path | None) -> None:
        """Read with this checkpoint from now on; None for the shipped one."""
        self._checkpoint = "" if checkpoint is None else str(checkpoint)
        self._to_load = True
        self._wanted.set()

    async def close(self) -> None:
        """End the process and wait until it is gone."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

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
            # What it was told before is told again: the network, and the bitmap unless that may be to blame.
            self._to_load = bool(self._checkpoint)
            if self._bitmap is not None and self._attempts >= _MOST_ATTEMPTS:
                self._bitmap = None

    async def _converse(self, process: Process) -> None:
        """Ask and listen in turn until the process dies, which raises _DeathError."""
        self._understand(await self._answer(process))
        while True:
            await self._until_wanted(process)
            if self._to_load:
                self._to_load = False
                await self._send(process, {"load": self._checkpoint})
                self._understand(await self._answer(process))
            elif (bitmap := self._bitmap) is not None:
                self._attempts += 1
                height, width = bitmap.shape
                pixels = base64.b64encode(bitmap.tobytes()).decode()
                request: dict[str, Any] = {"width": width, "height": height, "pixels": pixels, "polarity": "bright"}
                if self._strokes is not None:
                    request["strokes"] = as_json(self._strokes)
                await self._send(process, request)
                self._understand(await self._answer(process))
                if self._bitmap is bitmap:
                    self._bitmap = None

    async def _until_wanted(self, process: Process) -> None:
        if self._to_load or self._bitmap is not None:
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

    async def _send(self, process: Process, request: dict[str, Any]) -> None:
        assert process.stdin is not None
        line = json.dumps({"id": next(self._numbers), **request}) + "\n"
        try:
            process.stdin.write(line.encode())
            await process.stdin.drain()
        except ConnectionError:
            raise _DeathError(await _ending(process)) from None

    async def _answer(self, process: Process) -> dict[str, Any]:
        assert process.stdout is not None
        try:
            async with asyncio.timeout(_PATIENCE):
                while line := await process.stdout.readline():
                    with contextlib.suppress(json.JSONDecodeError):  # something a library printed in passing
                        message = json.loads(line)
                        if isinstance(message, dict):
                            return message
        except TimeoutError:
            raise _DeathError(f"no answer for {_PATIENCE:.0f} seconds") from None
        except ValueError as error:  # a line over the limit, or no UTF-8
            raise _DeathError(f"its answer cannot be read: {error}") from error
        raise _DeathError(await _ending(process))

    def _understand(self, message: dict[str, Any]) -> None:
        if "error" in message:
            self._say("failed", str(message["error"]))
        elif "digit" in message:
            try:
                reading = Reading.from_json(message)
            except (KeyError, TypeError, ValueError) as error:
                raise _DeathError(f"its answer is no reading: {error!r}") from error
            self._answered = True
            if self.state.phase != "ready":
                self._say("ready")
            self._on_reading(reading)
        else:
            loaded = str(message.get("ready", message.get("loaded", "")))
            self.state = ReaderState("ready", "", loaded, str(message.get("title", "")))
            self._on_state(self.state)


async def _ending(process: Process) -> str:
    """How a process ended whose output ended; it may have closed that without ending."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(process.wait(), _GRACE)
    return _how(process)


def _how(process: Process) -> str:
    status = process.returncode
    if status is None:
        return "it fell silent"
    return f"signal {-status}" if status < 0 else f"status {status}"


async def _end(process: Process) -> None:
    """See the process gone. It holds nothing that would be lost, so it is not asked first."""
    assert process.stdin is not None
    process.stdin.close()
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    await process.wait()
