"""The reader's client: newest bitmap only, restarts, and nothing left behind. A script plays the process."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from waiting import comes_true

from core.reading.protocol import ReadAnswer, RequestFailed
from core.reading.questions import Explanation, LayersAnswer, LayersQuestion, WhyAnswer, WhyQuestion
from core.reading.reading import Reading
from tui.processes import tasks
from tui.processes.reader import Reader, ReaderState

# Speaks the protocol of `serve`. A bitmap's first pixel is an order: 1 dies, 2 dies where it is the first
# process, 3 waits for the file `go`, 4 is refused, 5 is answered with rubbish by the first process, 6 by it as if
# another had been asked; any other is answered with that digit and the bitmap's sum. The first pixel of a question's
# image is an order too: 1 dies, 2 is answered twice, 3 when the file `go` is there, 4 is refused.
STUB = """
import base64, json, os, sys, time
from pathlib import Path
here = Path(sys.argv[1])
with open(here / "starts", "a") as file:
    file.write(f"{os.getpid()}\\n")
first = len((here / "starts").read_text().split()) == 1
say = lambda **answer: print(json.dumps(answer), flush=True)
print("a library says hello", flush=True)
if (here / "broken").exists():
    say(error="there is no shipped checkpoint")
else:
    say(ready="/shipped.npz", title="shipped")
for line in sys.stdin:
    request = json.loads(line)
    if "load" in request:
        say(id=request["id"], loaded=request["load"] or "/shipped.npz", title="loaded")
        continue
    if "ask" in request:
        order = base64.b64decode(request["image"])[0]
        with open(here / "asked", "a") as file:
            file.write(f"{request['ask']} {order}\\n")
        if order == 1:
            os._exit(7)
        while order == 3 and not (here / "go").exists():
            time.sleep(0.01)
        if order == 4:
            say(id=request["id"], error="refused")
            continue
        values = {"shape": [1], "largest": 0.0, "values": "AA=="}
        for last in (False, True) if order == 2 else (True,):
            say(id=request["id"], answer=request["ask"], is_last=last, answers=[order], probabilities=[1.0],
                saliency=values, maps=[], votes=values, biases=values, kernel=None)
        continue
    pixels = base64.b64decode(request["pixels"])
    with open(here / "asked", "a") as file:
        file.write(f"{pixels[0]} {request['width']}x{request['height']} {request['polarity']}\\n")
    if pixels[0] == 1 or (pixels[0] == 2 and first):
        os._exit(7)
    while pixels[0] == 3 and not (here / "go").exists():
        time.sleep(0.01)
    if pixels[0] == 5 and first:
        print("x" * 2_000_000 if request["width"] == 1 else '{"digit": 3}', flush=True)
    if pixels[0] == 6 and first:
        request["id"] = 99
    if pixels[0] == 4:
        say(id=request["id"], error="refused")
        continue
    probabilities = [0.0] * 10
    probabilities[pixels[0] % 10] = 1.0
    say(id=request["id"], digit=pixels[0] % 10, probabilities=probabilities, checkpoint="/shipped.npz",
        seen=base64.b64encode(bytes(784)).decode(), milliseconds=float(sum(pixels)))
