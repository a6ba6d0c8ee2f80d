"""The reader process as the interface sees it: send the newest bitmap, receive readings, never wait.

At most one bitmap is under way. One that arrives meanwhile waits, and a newer one replaces it, so a slow reader skips
readings that are already outdated. A reader that dies is restarted. Questions (`core.reading.questions`) are answered
when there is nothing to read; a newer one replaces an older one of its kind.
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
from textual.message_pump import MessagePump

from core.drawing.ink import Stroke
from core.reading import protocol
from core.reading.protocol import Answer, LoadRequest, ReadAnswer, ReadRequest, Request, RequestFailed
from core.reading.questions import Explanation, Id, Question
from core.reading.reading import Reading
from core.system import children
from tui.processes import killing, tasks

_LONGEST_LINE = 2**20  # bytes; a reading takes two kB, the feature maps of an image a hundred
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


Then = Callable[[Explanation | RequestFailed], None]
"""Is called with each answer to a question."""


class ReaderLike(Protocol):
    """What a screen needs of a reader."""

    def start(self) -> None: ...
    def ask(self, bitmap: NDArray[np.uint8], strokes: Sequence[Stroke] | None = None) -> int: ...
    def forget(self) -> None: ...
    def load(self, checkpoint: Path | None) -> None: ...
    async def close(self) -> None: ...


MakeReader = Callable[[Callable[[ReadAnswer], None], Callable[[ReaderState], None]], ReaderLike]


class Explaining(ReaderLike, Protocol):
    """What a screen that looks into the network needs of a reader."""

    def explain(self, question: Question, then: Then) -> None: ...


MakeExplaining = Callable[[Callable[[ReadAnswer], None], Callable[[ReaderState], None]], Explaining]


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


@dataclass(frozen=True)
class _Asked:
    """A question that has no last answer yet."""

    question: Question
    then: Then
    is_sent: bool = False


def posting(node: MessagePump) -> tuple[Callable[[ReadAnswer], None], Callable[[ReaderState], None]]:
    """The two callbacks of a reader whose answers and states `node` gets as messages: none once it closes."""

    def post_answer(answer: ReadAnswer) -> None:
        node.post_message(Answered(answer))

    def post_state(state: ReaderState) -> None:
        node.post_message(ReaderChanged(state))

    return post_answer, post_state


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
        self._under_way: Id = None
        """The id of the reading or loading that is under way."""
        self._asked: dict[str, _Asked] = {}
        """By the kind of question."""
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

    def explain(self, question: Question, then: Then) -> None:
        """Have `question` answered, in place of another of its kind that is not.

        `then` is called from the event loop with each answer, or with why there is none. It is not called if another
        network is loaded meanwhile.
        """
        self._asked[question.KIND] = _Asked(replace(question, id=next(self._ids)), then)
        self._wanted.set()

    def forget(self) -> None:
        """Drop the request that waits or is under way."""
        self._request = None

    def load(self, checkpoint: Path | None) -> None:
        """Read with this checkpoint from now on; None for the shipped one."""
        self._checkpoint = "" if checkpoint is None else str(checkpoint)
        self._to_load = True
        self._asked.clear()
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
            # Send the checkpoint again, and the bitmap too, unless that may be to blame. Questions may be.
            self._to_load = bool(self._checkpoint)
            self._give_up("the reader died before it had an answer")
            if self._attempts >= _MOST_ATTEMPTS:
                self._request = None

    async def _converse(self, process: Process) -> None:
        """Send requests, and receive answers. Raises _DeathError when the process dies."""
        try:
            self._understand(await asyncio.wait_for(self._answer(process), _PATIENCE))
        except TimeoutError:
            raise _DeathError(f"no answer for {_PATIENCE:.0f} seconds") from None
        self._under_way = None
        answer = asyncio.create_task(self._answer(process))
        wanted = asyncio.create_task(self._wanted.wait())
        try:
            while True:
                await self._send_wanted(process)
                patience = _PATIENCE if self._under_way is not None or self._asked else None
                await asyncio.wait({answer, wanted}, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
                if wanted.done():
                    self._wanted.clear()
                    wanted = asyncio.create_task(self._wanted.wait())
                elif not answer.done():
                    raise _DeathError(f"no answer for {_PATIENCE:.0f} seconds")
                if answer.done():
                    self._receive(answer.result())
                    answer = asyncio.create_task(self._answer(process))
        finally:
            for task in (answer, wanted):
                task.cancel()

    async def _send_wanted(self, process: Process) -> None:
        """Send what is wanted, except what waits for a reading or loading that is under way."""
        if self._under_way is None and self._to_load:
            self._to_load = False
            await self._send(process, LoadRequest(self._checkpoint, next(self._ids)))
        if self._under_way is None and self._request is not None:
            self._attempts += 1
            await self._send(process, self._request)
        if self._to_load:
            return  # the questions are for the network to come
        for kind, asked in list(self._asked.items()):
            if not asked.is_sent:
                self._asked[kind] = replace(asked, is_sent=True)
                await self._send(process, asked.question)

    def _receive(self, answer: Answer) -> None:
        """Tell whoever waits for it. Raises _DeathError if nobody does."""
        name = getattr(answer, "id", None)
        asked = next((each for each in self._asked.values() if each.question.id == name), None)
        if asked is not None and isinstance(answer, Explanation | RequestFailed):
            if isinstance(answer, RequestFailed) or answer.is_last:
                del self._asked[asked.question.KIND]
            asked.then(answer)
            return
        if isinstance(answer, Explanation):
            return  # to a question that was replaced
        if isinstance(answer, protocol.Loaded | ReadAnswer) and name != self._under_way:
            raise _DeathError(f"it answered request {name}, not {self._under_way}")
        if isinstance(answer, RequestFailed) and name not in (None, self._under_way):
            return  # a question that was replaced
        if self._request is not None and self._request.id == self._under_way:
            self._request = None
        self._under_way = None
        self._understand(answer)

    def _give_up(self, why: str) -> None:
        given_up, self._asked = self._asked, {}
        for each in given_up.values():
            each.then(RequestFailed(why, each.question.id))

    async def _send(self, process: Process, request: Request) -> None:
        assert process.stdin is not None
        line = json.dumps(request.to_json()) + "\n"
        if not isinstance(request, Question):
            self._under_way = request.id
        try:
            process.stdin.write(line.encode())
            await process.stdin.drain()
        except ConnectionError:
            raise _DeathError(await _ending(process)) from None

    async def _answer(self, process: Process) -> Answer:
        assert process.stdout is not None
        try:
            while line := await process.stdout.readline():
                with contextlib.suppress(json.JSONDecodeError):  # something that a library printed
                    message = json.loads(line)
                    if isinstance(message, dict):
                        return _understood(message)
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
