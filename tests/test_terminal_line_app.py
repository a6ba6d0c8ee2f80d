"""What the app sends to the terminal, counted in bytes: per pen move, while a training is watched, and idle."""

from __future__ import annotations

import math
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any

import pytest
from counted import Clock, CountedTerminal, comes, quiet
from drawing_app import DrawingApp, FakeReader
from drawn import SHAPES
from layout import text
from run_story import new_run, started
from textual.events import Resize
from textual.geometry import Size
from textual.pilot import Pilot

import tui.__main__ as command
from core.preprocessing.normalise import normalise
from core.reading.reading import Reading
from core.runs import events
from core.runs.writer import RunWriter
from tui.app import DigitsApp
from tui.screens.training import TrainingScreen
from tui.state.requests import OpenRun
from tui.terminal import painter
from tui.terminal.line_app import LineApp
from tui.widgets.inside.inside import Inside

pytestmark = pytest.mark.usefixtures("children_end")


@pytest.fixture(autouse=True)
def terminal_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 80 by 24 cells and all colours; it answers at once."""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(LineApp, "get_driver_class", lambda app: CountedTerminal)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """What the painter and the answers take the time from."""
    clock = Clock()
    monkeypatch.setattr(painter, "time", clock)
    monkeypatch.setattr(CountedTerminal, "clock", clock)
    return clock


@asynccontextmanager
async def opened(app: DigitsApp, size: tuple[int, int] = (80, 24)) -> AsyncIterator[tuple[Pilot[Any], CountedTerminal]]:
    """The app in that terminal, once all is painted."""
    async with app.run_test(headless=False, size=size) as pilot:
        terminal = app._driver
        assert isinstance(terminal, CountedTerminal)
        await quiet(terminal)
        yield pilot, terminal


class FickleReader(FakeReader):
    """Changes all of its figures with each reading, and its mind with each fifth one."""

    def ask(self, bitmap: Any, strokes: Any = ()) -> int:
        """Answer at once."""
        leaning, doubt = random.Random(len(self.asked) // 5), random.Random(len(self.asked))
        self.asked.append(bitmap)
        odds = [math.exp(leaning.gauss(0, 4) + doubt.gauss(0, 0.7)) for _ in range(10)]
        values = tuple(each / sum(odds) for each in odds)
        seen = normalise(bitmap, "bright")
        return self.answer(Reading(values.index(max(values)), values, seen, self.reads_with, 1.2))


def _same(app: DigitsApp, terminal: CountedTerminal) -> bool:
    """Whether the terminal shows what Textual has composed."""
    return terminal.text() == "\n".join(line.rstrip() for line in text(app).splitlines())


def _path(digit: int) -> list[tuple[int, int]]:
    """The cells that a mouse passes that draws the digit, in the middle of the pad at 80 × 24."""
    cells: list[tuple[int, int]] = []
    for stroke in SHAPES[digit][:1]:
        for (x, y), (to_x, to_y) in pairwise(stroke):
            for step in range(20):
                cell = round(8 + (x + (to_x - x) * step / 20) * 0.6), round(2 + (y + (to_y - y) * step / 20) * 0.3)
                if not cells or cells[-1] != cell:
                    cells.append(cell)
    return cells


async def test_a_pen_move_is_some_hundred_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cell, bars, answer and what the network sees, 600 bytes at most in the mean; and all of it is shown."""
    monkeypatch.setattr("drawing_app.FakeReader", FickleReader)
    app = DrawingApp()
    async with opened(app) as (pilot, terminal):
        monkeypatch.setattr("tui.screens.reading._SEE_AGAIN", math.inf)  # paints of it are counted on their own below
        before, path = terminal.sent, _path(2)
        for index, cell in enumerate(path):
            terminal.mouse("move" if index else "down", *cell)
            await pilot.pause()
            # At once, whatever else is painted: the ink is under the pen.
            await comes(lambda: _same(app, terminal), terminal)
        terminal.mouse("up", *path[-1])
        await quiet(terminal)
        moved = (terminal.sent - before) / len(path)
        assert len(app.reader.asked) > len(path) / 2
        before = terminal.sent
        app.drawing._show_seen()
        await quiet(terminal)
        seen = terminal.sent - before
        assert _same(app, terminal)
    # Five times a second, while a mouse reports sixty times.
    assert moved + seen * 5 / 60 < 600