"""


class Listener:
    """A reader on the stub, and all that it said."""

    def __init__(self, folder: Path, command: list[str] | None = None) -> None:
        (folder / "stub.py").write_text(STUB)
        self.folder = folder
        self.answers: list[ReadAnswer] = []
        self.states: list[ReaderState] = []
        command = command or [sys.executable, str(folder / "stub.py"), str(folder)]
        self.reader = Reader(self.answers.append, self.states.append, command, pause=0.01)

    @property
    def readings(self) -> list[Reading]:
        """What was read so far, oldest first."""
        return [each.reading for each in self.answers]

    async def until(self, met: Callable[[], bool]) -> None:
        """Wait for something to come true."""
        await comes_true(met)

    def asked(self) -> list[str]:
        """What the process was asked, oldest first."""
        path = self.folder / "asked"
        return path.read_text().splitlines() if path.exists() else []

    def starts(self) -> list[int]:
        """The process numbers so far."""
        path = self.folder / "starts"
        return [int(number) for number in path.read_text().split()] if path.exists() else []


@pytest.fixture
async def listener(tmp_path: Path) -> AsyncIterator[Listener]:
    """A started reader that is closed at the end."""
    found = Listener(tmp_path)
    found.reader.start()
    yield found
    await found.reader.close()


def _bitmap(first: int, shape: tuple[int, int] = (3, 4)) -> NDArray[np.uint8]:
    bitmap = np.zeros(shape, np.uint8)
    bitmap[0, 0] = first
    return bitmap


async def test_a_cancellation_that_gets_lost_is_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    """As one does that comes just as a process ends: the reader would be restarted, and waited for without end."""
    monkeypatch.setattr(tasks, "_AGAIN", 0.01)

    async def deaf() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(60)
        await asyncio.sleep(60)

    task = asyncio.create_task(deaf())
    await asyncio.sleep(0)
    await asyncio.wait_for(tasks.end(task), 30)
    assert task.cancelled()


async def test_a_bitmap_is_read(listener: Listener) -> None:
    """The reading comes back, the state says which network is loaded, and the bitmap keeps its shape."""
    listener.reader.ask(_bitmap(7))
    await listener.until(lambda: bool(listener.readings))
    assert listener.readings[0].digit == 7
    assert listener.asked() == ["7 4x3 bright"]
    assert [state.phase for state in listener.states] == ["loading", "ready"]
    assert (listener.states[-1].checkpoint, listener.states[-1].title) == ("/shipped.npz", "shipped")


async def test_an_answer_says_which_bitmap_it_is_of(listener: Listener) -> None:
    """It carries what `ask` returned, also after the process that was asked first has died."""
    asked = [listener.reader.ask(_bitmap(7))]
    await listener.until(lambda: len(listener.answers) == 1)
    listener.reader.load(Path("/run/model.npz"))
    asked.append(listener.reader.ask(_bitmap(2)))
    await listener.until(lambda: len(listener.answers) == 2)
    assert [each.id for each in listener.answers] == asked and len(set(asked)) == 2


async def test_an_answer_to_another_request_counts_as_death(listener: Listener) -> None:
    """Who lost count is replaced, and the bitmap is read by the next one."""
    asked = listener.reader.ask(_bitmap(6))
    await listener.until(lambda: bool(listener.answers))
    assert listener.answers[0].id == asked and len(listener.starts()) == 2
    assert any("it answered request 99" in state.text for state in listener.states)


async def test_only_the_newest_bitmap_waits(listener: Listener) -> None:
    """While one is being read ten more come: only the last of them is read."""
    listener.reader.ask(_bitmap(3))
    await listener.until(lambda: listener.asked() == ["3 4x3 bright"])
    for first in range(10, 20):
        listener.reader.ask(_bitmap(first))
    (listener.folder / "go").touch()
    await listener.until(lambda: len(listener.readings) == 2)
    assert listener.asked()[1:] == ["19 4x3 bright"]


async def test_a_bitmap_is_taken_as_it_was(listener: Listener) -> None:
    """Drawing on after asking does not change what is read."""
    bitmap = _bitmap(8)
    listener.reader.ask(bitmap)
    bitmap[:] = 9
    await listener.until(lambda: bool(listener.readings))
    assert listener.readings[0].digit == 8


async def test_a_dead_reader_is_started_again(listener: Listener) -> None:
    """The death is said, a new process answers the bitmap that was under way, with the network chosen before."""
    listener.reader.load(Path("/run/model.npz"))
    await listener.until(lambda: listener.states[-1].checkpoint == "/run/model.npz")
    listener.reader.ask(_bitmap(2))
    await listener.until(lambda: bool(listener.readings))
    assert listener.readings[0].digit == 2 and len(listener.starts()) == 2
    assert any("the reader died (status 7)" in state.text for state in listener.states)
    assert listener.states[-1] == ReaderState("ready", "", "/run/model.npz", "loaded")


async def test_a_killed_reader_is_noticed_while_idle(listener: Listener) -> None:
    """Nobody need draw for the interface to find out and start another."""
    await listener.until(lambda: listener.states[-1].phase == "ready")
    os.kill(listener.starts()[0], 9)
    await listener.until(lambda: len(listener.starts()) == 2 and listener.states[-1].phase == "ready")
    assert any("signal 9" in state.text for state in listener.states)


async def test_a_bitmap_that_kills_is_given_up(listener: Listener) -> None:
    """After two deaths it is not asked again, and the next bitmap is read as usual."""
    listener.reader.ask(_bitmap(1))
    await listener.until(lambda: len(listener.starts()) == 3 and listener.states[-1].phase == "ready")
    assert listener.asked() == ["1 4x3 bright"] * 2
    listener.reader.ask(_bitmap(6))
    await listener.until(lambda: bool(listener.readings))
    assert listener.readings[0].digit == 6


async def test_a_refusal_is_said_and_passes(listener: Listener) -> None:
    """An error answer is shown as it is; the process lives on and the next reading clears it."""
    listener.reader.ask(_bitmap(4))
    await listener.until(lambda: listener.states[-1].phase == "failed")
    assert listener.states[-1].text == "refused"
    listener.reader.ask(_bitmap(8))
    await listener.until(lambda: bool(listener.readings))
    assert listener.states[-1] == ReaderState("ready", "", "/shipped.npz", "shipped")
    assert len(listener.starts()) == 1


@pytest.mark.parametrize(("shape", "complaint"), [((2, 2), "not a reading"), ((2, 1), "cannot be read")])
async def test_rubbish_counts_as_death(listener: Listener, shape: tuple[int, int], complaint: str) -> None:
    """A process that answers something else is replaced, and the bitmap is read by the next one."""
    listener.reader.ask(_bitmap(5, shape))
    await listener.until(lambda: bool(listener.readings))
    assert listener.readings[0].digit == 5 and len(listener.starts()) == 2
    assert any(complaint in state.text for state in listener.states)


async def test_a_missing_network_is_said(tmp_path: Path) -> None:
    """Where the shipped checkpoint is missing the reason stands, and another one can be loaded."""
    (tmp_path / "broken").touch()
    listener = Listener(tmp_path)
    listener.reader.start()
    await listener.until(lambda: listener.states[-1].phase == "failed")
    assert listener.states[-1].text == "there is no shipped checkpoint"
    listener.reader.load(tmp_path / "other.npz")
    await listener.until(lambda: listener.states[-1].phase == "ready")
    assert listener.states[-1].checkpoint == str(tmp_path / "other.npz")
    await listener.reader.close()


async def test_what_cannot_be_started_is_said(tmp_path: Path) -> None:
    """The state names the reason, and closing still works."""
    listener = Listener(tmp_path, [str(tmp_path / "no-such-program")])
    listener.reader.start()
    await listener.until(lambda: listener.states[-1].phase == "failed")
    assert "cannot be started" in listener.states[-1].text
    await listener.reader.close()


async def test_what_is_forgotten_is_not_read(listener: Listener) -> None:
    """A bitmap that waits is dropped when the drawing is wiped."""
    listener.reader.ask(_bitmap(3))
    await listener.until(lambda: bool(listener.asked()))
    listener.reader.ask(_bitmap(5))
    listener.reader.forget()
    (listener.folder / "go").touch()
    await listener.until(lambda: len(listener.readings) == 1)
    await asyncio.sleep(0.05)
    assert len(listener.asked()) == 1


async def test_closing_can_be_cancelled(listener: Listener) -> None:
    """As by an app that is left just then: whoever closes is cancelled too, and the process is gone all the same."""
    listener.reader.start()
    await listener.until(lambda: listener.states[-1].phase == "ready")
    closing = asyncio.create_task(listener.reader.close())
    await asyncio.sleep(0)
    closing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await closing
    await comes_true(lambda: not _is_there(listener.starts()[0]))


def _is_there(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("busy", [False, True])
async def test_closing_leaves_no_process(tmp_path: Path, busy: bool) -> None:
    """Idle or in the middle of a slow reading, the process is gone when close returns; twice is harmless."""
    listener = Listener(tmp_path)
    listener.reader.start()
    await listener.until(lambda: listener.states[-1].phase == "ready")
    if busy:
        listener.reader.ask(_bitmap(3))
        await listener.until(lambda: bool(listener.asked()))
    await listener.reader.close()
    await listener.reader.close()
    with pytest.raises(ProcessLookupError):
        os.kill(listener.starts()[0], 0)


# Questions


class Explained:
    """What was said to questions."""

    def __init__(self) -> None:
        self.said: list[tuple[str, object]] = []

    def note(self, name: str) -> Callable[[Explanation | RequestFailed], None]:
        """Whoever asked, by a name."""
        return lambda answer: self.said.append((name, _summary(answer)))


def _summary(answer: Explanation | RequestFailed) -> object:
    if isinstance(answer, WhyAnswer):
        return answer.answers[0], answer.is_last
    return answer.error if isinstance(answer, RequestFailed) else type(answer)


def _image(order: int) -> NDArray[np.uint8]:
    return np.full((28, 28), order, np.uint8)


async def test_a_question_is_answered_to_whoever_asked(listener: Listener) -> None:
    """As often as the reader answers; a refusal is one's own too, and no failure of the reader."""
    explained = Explained()
    for name, order in (("one", 5), ("two", 2), ("three", 4), ("four", 6)):
        listener.reader.explain(WhyQuestion(image=_image(order)), explained.note(name))
        count = len(explained.said) + (2 if order == 2 else 1)
        await listener.until(lambda count=count: len(explained.said) == count)  # type: ignore[misc]
    assert explained.said == [
        ("one", (5, True)), ("two", (2, False)), ("two", (2, True)), ("three", "refused"), ("four", (6, True)),
    ]  # fmt: skip
    assert listener.states[-1].phase == "ready" and len(listener.starts()) == 1


