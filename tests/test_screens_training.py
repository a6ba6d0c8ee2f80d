"""The training screen on real run directories: what it shows of a run, and when."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import layout
import pytest
from layout import after
from run_story import (
    accuracy,
    ended_run,
    finished,
    interrupted_run,
    new_run,
    progress,
    started,
    story,
    write,
)
from textual.app import App
from textual.pilot import Pilot
from textual.reactive import reactive
from textual.screen import Screen

from core.config.configuration import TrainingConfig
from core.evaluation.significance import margin_of_error
from core.runs import events
from core.runs.run import Run
from core.runs.sudden_end import KILLED
from core.runs.writer import RunWriter
from tui.processes.reader import MakeReader, Reader
from tui.screens.training import TrainingScreen
from tui.state.owners import Owners
from tui.state.requests import DrawWith, OpenRun, ResumeRun
from tui.widgets.run.epochs import EpochTable

NAME = "2026-01-31-142500-mnist-fast"
SIZES = [(80, 24), (160, 50)]


class RunsApp(App[None]):
    """As much of the app as the training screen speaks to; it notes what it was asked."""

    DEFAULT_MODE = "training"

    line_words: reactive[str] = reactive("", init=False)

    def __init__(self, run: Run | None = None, make_reader: MakeReader = Reader) -> None:
        super().__init__()
        self.asked: list[tuple[str, Path]] = []
        self.displayed = 0
        self.owners = Owners.of(self)
        self.add_mode("training", partial(TrainingScreen, self.owners, make_reader))
        if run is not None:
            self.open_run(run)

    def on_resume_run(self, asked: ResumeRun) -> None:
        self.asked.append(("resume", asked.run.path))
        self.owners.runs.expect(asked.run)
        self.open_run(asked.run)

    def on_open_run(self, asked: OpenRun) -> None:
        self.open_run(asked.run)

    def open_run(self, run: Run) -> None:
        self.owners.runs.choose(run)

    def on_draw_with(self, asked: DrawWith) -> None:
        self.asked.append(("draw", asked.checkpoint))

    def _display(self, screen: Any, renderable: Any) -> None:
        """Count what would be sent to the terminal."""
        self.displayed += renderable is not None
        super()._display(screen, renderable)


@pytest.fixture(autouse=True)
def at_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The person stands in their home, so that paths on the screen are those that the test knows."""
    home.mkdir()
    monkeypatch.setenv("PWD", str(home))


def shown(app: App[Any]) -> str:
    """All characters on the screen, row by row."""
    strips = app.screen._compositor.render_strips(app.size)
    return "\n".join(strip.text for strip in strips)


async def until(pilot: Pilot[Any], condition: Callable[[], bool]) -> None:
    """Wait until something is so."""
    await pilot.pause(0.05)
    await layout.until(pilot, condition)


def keys(app: App[Any]) -> set[str]:
    """The keys that the footer offers."""
    return {key for key, each in app.screen.active_bindings.items() if each.binding.show and each.enabled}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("make", [lambda: ended_run(NAME), lambda: interrupted_run(NAME)])
async def test_nothing_is_clipped_or_needs_scrolling(make: Callable[[], Run], size: tuple[int, int]) -> None:
    """Every panel lies whole on the screen, from the smallest terminal on."""
    app = RunsApp(make())
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        for name in ("title", "curves", "loss", "accuracy", "epochs", "device", "notes"):
            region = app.screen.query_one(f"#{name}").region
            assert region.area > 0, name
            assert app.screen.region.contains_region(region), name
        assert app.screen.query_one("#loss").size.height >= (5 if size[1] == 24 else 15)
        assert app.screen.max_scroll_y == 0
        assert "213,866 parameters" in shown(app)


async def test_without_a_run_it_says_what_to_do() -> None:
    """A first look is met by words, not by empty plots."""
    app = RunsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "No run yet" in shown(app)
        assert "Press d, choose data and start" in shown(app)
        assert keys(app).isdisjoint({"s", "r", "w", "l", "o"})


async def test_without_a_choice_the_newest_run_is_shown() -> None:
    """Words instead of it would only be one more key to press."""
    ended_run("2025-01-31-142500-mnist-fast")
    ended_run(NAME)
    app = RunsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert NAME in shown(app)
        current = app.owners.runs.current
        assert current is not None and current.name == NAME