async def test_arrow_keys_cost_no_more() -> None:
    """With the pen lowered each key press is a move."""
    app = DrawingApp()
    async with opened(app) as (pilot, terminal):
        terminal.type(" ")
        await quiet(terminal)
        before = terminal.sent
        for key in ["\x1b[A"] * 10 + ["\x1b[C"] * 8 + ["\x1b[B"] * 10:
            terminal.type(key)
            await pilot.pause()
        await quiet(terminal)
        assert (terminal.sent - before) / 28 < 600
        assert _same(app, terminal)


async def test_watching_a_training_is_a_few_thousand_bytes_a_second() -> None:
    """Figures at each look and curves at each fifth: three thousand bytes a second of the run at most."""
    run = new_run("2026-01-31-142500-mnist-fast")
    chance, steps, seconds = random.Random(3), 40, 6
    app = DigitsApp()
    with RunWriter(run) as writer:
        writer.append(started(20))
        async with opened(app) as (_, terminal):
            app.post_message(OpenRun(run))
            await comes(lambda: "Loss" in terminal.text(), terminal)
            await quiet(terminal)
            screen = app.screen
            assert isinstance(screen, TrainingScreen)
            screen._timer.pause()  # its looks are made here
            before = terminal.sent
            for look in range(5 * seconds):
                for part in range(2):
                    step = 8 * look + 4 * part + 4
                    writer.append(
                        events.Progress(
                            epoch=(step - 1) // steps + 1, step=step, learning_rate=0.005 - step * 1e-6,
                            losses=tuple(2 * math.exp(-step / 90) * chance.lognormvariate(0, 0.4) for _ in range(4)),
                            images_per_second=20_000 * chance.uniform(0.95, 1.05), seconds=step / 40, time=0.0,
                        )
                    )  # fmt: skip
                if look % 5 == 0:
                    memory = 1_200_000_000 + chance.randrange(10**8)
                    writer.append(
                        events.DeviceState("cpu", chance.uniform(0.8, 1), memory, 8_000_000_000, 61.0, time=0.0)
                    )
                screen._look()
                await quiet(terminal, 0.05)
            assert _same(app, terminal)
            assert (terminal.sent - before) / seconds < 3000


@pytest.mark.parametrize("mode", ["home", "drawing", "training", "data"])
async def test_idle_sends_nothing(mode: str) -> None:
    """Not a byte, on no screen, once it is painted."""
    app = DrawingApp()
    async with opened(app) as (_, terminal):
        await app.switch_mode(mode)
        await quiet(terminal, 1.3)  # longer than any timer of the app


async def test_other_screens_and_sizes_are_shown_as_composed() -> None:
    """Going to and fro, covering a screen and resizing it leave nothing of what was there before."""
    app = DrawingApp()
    async with opened(app, (100, 30)) as (pilot, terminal):
        for keys in ("?", "\x1b", "h", "d", "p", " ", "\x1b[A", "k"):
            terminal.type(keys)
            await pilot.pause(0.2)
            await comes(lambda: _same(app, terminal), terminal)


async def test_what_another_program_has_written_can_be_painted_over() -> None:
    """Ctrl and L paints all of it anew."""
    app = DrawingApp()
    async with opened(app) as (_, terminal):
        terminal._stream.feed("\x1b[5;5H\x1b[0mBroadcast message")
        assert "Broadcast" in terminal.text()
        terminal.type("\x0c")
        await comes(lambda: "Broadcast" not in terminal.text(), terminal)
        assert _same(app, terminal)