async def test_a_newer_question_replaces_one_of_its_kind(listener: Listener) -> None:
    """Also one that is under way, whose answer is then for nobody; another kind is answered beside it."""
    explained = Explained()
    listener.reader.explain(WhyQuestion(image=_image(3)), explained.note("old"))
    await listener.until(lambda: listener.asked() == ["why 3"])
    listener.reader.explain(WhyQuestion(image=_image(5)), explained.note("replaced"))
    listener.reader.explain(WhyQuestion(image=_image(6)), explained.note("new"))
    listener.reader.explain(LayersQuestion(image=_image(7)), explained.note("layers"))
    (listener.folder / "go").touch()
    await listener.until(lambda: len(explained.said) == 2)
    assert sorted(map(str, explained.said)) == sorted(map(str, [("new", (6, True)), ("layers", LayersAnswer)]))


async def test_a_bitmap_is_read_beside_questions(listener: Listener) -> None:
    """It is sent at once, though a question is not answered yet."""
    explained = Explained()
    listener.reader.explain(WhyQuestion(image=_image(3)), explained.note("slow"))
    await listener.until(lambda: listener.asked() == ["why 3"])
    listener.reader.ask(np.full((2, 2), 8, np.uint8))
    (listener.folder / "go").touch()
    await listener.until(lambda: bool(listener.readings))
    assert listener.readings[-1].digit == 8 and explained.said == [("slow", (3, True))]