async def test_a_run_that_is_renamed_in_the_list_has_its_title_above_the_curves() -> None:
    """As soon as the list is closed."""
    run = ended_run(NAME)
    app = RunsApp(run)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: NAME in shown(app))
        await pilot.press("o")
        await until(pilot, lambda: "finished" in shown(app) and app.screen is not app.screen_stack[0])
        await pilot.press("r", *"my best", "enter")
        await until(pilot, lambda: "It is called my best now." in shown(app))
        await pilot.press("escape")
        await until(pilot, lambda: "my best" in shown(app) and NAME not in shown(app).splitlines()[1])


async def test_a_run_whose_folder_is_removed_says_so() -> None:
    """Its process was not killed."""
    run = new_run(NAME)
    app = RunsApp(run)
    with RunWriter(run) as writer:
        for event in story(6, 60):
            writer.append(event)
        async with app.run_test(size=(80, 24)) as pilot:
            await until(pilot, lambda: "● running" in shown(app))
            shutil.rmtree(run.path)
            await until(pilot, lambda: "the figures were read before" in shown(app))
            assert "killed" not in shown(app)
            assert keys(app).isdisjoint({"s", "r", "w"})


async def test_a_run_that_is_going_is_followed() -> None:
    """Figures, epochs and batches on the screen are those of the events, and follow their growth."""
    run = new_run(NAME)
    app = RunsApp(run)
    with RunWriter(run) as writer:
        for event in story(6, 60):
            writer.append(event)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            text = shown(app)
            assert "● running" in text
            assert "mnist, fast recipe   cpu, bfloat16, 2 threads, seed 7" in text
            assert "58,200 training, 1,800 validation images" in text
            assert "epoch 2 of 6" in text
            assert "batch 20 of 40" in text
            assert "20,480 images/s" in text
            assert "0.00512 learning rate" in text
            assert "18 s left" in text  # six seconds for 60 of 240 steps
            loss = sum(progress(60).losses) / 10
            assert f"{loss:.4f} loss" in text
            assert "75%, 61 °C" in text
            assert "1.2 of 8.0 GB" in text
            assert "bfloat16 is used: it was the faster one." in text
            assert f"{accuracy(1):.2%}" in text
            assert f"{accuracy(2):.2%}" not in text

            for event in list(story(6, 80))[-3:]:
                writer.append(event)
            await until(pilot, lambda: f"{accuracy(2):.2%}" in shown(app))
            assert "33%" in shown(app)


async def says_only_what_is_new(app: RunsApp, pilot: Pilot[Any], writer: RunWriter, step: int) -> None:
    """No byte goes to the terminal until the run has come to `step`."""
    screen, before = app.screen, -1
    assert isinstance(screen, TrainingScreen)
    while app.displayed != before:
        before = app.displayed
        await pilot.pause(0.5)
    app.displayed = 0
    for _ in range(10):
        screen._look(now=True)  # as the timer does
        await pilot.pause()
    assert app.displayed == 0
    writer.append(progress(step))
    screen._look(now=True)
    await pilot.pause()
    assert app.displayed > 0


async def test_nothing_is_sent_while_nothing_changes() -> None:
    """A run between two reports costs the line no byte."""
    run = new_run(NAME)
    app = RunsApp(run)
    with RunWriter(run) as writer:
        for event in story(6, 60):
            writer.append(event)
        async with app.run_test(size=(80, 24)) as pilot:
            await says_only_what_is_new(app, pilot, writer, 70)


async def test_out_of_sight_it_rests_and_catches_up_on_return() -> None:
    """Another screen in front is not disturbed; coming back shows what happened meanwhile at once."""
    run = new_run(NAME)
    app = RunsApp(run)
    with RunWriter(run) as writer:
        for event in story(6, 60):
            writer.append(event)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            training = app.screen
            assert isinstance(training, TrainingScreen)
            app.push_screen(Screen())
            await pilot.pause()
            for event in list(story(6, 80))[-3:]:
                writer.append(event)
            await pilot.pause(0.5)
            assert training._followed is not None and training._followed.history.step == 60
            app.pop_screen()
            await pilot.pause()
            assert "epoch 2 of 6" in shown(app)
            assert f"{accuracy(2):.2%}" in shown(app)


