"""core.commands.reader_server: questions are worked at a piece at a time, the newest first."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator

import numpy as np
import pytest

from core.commands.reader_server import ReaderServer
from core.errors import DataError
from core.reading import explainer
from core.reading.explainer import Work
from core.reading.protocol import ReadAnswer, RequestFailed, answer_of
from core.reading.questions import (
    FlipAnswer,
    FlipQuestion,
    LayersAnswer,
    LayersQuestion,
    LikeQuestion,
    Question,
    WhyAnswer,
    WhyQuestion,
)
from core.system import children

BLANK = np.zeros((28, 28), np.uint8)
READ = b'{"id": 9, "width": 1, "height": 1, "pixels": "AA=="}'


class FakeExplainer:
    """Takes three pieces for each answer; fails at what is like something."""

    def __init__(self, _: object) -> None:
        pass

    def work(self, question: Question) -> Work:
        """The work at it."""
        return self._work(question)

    def _work(self, question: Question) -> Iterator[FlipAnswer | None]:
        yield None
        yield None
        if isinstance(question, LikeQuestion):
            raise DataError("they are gone")
        yield FlipAnswer(tried=1, total=2, is_last=False, id=question.id)
        yield None
        yield FlipAnswer(tried=2, total=2, id=question.id)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> ReaderServer:
    """With the shipped network."""
    monkeypatch.setattr(explainer, "Explainer", FakeExplainer)
    server = ReaderServer()
    server.start("")
    return server


def _ask(server: ReaderServer, question: Question) -> None:
    assert server.answer(json.dumps(question.to_json()).encode()) is None


def _all(server: ReaderServer) -> list[object]:
    found: list[object] = []
    while server.is_busy:
        answer = server.advance()
        if answer is not None:
            found.append((answer.id, getattr(answer, "tried", None) or getattr(answer, "error", None)))  # type: ignore[union-attr]
    return found


def test_the_newest_question_is_worked_at_first(server: ReaderServer) -> None:
    """The others go on when it is answered; a failure is said to its own id."""
    _ask(server, FlipQuestion(image=BLANK, id="flip"))
    server.advance()
    _ask(server, LikeQuestion(image=BLANK, id="like"))
    _ask(server, WhyQuestion(image=BLANK, id="why"))
    assert _all(server) == [("why", 1), ("why", 2), ("like", "they are gone"), ("flip", 1), ("flip", 2)]


def test_a_newer_question_of_its_kind_replaces_one(server: ReaderServer) -> None:
    """It is not answered any more, and the newer one is the newest of all."""
    _ask(server, FlipQuestion(image=BLANK, id="old"))
    _ask(server, WhyQuestion(image=BLANK, id="why"))
    _ask(server, FlipQuestion(image=BLANK, id="new"))
    assert _all(server) == [("new", 1), ("new", 2), ("why", 1), ("why", 2)]


def test_bitmaps_are_read_between_the_pieces(server: ReaderServer) -> None:
    """And another network drops the questions to the old one."""
    _ask(server, FlipQuestion(image=BLANK, id="flip"))
    server.advance()
    assert isinstance(server.answer(READ), ReadAnswer) and server.is_busy
    server.answer(b'{"id": 10, "load": ""}')
    assert not server.is_busy


@pytest.mark.parametrize(
    "line",
    [
        b'{"ask": "why"}',
        b'{"ask": "nothing", "image": ""}',
        b'{"ask": ["why"], "image": ""}',
        b'{"ask": "why", "image": "AAAA"}',
        b'{"ask": "why", "image": 3}',
        b'{"ask": "flip", "image": "%s", "strokes": 5}' % (b"AAAA" * 261 + b"AA=="),
        b'{"ask": "ablation", "image": "%s", "ablation": {"noise": 1e9}}' % (b"AAAA" * 261 + b"AA=="),
    ],
)
def test_what_is_no_question_is_said(server: ReaderServer, line: bytes) -> None:
    """And the server goes on."""
    assert isinstance(server.answer(line), RequestFailed) and not server.is_busy
    assert isinstance(server.answer(READ), ReadAnswer)


def test_a_question_before_any_network_is_refused() -> None:
    """None could be loaded."""
    server = ReaderServer()
    answer = server.answer(json.dumps(WhyQuestion(image=BLANK, id=4).to_json()).encode())
    assert isinstance(answer, RequestFailed) and "no network is loaded" in answer.error and answer.id == 4


def test_the_process_reads_a_bitmap_while_it_works_at_questions() -> None:
    """The reading comes before the slow answer, though it was asked for later; the end of the input ends it."""
    rng = np.random.default_rng(0)
    image = rng.integers(0, 255, (28, 28)).astype(np.uint8)
    slow, layers = LikeQuestion(image=image, id="slow"), LayersQuestion(image=image, id="layers")
    child = subprocess.Popen(
        children.command("serve"), env=children.environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdin is not None and child.stdout is not None
    with child:
        ready = json.loads(child.stdout.readline())
        assert "ready" in ready
        lines = [json.dumps(each.to_json()).encode() + b"\n" for each in (slow, layers)]
        child.stdin.write(lines[0] + READ + b"\n" + lines[1])
        child.stdin.flush()
        found: list[object] = []
        while len(found) < 2:
            answer = answer_of(json.loads(child.stdout.readline()))
            if isinstance(answer, ReadAnswer | LayersAnswer | WhyAnswer):
                found.append(answer.id)
        child.stdin.close()
        assert child.wait(60) == 0
    assert found == [9, "layers"]
