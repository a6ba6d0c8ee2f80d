"""How much may be sent, against a line whose pace is known. Time is counted, not taken."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from math import inf

import pytest

from tui.terminal.line import QUESTION, QUEUE, TerminalLine


class Wire:
    """A line of `rate` bytes a second and `delay` seconds each way, and who writes on it whatever there is room for."""

    def __init__(self, rate: float, delay: float) -> None:
        self.line = TerminalLine()
        self.now = 0.0
        self._rate, self._delay = rate, delay
        self._free = 0.0
        self._answers: list[float] = []
        self.busy: Callable[[], float] = lambda: 0.0
        """Seconds by which a busy computer makes the next answer late."""
        self.longest = 0.0
        """The most seconds that something waited in front of the line."""
        self.carried = 0

    def write(self, count: int) -> None:
        """Write so much and ask, if it is time to."""
        if count:
            self._put(count)
            self.line.wrote(count, self.now)
        if self.line.wants_asking(self.now):
            self._put(len(QUESTION))
            self._answers.append(self._free + 2 * self._delay + self.busy())
            self.line.asked(self.now)

    def _put(self, count: int) -> None:
        self._free = max(self._free, self.now) + count / self._rate
        self.longest = max(self.longest, self._free - self.now)
        self.carried += count

    def pass_time(self, seconds: float) -> None:
        """Let time pass, in which answers come."""
        end = self.now + seconds
        while self._answers and self._answers[0] <= end:
            self.now = max(self.now, self._answers.pop(0))
            self.line.answered(self.now)
            self.write(0)  # as the app does: it may ask again
        self.now = end

    def open(self) -> None:
        """What the app does first: it asks, then paints all of the screen."""
        self.line.asked(self.now)
        self._put(len(QUESTION))
        self._answers.append(self._free + 2 * self._delay)
        self.write(4000)
        self.pass_time(4000 / self._rate + 2 * self._delay + 3)

    def fill(self, seconds: float) -> Iterator[None]:
        """Write as much as there is room for, for so long, looking every 20 ms."""
        for _ in range(round(seconds / 0.02)):
            room = self.line.room(self.now)
            self.write(int(min(room, 5000)))
            self.pass_time(0.02)
            yield


@pytest.mark.parametrize("rate", [120, 960, 11_520])
@pytest.mark.parametrize("delay", [0.0, 0.3])
def test_a_slow_line_is_used_and_never_filled(rate: float, delay: float) -> None:
    """Most of what a line can carry is sent, what waits for it never grows, and its pace is known."""
    wire = Wire(rate, delay)
    wire.open()
    for _ in wire.fill(5):
        pass
    wire.pass_time(30)
    wire.longest, wire.carried = 0.0, 0
    seconds = 30.0
    for _ in wire.fill(seconds):
        pass
    assert wire.carried >= 0.5 * rate * seconds
    assert wire.longest <= 4 * QUEUE + 2 * delay + 60 / rate


@pytest.mark.parametrize("rate", [960, 11_520])
def test_answers_that_are_late_for_other_reasons_cost_little(rate: float) -> None:
    """A computer that is busy for up to a second, at each fifth answer, halves what a slow line carries at most."""
    chance = random.Random(1)
    wire = Wire(rate, 0.3)
    wire.open()
    wire.busy = lambda: chance.uniform(0, 1) if chance.random() < 0.2 else 0.0
    for _ in wire.fill(5):
        pass
    wire.longest, wire.carried = 0.0, 0
    for _ in wire.fill(60):
        pass
    assert wire.carried >= 0.5 * rate * 60
    assert wire.longest <= 2.0


def test_a_fast_line_is_not_held_back() -> None:
    """Over a network of some milliseconds everything is sent at once, and nothing is said."""
    wire = Wire(1_000_000, 0.002)
    wire.open()
    assert wire.line.room(wire.now) > 20_000
    assert wire.line.frames is None


def test_a_far_line_gets_fewer_frames_and_all_the_bytes() -> None:
    """A line that is only long carries what there is, in some frames a second."""
    wire = Wire(1_000_000, 0.3)
    wire.open()
    assert wire.line.room(wire.now) > 20_000
    assert wire.line.latency == pytest.approx(0.6, abs=0.01)
    assert wire.line.frames == 3


def test_slower_lines_get_fewer_frames() -> None:
    """The slower, the fewer."""
    found = []
    for rate in (120, 960, 5760):
        wire = Wire(rate, 0.01)
        wire.open()
        found.append(wire.line.frames)
    assert found == sorted(found, key=lambda each: each or inf)
    assert found[0] == 0.2 and found[-1] is not None and found[-1] >= 5


def test_a_terminal_that_answers_nothing_is_sent_all() -> None:
    """There nothing can be measured, and it is asked twice at most."""
    line = TerminalLine()
    asked = 0
    for now in range(0, 1000, 5):
        assert line.room(now) == inf
        line.wrote(500, now)
        if line.wants_asking(now):
            line.asked(now)
            asked += 1
    assert asked <= 2
    assert line.frames is None


def test_nothing_is_asked_while_nothing_happens() -> None:
    """Once all is answered there is no more to ask."""
    wire = Wire(10_000, 0.05)
    wire.open()
    wire.pass_time(60)
    wire.write(100)
    wire.pass_time(60)
    carried = wire.carried
    wire.pass_time(1000)
    assert wire.carried == carried
    assert not wire.line.is_waited_for


def test_a_lost_answer_holds_things_up_for_seconds_only() -> None:
    """The question is asked again, and its answer counts for both."""
    wire = Wire(960, 0.05)
    wire.open()
    wire.write(100)
    wire._answers.clear()
    carried = wire.carried
    for _ in wire.fill(10):
        pass
    assert wire.carried - carried > 960 * 3


def test_a_fast_line_stands_still_for_seconds_only_after_a_lost_answer() -> None:
    """Nobody holds a fast line for a slow one because of it."""
    wire = Wire(10_000_000, 0.02)
    wire.open()
    wire.write(100)
    wire._answers.clear()
    carried = wire.carried
    for _ in wire.fill(8):
        pass
    assert wire.carried - carried > 1_000_000
    assert wire.line.rate is None and wire.line.latency < 0.1


def test_after_a_question_is_forgotten_all_goes_on() -> None:
    """Its answer, should it come after all, is taken for no other's."""
    wire = Wire(10_000_000, 0.02)
    wire.open()
    wire.write(100)
    wire._answers[0] += 5
    wire.line.forget_question()
    assert not wire.line.is_waited_for and wire.line.room(wire.now) > 1000
    wire.write(100)
    for _ in wire.fill(10):
        pass
    assert wire.line.rate is None and wire.line.latency < 0.1


def test_a_terminal_that_stops_answering_is_sent_all_again() -> None:
    """After some minutes without an answer nothing is held back any more."""
    wire = Wire(960, 0.05)
    wire.open()
    wire.write(100)
    for _ in range(700):
        wire._answers.clear()
        wire.pass_time(1)
        wire.write(0)
        wire.line.has_given_up(wire.now)
    assert wire.line.room(wire.now) == inf


def test_a_line_that_becomes_faster_is_noticed() -> None:
    """Where the way was busy for a while, it is used in full again after some seconds."""
    wire = Wire(960, 0.05)
    wire.open()
    assert wire.line.frames is not None
    wire._rate = 1_000_000
    for _ in wire.fill(30):
        pass
    assert wire.line.frames is None