async def test_stop_asks_the_run_and_says_so_until_it_has_stopped() -> None:
    """The request is written; the wording goes from running to stopping to stopped, with the way back."""
    run = new_run(NAME)
    app = RunsApp(run)
    async with app.run_test(size=(80, 24)) as pilot:
        with RunWriter(run) as writer:
            for event in story(6, 60):
                writer.append(event)
            run.state.touch()
            run.model.touch()
            app.open_run(run)
            await until(pilot, lambda: "● running" in shown(app))
            assert "s" in keys(app)
            assert "r" not in keys(app)
            await pilot.press("s")
            assert run.stop_requested()
            await until(pilot, lambda: "stopping …" in shown(app))
            assert "s" not in keys(app)
            writer.append(events.Stopped(2, 60, 6.0, "model.npz", time=0.0))
        await until(pilot, lambda: "■ stopped" in shown(app))
        await until(pilot, lambda: "r resumes it" in shown(app))
        assert "60 of 240 batches done in 6 s; a checkpoint is kept" in shown(app)
        assert "r" in keys(app)
        await pilot.press("r")
        assert app.asked == [("resume", run.path)]
        await until(pilot, lambda: "starting …" in shown(app))
        with RunWriter(run) as writer:
            writer.append(dataclasses.replace(started(6), step=60, seconds=6.0))
            writer.append(progress(70))
            await until(pilot, lambda: "● running" in shown(app))
            assert "batch 30 of 40" in shown(app)


async def test_a_run_that_is_starting_says_what_it_does_and_can_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """For how long, and what; a stop is offered before and after its process writes."""
    run = new_run(NAME)
    app = RunsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.owners.runs.expect(run)
        app.open_run(run)
        await until(pilot, lambda: "starting …" in shown(app))
        assert "Starting for " in shown(app) and " s: loading Python" in shown(app)
        assert "s" in keys(app)
        now = time.time()
        with RunWriter(run, is_launched=True) as writer:
            writer.append(events.Starting("loading PyTorch"))
            await until(pilot, lambda: ": loading PyTorch" in shown(app))
            monkeypatch.setattr(time, "time", lambda: now + 75)
            await until(pilot, lambda: "Starting for 1 min 15 s: loading PyTorch" in shown(app))
            writer.append(events.Loading(300, 5_000))
            await until(pilot, lambda: "reading image 300 of 5,000" in shown(app))
            assert "s" in keys(app)
            await pilot.press("s")
            assert run.stop_requested()
            await until(pilot, lambda: "stopping …" in shown(app))
            assert "Stopping after 1 min 15 s: reading image 300 of 5,000" in shown(app)
            assert "s" not in keys(app)
            writer.append(events.Stopped(0, 0, 0.0, ""))
        await until(pilot, lambda: "nothing was trained" in shown(app))
        assert "■ stopped" in shown(app)
        assert "a checkpoint is kept" not in shown(app)
        await until(pilot, lambda: "r" in keys(app))


async def test_a_resumed_run_that_is_starting_can_be_stopped() -> None:
    """Though it has an end from before; the request is not taken for that one's."""
    run = write(new_run(NAME), story(6, 60), [events.Stopped(2, 60, 6.0, "model.npz", time=0.0)])
    run.state.touch()
    app = RunsApp(run)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "■ stopped" in shown(app))
        await pilot.press("r")
        await until(pilot, lambda: "starting …" in shown(app))
        assert "Starting for " in shown(app)
        await pilot.press("s")
        assert run.stop_requested()
        await until(pilot, lambda: "stopping …" in shown(app))
        with RunWriter(run, is_launched=True) as writer:
            writer.append(events.Starting("loading PyTorch"))
            await until(pilot, lambda: "stopping …" in shown(app) and "loading PyTorch" in shown(app))
            writer.append(events.Stopped(2, 60, 6.0, "model.npz", time=0.0))
        await until(pilot, lambda: "■ stopped" in shown(app) and "r" in keys(app))


async def test_a_killed_run_that_is_resumed_says_what_it_does() -> None:
    """It has no end, but does not train yet."""
    run = interrupted_run(NAME)
    app = RunsApp(run)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "■ stopped" in shown(app))
        await pilot.press("r")
        await until(pilot, lambda: "Starting for " in shown(app) and " s: loading Python" in shown(app))
        with RunWriter(run, is_launched=True) as writer:
            writer.append(events.Starting("choosing how to compute"))
            await until(pilot, lambda: ": choosing how to compute" in shown(app))
            assert "starting …" in shown(app)
            writer.append(dataclasses.replace(started(6), step=100, seconds=10.0))
            writer.append(progress(110))
            await until(pilot, lambda: "● running" in shown(app) and "batch 30 of 40" in shown(app))