async def test_a_terminal_that_was_smaller_for_a_moment_is_painted_anew() -> None:
    """Of a change of size and back again, within one update, it keeps the first and loses what did not fit."""
    app = DrawingApp()
    async with opened(app) as (_, terminal):
        terminal.screen.resize(10, 40)
        terminal.screen.resize(24, 80)
        assert not _same(app, terminal)
        size = Size(80, 24)
        app.post_message(Resize(size, size))
        await comes(lambda: _same(app, terminal), terminal)


async def test_a_terminal_that_stops_answering_is_said_to_be_slow_no_more() -> None:
    """What is told of the line goes with what is known of it."""
    app = DrawingApp()
    async with opened(app) as (_, terminal):
        line = app._painter.line
        line.rate = 500.0
        app._tell_of_line()
        await comes(lambda: "slow line" in terminal.text(), terminal)
        await quiet(terminal)
        terminal.answers = False
        terminal.type(" ")  # something is written, and asked for
        await comes(lambda: line.is_waited_for, terminal)
        line._tries, line._asked_again = 4, -1e9
        terminal.type("\x1b[A")
        await comes(lambda: not app.line_words and not app.is_coarse, terminal)


async def test_without_answers_the_pen_is_followed_and_the_rest_waits(clock: Clock) -> None:
    """A line that is stuck gets a bounded number of bytes; when it goes on it shows the newest, not what was missed."""

    def is_caught_up() -> bool:
        clock.now += 0.01
        return _same(app, terminal)

    app = DrawingApp()
    async with opened(app) as (pilot, terminal):
        app._painter.line.rate = 960.0
        terminal.answers = False
        terminal.type(" ")
        before = terminal.sent
        for key in ["\x1b[A"] * 12 + ["\x1b[C"] * 12 + ["\x1b[B"] * 12:
            terminal.type(key)
            clock.now += 0.03
            await pilot.pause()
        assert terminal.sent - before < 600
        assert not _same(app, terminal)
        terminal.answers = True
        terminal.answer()
        await comes(is_caught_up, terminal)


async def test_a_terminal_that_answers_nothing_is_painted_at_once() -> None:
    """Nothing is held back, and it is asked twice at most."""
    app = DrawingApp()
    CountedTerminal.can_answer = False
    try:
        async with opened(app) as (pilot, terminal):
            for key in (" ", *["\x1b[A"] * 12):
                terminal.type(key)
                await pilot.pause()
            await quiet(terminal)
            assert _same(app, terminal)
            assert terminal.asked <= 2
    finally:
        CountedTerminal.can_answer = True


async def test_frames_are_given_by_hand() -> None:
    """One frame a second: the ink is there at once, the answer within the second, and the status line says so."""
    app = DrawingApp(frames=1)
    async with opened(app) as (pilot, terminal):
        assert "1 frame/s" in terminal.text()
        path = _path(2)
        for index, cell in enumerate(path[:12]):
            terminal.mouse("move" if index else "down", *cell)
            await pilot.pause()
        inked = [line[:42] for line in text(app).splitlines()]
        assert [line[:42].rstrip() for line in terminal.text().splitlines()] == [line.rstrip() for line in inked]
        terminal.mouse("up", *path[11])
        await comes(lambda: _same(app, terminal), terminal)


@pytest.mark.parametrize("mode", ["drawing", "training"])
async def test_a_slow_line_is_told_of_where_one_draws_and_watches(mode: str) -> None:
    """And no longer, once it is as it should be."""
    run = new_run("2026-01-31-142500-mnist-fast")
    with RunWriter(run) as writer:
        writer.append(started(20))
        app = DrawingApp()
        async with opened(app) as (_, terminal):
            await app.switch_mode(mode)
            await comes(lambda: ("Pen up" if mode == "drawing" else run.name) in terminal.text(), terminal)
            app.line_words = "slow line: 2 frames/s"
            await comes(lambda: "slow line: 2 frames/s" in terminal.text(), terminal)
            app.line_words = ""
            await comes(lambda: "slow line" not in terminal.text(), terminal)


