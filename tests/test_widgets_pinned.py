"""The pinned drawing on the training screen: it is read by each new checkpoint, and by no process too many."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import fold_story
import numpy as np
import pytest
from layout import clipped, scrollbars, settled
from numpy.typing import NDArray
from run_story import new_run, story
from test_screens_training import RunsApp, keys, shown, until
from textual.app import App
from textual.pilot import Pilot
from textual.screen import Screen

from core import paths
from core.drawing.ink import Stroke
from core.reading.protocol import ReadAnswer
from core.reading.reading import Reading
from core.runs import events
from core.runs.run import Run
from core.runs.writer import RunWriter
from tui.processes.reader import MakeReader, Reader, ReaderState
from tui.widgets.run.device import DevicePanel
from tui.widgets.run.pinned import PinnedBars
from tui.widgets.shared.probabilities import Probabilities
from tui.widgets.shared.thumbnail import Thumbnail

NAME = "2026-01-31-142500-mnist-fast"
SIZES = [(80, 24), (120, 30), (160, 50)]
SEVEN = np.zeros((40, 40), np.uint8)
SEVEN[8:11, 10:30] = 255
for _row in range(8, 34):
    SEVEN[_row, 29 - (_row - 8) // 2 : 32 - (_row - 8) // 2] = 255


class FakeReader:
    """Answers at once with a digit that each new weights raise by one; counts how many of it are alive."""

    alive: ClassVar[list[FakeReader]] = []
    most: ClassVar[int] = 0
    made: ClassVar[int] = 0
    asked: ClassVar[list[NDArray[np.uint8]]] = []

    def __init__(self, on_answer: Callable[[ReadAnswer], None], on_state: Callable[[ReaderState], None]) -> None:
        self._on_answer, self._on_state = on_answer, on_state
        self._checkpoint = paths.shipped_checkpoint()

    def start(self) -> None:
        FakeReader.alive.append(self)
        FakeReader.made += 1
        FakeReader.most = max(FakeReader.most, len(FakeReader.alive))
        self._on_state(ReaderState("loading", "loading the network …"))

    def load(self, checkpoint: Path | None) -> None:
        self._checkpoint = checkpoint or paths.shipped_checkpoint()
        self._on_state(ReaderState("ready", "", str(self._checkpoint), "a network"))

    def ask(self, bitmap: NDArray[np.uint8], strokes: Sequence[Stroke] | None = None) -> int:
        FakeReader.asked.append(bitmap)
        digit = (len(FakeReader.asked) - 1) % 10
        values = tuple(0.91 if each == digit else 0.01 for each in range(10))
        seen = np.zeros((28, 28), np.uint8)
        seen[4:24, 10:18] = 255
        asked = len(FakeReader.asked)
        self._on_answer(ReadAnswer(Reading(digit, values, seen, str(self._checkpoint), 1.0), asked))
        return asked

    def forget(self) -> None:
        raise AssertionError("a pinned drawing is never taken back from its reader")

    async def close(self) -> None:
        FakeReader.alive.remove(self)


class PinnedApp(RunsApp):
    """The training screen with readers that are none."""

    def __init__(self, run: Run | None = None, make_reader: MakeReader = FakeReader) -> None:
        super().__init__(run, make_reader)


@pytest.fixture(autouse=True)
def no_readers() -> Iterator[None]:
    """None before a test, and none may be left after it."""
    FakeReader.alive, FakeReader.asked, FakeReader.most, FakeReader.made = [], [], 0, 0
    yield
    assert FakeReader.alive == []
    assert FakeReader.most <= 1


@pytest.fixture(autouse=True)
def watched(monkeypatch: pytest.MonkeyPatch) -> list[Run]:
    """The runs that were told that somebody watches."""
    told: list[Run] = []
    monkeypatch.setattr(Run, "watch", lambda run: told.append(run))
    return told


@contextmanager
def going() -> Iterator[tuple[Run, RunWriter]]:
    """A run that this process pretends to train; it has no weights yet."""
    run = new_run(NAME)
    with RunWriter(run) as writer:
        for event in story(6, 100):
            writer.append(event)
        yield run, writer


def save(run: Run, number: int) -> None:
    """Write the weights anew."""
    run.model.touch()
    os.utime(run.model, ns=(number * 10**9, number * 10**9))


def title(app: App[Any]) -> str:
    """What stands above the bars."""
    return str(app.screen.query_one(PinnedBars).border_title)


def titled(app: App[Any], words: str) -> Callable[[], bool]:
    """The condition that this stands above the bars."""
    return lambda: title(app) == words


async def test_each_new_checkpoint_reads_the_drawing_again(watched: list[Run]) -> None:
    """The bars follow, the run is told that somebody watches, and the last reading stays when it ends."""
    with going() as (run, writer):
        app = PinnedApp(run)
        async with app.run_test(size=(80, 24)) as pilot:
            await until(pilot, lambda: "● running" in shown(app))
            assert "Pinned" not in shown(app)
            app.owners.pinned.pin(SEVEN)
            await until(pilot, lambda: "Pinned: waiting for weights" in shown(app))
            await until(pilot, lambda: watched == [run])
            assert FakeReader.made == 0
            for number in range(3):
                save(run, number + 1)
                await until(pilot, titled(app, f"Pinned: read as {number}"))
                assert shown(app).count("91.0%") == 1
            assert FakeReader.made == 1
            assert all(np.array_equal(each, SEVEN) for each in FakeReader.asked)
            await pilot.pause(0.7)
            assert len(FakeReader.asked) == 3

            save(run, 9)
            writer.append(events.Stopped(3, 100, 10.0, "model.npz", time=0.0))
            writer.__exit__(None, None, None)
            await until(pilot, lambda: "■ stopped" in shown(app))
            await until(pilot, lambda: title(app) == "Pinned: read as 3")
            await until(pilot, lambda: FakeReader.alive == [])
            assert "91.0%" in shown(app)
            assert len(FakeReader.asked) == 4


async def test_no_reader_without_need(watched: list[Run]) -> None:
    """None while nothing is pinned, while nobody sees it, or for a run of the past; one again afterwards."""
    with going() as (run, _):
        save(run, 1)
        app = PinnedApp(run)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause(0.8)
            assert FakeReader.made == 0 and watched == []
            app.owners.pinned.pin(SEVEN)
            await until(pilot, lambda: title(app) == "Pinned: read as 0")
            app.push_screen(Screen())
            await until(pilot, lambda: FakeReader.alive == [])
            app.pop_screen()
            await until(pilot, lambda: title(app) == "Pinned: read as 1")
            await pilot.press("b")
            await until(pilot, lambda: FakeReader.alive == [])
            assert "Nonesuch 9000" in shown(app)
            await pilot.press("b")
            await until(pilot, lambda: title(app) == "Pinned: read as 2" and len(FakeReader.alive) == 1)
            app.owners.pinned.unpin()
            await until(pilot, lambda: FakeReader.alive == [])
            assert "Pinned" not in shown(app) and "Nonesuch 9000" in shown(app)
            assert "b" not in keys(app)
            made = FakeReader.made
    app = PinnedApp(run)
    app.owners.pinned.pin(SEVEN)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "■ stopped" in shown(app))
        await pilot.pause(0.8)
        assert FakeReader.made == made
        assert "Pinned" not in shown(app)


async def test_another_drawing_and_another_run_begin_anew() -> None:
    """What stands there is never of another drawing."""
    with going() as (run, _):
        save(run, 1)
        app = PinnedApp(run)
        app.owners.pinned.pin(SEVEN)
        async with app.run_test(size=(80, 24)) as pilot:
            await until(pilot, lambda: title(app) == "Pinned: read as 0")
            run.model.unlink()  # so that nothing can be read before somebody has looked
            app.owners.pinned.pin(SEVEN.T.copy())
            await until(pilot, lambda: title(app) == "Pinned: waiting for weights")
            save(run, 1)
            await until(pilot, lambda: title(app) == "Pinned: read as 1")
            assert np.array_equal(FakeReader.asked[-1], SEVEN.T)
            other = new_run("2026-01-31-150000-mnist-fast")
            with RunWriter(other) as writer:
                for event in story(6, 20):
                    writer.append(event)
                app.open_run(other)
                await until(pilot, lambda: title(app) == "Pinned: waiting for weights")
                save(other, 5)
                await until(pilot, lambda: title(app) == "Pinned: read as 2")


async def test_the_shipped_networks_answer_is_none_of_the_runs() -> None:
    """Where the weights cannot be read the reader has others, whose answer would say nothing of this run."""

    class Unable(FakeReader):
        def load(self, checkpoint: Path | None) -> None:
            self._on_state(ReaderState("failed", "the checkpoint is damaged"))

    with going() as (run, _):
        save(run, 1)
        app = PinnedApp(run, Unable)
        app.owners.pinned.pin(SEVEN)
        async with app.run_test(size=(160, 50)) as pilot:
            await until(pilot, lambda: "Pinned: the checkpoint is damaged" in shown(app))
            await pilot.pause(0.2)
            assert app.screen.query_one(Probabilities).values == (0.0,) * 10


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("crossed", [False, True])
async def test_it_fits_beside_the_rest(size: tuple[int, int], crossed: bool) -> None:
    """In the device's place where there is little room; with the drawing where there is more."""
    run = new_run(NAME)
    told = list(fold_story.story(500)) if crossed else list(story(6, 100))
    with RunWriter(run) as writer:
        for event in told:
            writer.append(event)
        save(run, 1)
        app = PinnedApp(run)
        app.owners.pinned.pin(SEVEN)
        async with app.run_test(size=size) as pilot:
            await until(pilot, lambda: title(app) == "Pinned: read as 0")
            await pilot.pause()
            assert clipped(app) == []
            assert not scrollbars(app)
            for digit in range(10):
                assert f"{digit} " in shown(app)
            assert shown(app).count("1.0%") >= 9
            assert app.screen.query_one(DevicePanel).display == (size == (160, 50))
            assert (app.screen.query_one(Thumbnail).region.area > 0) == (size == (160, 50))