@pytest.mark.parametrize("size", SIZES)
async def test_results_stay_and_look_the_same_when_opened_again(size: tuple[int, int]) -> None:
    """Test and validation figures are named, with the images, the margin, the time and the weights."""
    run = new_run(NAME)
    app = RunsApp(run)
    async with app.run_test(size=size) as pilot:
        with RunWriter(run) as writer:
            for event in story(6):
                writer.append(event)
            run.model.touch()
            app.open_run(run)
            await until(pilot, lambda: "● running" in shown(app))
            writer.append(finished(6))
        await until(pilot, lambda: "✔ finished" in shown(app))
        await pilot.pause(0.3)
        text = shown(app)
    margin = 100 * margin_of_error(0.9923, 10_000)
    assert f"99.23% ± {margin:.2f}  on 10,000 images, MNIST's test set" in text
    assert "Test accuracy" in text
    assert f"Best validation  {accuracy(4):.2%}  in epoch 4; last {accuracy(6):.2%}" in text
    assert "trained in 1 min 12 s" in text
    assert f"checkpoints/{NAME}/model.npz" in text
    assert "digits-tui evaluate --checkpoint" in text
    assert "w draws with it" in text
    assert "d starts a new run" in text

    again = RunsApp(run)
    async with again.run_test(size=size) as pilot:
        await pilot.pause()
        assert shown(again) == text


async def test_older_epochs_can_be_read_while_newer_ones_come() -> None:
    """The newest is in sight until somebody scrolls back, and again after the end key."""
    run = new_run(NAME)
    app = RunsApp(run)
    with RunWriter(run) as writer:
        for event in story(20, 400):
            writer.append(event)
        async with app.run_test(size=(80, 24)) as pilot:
            table = app.screen.query_one(EpochTable)
            await until(pilot, lambda: table.render_line(4).text.split()[0] == "10")
            await pilot.press("home")
            await until(pilot, lambda: table.render_line(1).text.split()[0] == "1")
            for event in list(story(20, 440))[-5:]:
                writer.append(event)
            await until(pilot, lambda: "epoch 11 of 20" in shown(app))
            assert table.render_line(1).text.split()[0] == "1"
            await pilot.press("end")
            await until(pilot, lambda: table.render_line(4).text.split()[0] == "11")


async def test_the_margin_agrees_with_the_binomial_distribution() -> None:
    """About twice the standard deviation of a mean of so many right or wrong answers; never nothing."""
    assert margin_of_error(0.99, 10_000) == pytest.approx(1.96 * (0.99 * 0.01 / 10_000) ** 0.5, rel=0.02)
    assert 0 < margin_of_error(1.0, 200) < 0.02


async def test_a_killed_run_says_so_and_offers_to_go_on() -> None:
    """No event tells of a kill; the lock does."""
    app = RunsApp(interrupted_run(NAME))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "■ stopped" in shown(app)
        said = " ".join(shown(app).split())
        assert "100 of 240 batches done in" in said
        assert f"; {KILLED}" in said and "switched off" not in said
        assert {"r", "w", "o"} <= keys(app)
        await pilot.press("w")
        current = app.owners.runs.current
        assert current is not None and app.asked == [("draw", current.model)]


async def test_an_ending_that_cannot_be_read_says_why() -> None:
    """As that of a later version; the run can be resumed, and its epochs are shown."""
    run = interrupted_run(NAME)
    (run.path / "summary.json").write_text('{"status": "paused"}')
    app = RunsApp(run)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert "? unknown" in shown(app)
        assert "how it ended cannot be read: its status is 'paused', which this version does not know" in shown(app)
        assert "100 of 240 batches done" in " ".join(shown(app).split())
        assert {"r", "w", "o"} <= keys(app)