async def test_the_app_learns_that_its_line_is_slow(clock: Clock) -> None:
    """Answers that come late behind what was sent."""
    app = DrawingApp()
    async with opened(app) as (_, terminal):
        assert app.line_words == ""
        terminal.answers = False
        app.action_repaint()
        await comes(lambda: app._painter.line.is_waited_for, terminal)
        clock.now += 0.5
        terminal.answers = True
        terminal.answer()
        await comes(lambda: app.line_words, terminal)
        assert app.line_words.startswith("slow line: ")
        await comes(lambda: "slow line: " in terminal.text(), terminal)


def test_frames_on_the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """The app is opened with what was asked for."""
    seen: list[int | None] = []

    def opened_with(frames: int | None) -> int:
        seen.append(frames)
        return 0

    monkeypatch.setattr(command, "_is_terminal", lambda stream: True)
    monkeypatch.setattr(command, "_open", opened_with)
    assert command.main(["--frames", "2"]) == 0
    assert command.main(["--frames=60"]) == 0
    assert command.main([]) == 0
    assert seen == [2, 60, None]


@pytest.mark.parametrize("given", ["0", "61", "two", "-1", "1.5", "²", ""])
def test_frames_that_are_none_are_refused(given: str, capsys: pytest.CaptureFixture[str]) -> None:
    """With what was given and what was expected, and without opening anything."""
    with pytest.raises(SystemExit) as left:
        command.main(["--frames", given])
    assert left.value.code == 2
    said = capsys.readouterr().err
    assert "--frames" in said and ("1 to 60" in said or "expected one argument" in said)


async def test_ink_is_drawn_in_two_levels_over_a_very_slow_line() -> None:
    """Its greys come back with the line."""

    def greys(terminal: CountedTerminal) -> set[str]:
        """The colours on the pad: those of ink are behind halves of cells."""
        return {terminal.screen.buffer[y][x].bg for y in range(2, 20) for x in range(2, 40)}

    app = DrawingApp()
    async with opened(app) as (pilot, terminal):
        terminal.type(" ")
        for key in ["\x1b[A"] * 6 + ["\x1b[C"] * 6:
            terminal.type(key)
            await pilot.pause()
        await quiet(terminal)
        assert len(greys(terminal)) > 2
        app._painter.line.rate = 960.0
        app._tell_of_line()
        await comes(lambda: len(greys(terminal)) == 1, terminal)
        await comes(lambda: _same(app, terminal), terminal)
        app._painter.line.rate = None
        app._tell_of_line()
        await comes(lambda: len(greys(terminal)) > 2, terminal)
        await comes(lambda: _same(app, terminal), terminal)


async def test_the_layers_cost_a_stroke_two_thousand_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """At 80×24: the feature maps follow the pen, and are whole at its end."""
    clock = Clock()
    monkeypatch.setattr("tui.widgets.inside.inside.time", clock)
    app = DrawingApp()
    async with opened(app) as (pilot, terminal):
        terminal.type("v")
        await quiet(terminal)

        async def stroke(digit: int) -> int:
            """The bytes of one, at sixty moves a second."""
            terminal.type("c")
            await quiet(terminal)
            before, path = terminal.sent, _path(digit)
            for index, cell in enumerate(path):
                terminal.mouse("move" if index else "down", *cell)
                clock.now += 1 / 60
                await pilot.pause()
            terminal.mouse("up", *path[-1])
            await quiet(terminal)
            assert _same(app, terminal)
            return terminal.sent - before

        for digit in (2, 7):
            asked = len(app.reader.questions)
            with monkeypatch.context() as still:
                still.setattr(Inside, "follow", lambda *_, **__: None)
                alone = await stroke(digit)
            assert len(app.reader.questions) == asked
            assert await stroke(digit) - alone < 2000
            assert len(app.reader.questions) > asked + 1  # before the end, too