async def test_an_unchanged_reading_sends_nothing() -> None:
    """New weights that read the same cost the line no byte."""

    class Steady(FakeReader):
        def ask(self, bitmap: NDArray[np.uint8], strokes: Sequence[Stroke] | None = None) -> int:
            FakeReader.asked.clear()
            return super().ask(bitmap, strokes)

    with going() as (run, _):
        save(run, 1)
        app = PinnedApp(run, Steady)
        app.owners.pinned.pin(SEVEN)
        async with app.run_test(size=(80, 24)) as pilot:
            await until(pilot, lambda: title(app) == "Pinned: read as 0")
            before = -1
            while app.displayed != before:
                before = app.displayed
                await pilot.pause(0.5)
            FakeReader.asked.clear()
            save(run, 2)
            await until(pilot, lambda: len(FakeReader.asked) == 1)
            await pilot.pause()
            assert app.displayed == before


@pytest.mark.usefixtures("children_end")
async def test_a_real_reader_reads_it_by_the_runs_weights() -> None:
    """The shipped weights, lying where a run writes its own, read a drawn seven."""
    with going() as (run, _):
        run.model.write_bytes(paths.shipped_checkpoint().read_bytes())
        app = PinnedApp(run, Reader)
        app.owners.pinned.pin(SEVEN)
        async with app.run_test(size=(80, 24)) as pilot:
            await until(pilot, titled(app, "Pinned: read as 7"))
            assert app.screen.query_one(Probabilities).values[7] > 0.5


async def when_read(pilot: Pilot[Any]) -> None:
    """For a picture: wait until there is something to see."""
    await until(pilot, lambda: title(pilot.app) == "Pinned: read as 0")
    await settled(pilot)


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
def test_a_pinned_drawing_looks_right(snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    """At 80×24 and 160×50."""
    run = new_run(NAME)
    with RunWriter(run) as writer:
        for event in fold_story.story(300):
            writer.append(dataclasses.replace(event, time=0.0))
        save(run, 1)
        app = PinnedApp(run)
        app.owners.pinned.pin(SEVEN)
        assert snap_compare(app, terminal_size=size, run_before=when_read)