async def test_figures_are_taken_from_whichever_file_has_them() -> None:
    """The last line of the events is damaged, the summary is not; a note names the damage, once."""
    run = ended_run(NAME)
    lines = run.events.read_bytes().splitlines()
    run.events.write_bytes(b"\n".join([*lines[:-1], lines[-1].replace(b"0.9923", b'"0.9923"'), b""]))
    app = RunsApp(run)
    async with app.run_test(size=(160, 50)) as pilot:
        await pilot.pause()
        assert "✔ finished" in shown(app) and "99.23% ± " in shown(app)
        assert shown(app).count("of events.jsonl cannot be read: test_accuracy of a 'finished' event") == 1


async def test_a_finished_run_without_its_figures_is_no_killed_one() -> None:
    """Both files are damaged; what is known is shown."""
    run = ended_run(NAME)
    run.events.write_bytes(b"\n".join([*run.events.read_bytes().splitlines()[:-1], b""]))
    (run.path / "summary.json").write_text('{"status": "finished", "test_accuracy": 5}')
    app = RunsApp(run)
    async with app.run_test(size=(160, 50)) as pilot:
        await pilot.pause()
        assert "✔ finished" in shown(app) and "was killed" not in shown(app)
        assert "its figures cannot be read: test_accuracy of a 'finished' event is 5; it must be" in shown(app)


async def test_a_failed_run_tells_why_and_shows_its_log() -> None:
    """The error in words, where the log is, and the log itself by a key."""
    run = write(new_run(NAME), story(6, 60), [events.Failed("the disk is full", time=0.0)])
    run.log.write_text("Traceback: no space left on [device]\n")
    app = RunsApp(run)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "✘ failed" in shown(app)
        assert "the disk is full" in shown(app)
        assert f"checkpoints/{NAME}/log.txt" in shown(app)
        await pilot.press("l")
        await until(pilot, lambda: "no space left on [device]" in shown(app))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, TrainingScreen))


async def test_a_run_of_an_hour_is_read_beside_the_interface() -> None:
    """A large file of events is read by a thread, and shown when it is read."""
    run = new_run(NAME, TrainingConfig(epochs=400))
    lines = [json.dumps(event.to_json()) for event in story(400)]
    with RunWriter(run):
        run.events.write_text("\n".join(lines) + "\n")
        assert run.events.stat().st_size > 256 * 1024
        app = RunsApp(run)
        async with app.run_test(size=(80, 24)) as pilot:
            await until(pilot, lambda: "epoch 400 of 400" in shown(app))
            await until(pilot, lambda: f"{accuracy(400):.2%}" in shown(app))


@contextmanager
def going() -> Iterator[Run]:
    """A run that this process pretends to train."""
    run = new_run(NAME)
    with RunWriter(run) as writer:
        for event in story(6, 100):
            writer.append(event)
        run.model.touch()
        yield run


def test_a_run_in_progress_looks_right(snap_compare: Callable[..., bool]) -> None:
    """At 80×24."""
    with going() as run:
        assert snap_compare(RunsApp(run), terminal_size=(80, 24), run_before=after())


def test_a_run_in_progress_looks_right_on_a_large_terminal(snap_compare: Callable[..., bool]) -> None:
    """At 160×50."""
    with going() as run:
        assert snap_compare(RunsApp(run), terminal_size=(160, 50), run_before=after())


def test_results_look_right(snap_compare: Callable[..., bool]) -> None:
    """At 80×24."""
    assert snap_compare(RunsApp(ended_run(NAME)), terminal_size=(80, 24), run_before=after())


def test_results_look_right_on_a_large_terminal(snap_compare: Callable[..., bool]) -> None:
    """At 160×50."""
    assert snap_compare(RunsApp(ended_run(NAME)), terminal_size=(160, 50), run_before=after())


async def test_what_is_going_on_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """That validation does not improve, and that the machine is busy; not of a run that has ended."""
    monkeypatch.setattr(os, "getloadavg", lambda: (64.0, 60.0, 50.0))
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    run = new_run(NAME)
    with RunWriter(run) as writer:
        for event in story(12, 320):
            writer.append(event)
        app = RunsApp(run)
        async with app.run_test(size=(160, 50)) as pilot:
            await until(pilot, lambda: "● running" in shown(app))
            assert "! Validation has not improved for 4 epochs." in shown(app)
            assert "! The machine is busy (load 64 on 2 cores): the run waits for the processor." in shown(app)
            writer.append(finished(12))
            writer.__exit__(None, None, None)
            await until(pilot, lambda: "✔ finished" in shown(app))
            assert "not improved" not in shown(app) and "busy" not in shown(app)