async def test_a_question_that_kills_is_given_up_and_the_bitmap_is_read(listener: Listener) -> None:
    """Its asker is told, and so are those of others that were under way."""
    explained = Explained()
    listener.reader.explain(LayersQuestion(image=_image(3)), explained.note("beside"))
    listener.reader.explain(WhyQuestion(image=_image(1)), explained.note("killer"))
    (listener.folder / "go").touch()
    listener.reader.ask(np.full((2, 2), 8, np.uint8))
    await listener.until(lambda: len(listener.readings) == 1 and len(explained.said) == len(listener.starts()) == 2)
    assert dict(explained.said)["killer"] == "the reader died before it had an answer"
    listener.reader.explain(WhyQuestion(image=_image(5)), explained.note("later"))
    await listener.until(lambda: explained.said[-1] == ("later", (5, True)))


async def test_questions_are_for_the_network_that_is_loaded(listener: Listener) -> None:
    """Those that wait are dropped with the old one; those asked meanwhile are asked of the new one."""
    explained = Explained()
    listener.reader.explain(WhyQuestion(image=_image(3)), explained.note("old"))
    await listener.until(lambda: listener.asked() == ["why 3"])
    listener.reader.load(Path("/other.npz"))
    listener.reader.explain(WhyQuestion(image=_image(6)), explained.note("new"))
    (listener.folder / "go").touch()
    await listener.until(lambda: bool(explained.said))
    assert explained.said == [("new", (6, True))] and listener.states[-1].checkpoint == "/other.npz"
