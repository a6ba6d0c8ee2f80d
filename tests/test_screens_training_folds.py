"""The training screen on cross-validations and fine-tunings: folds, before and after, mistakes."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fold_story import CONFUSION, COUNT, EPOCHS, RIGHT, config, crossed_run, finished, fold_ended, started, story
from layout import after, clipped, scrollbars
from run_story import STEPS, ended_run, new_run, progress, write
from test_screens_training import RunsApp, keys, says_only_what_is_new, shown, until

from core.evaluation.confusion import in_words, mistakes
from core.runs import events
from core.runs.run import Run
from core.runs.writer import RunWriter
from tui.app import DigitsApp
from tui.processes.run_list import RunList
from tui.processes.run_stage import RunStage
from tui.screens.mistakes import MistakesScreen
from tui.screens.training import TrainingScreen
from tui.widgets.mistakes.matrix import Matrix
from tui.widgets.run import axis
from tui.widgets.run.confusion import Confusion, confusion_of
from tui.widgets.run.epochs import EpochTable
from tui.widgets.run.folds import FoldTable
from tui.widgets.run.run_panel import RunPanel

pytestmark = pytest.mark.usefixtures("children_end")

NAME = "2026-01-31-142500-mydata-fine-tune"
SIZES = [(80, 24), (120, 30), (160, 50)]
A_PART = EPOCHS * STEPS


@pytest.fixture(autouse=True)
def at_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The person stands in their home, so that paths on the screen are those that the test knows."""
    home.mkdir()
    monkeypatch.setenv("PWD", str(home))


@contextmanager
def going(until_step: int) -> Iterator[tuple[Run, RunWriter]]:
    """A run of six trainings that this process pretends to do, and what writes it."""
    run = new_run(NAME, config())
    with RunWriter(run) as writer:
        for event in story(until_step):
            writer.append(event)
        run.model.touch()
        yield run, writer


def test_the_parts_of_a_run_are_its_epochs_without_gaps() -> None:
    """Each begins where the one before ended, and all agree with the events' own reckoning."""
    for folds, epochs in ((5, 24), (10, 88), (3, 4), (2, 7), (0, 5)):
        begun = dataclasses.replace(started(), folds=folds, epochs=epochs)
        parts = RunStage.all(begun)
        assert [part.fold for part in parts] == list(range(folds + 1))
        numbers = [epoch for part in parts for epoch in range(part.first, part.first + part.epochs)]
        assert numbers == list(range(1, epochs + 1))
        for part in parts:
            assert {begun.fold_of(each) for each in range(part.first, part.first + part.epochs)} == {part.fold}


@pytest.mark.parametrize("size", SIZES)
async def test_progress_names_the_training_that_is_going_on(size: tuple[int, int]) -> None:
    """All images first, then fold by fold, each with epochs of its own; what it comes to is shown as it is known."""
    with going(30) as (run, writer):
        app = RunsApp(run)
        async with app.run_test(size=size) as pilot:
            await until(pilot, lambda: "all images, epoch 1 of 4" in shown(app))
            assert "batch 30 of 40" in shown(app)
            assert "250 images in 5 folds, fine-tuned" in shown(app) or "from 2026-01-30-090000" in shown(app)
            assert "no results yet" in shown(app)
            assert "→" not in shown(app)

            told = list(story(A_PART))
            for event in told[told.index(next(e for e in told if isinstance(e, events.Progress) and e.step == 40)) :]:
                writer.append(event)
            await until(pilot, lambda: "MNIST 99.71% → 99.66%" in shown(app))
            assert "epoch 4 of 4" in shown(app)

            rest = list(story(2 * A_PART + STEPS))
            for event in rest[len(told) :]:
                writer.append(event)
            await until(pilot, lambda: "fold 2 of 5, epoch 1 of 4" in shown(app))
            text = shown(app)
            assert "1 fold 92.00% → 98.00%" in text
            assert "MNIST 99.71% → 99.66%" in text
            row = next(line for line in text.splitlines() if "8.1" in line and "98.00%" in line)
            assert "1 50 92.00% 98.00% 8.1" in " ".join(row.split())
            assert clipped(app) == []
            assert not scrollbars(app)


async def test_between_the_epochs_of_all_images_nothing_is_validated() -> None:
    """And after the last of them MNIST is measured, which takes a while."""
    with going(2 * STEPS) as (run, writer):
        app = RunsApp(run)
        async with app.run_test(size=(80, 24)) as pilot:
            await until(pilot, lambda: "batch 40 of 40" in shown(app))
            assert "validating" not in shown(app) and "measuring" not in shown(app)
            for step in range(2 * STEPS + 10, A_PART + 1, 10):
                writer.append(progress(step))
            await until(pilot, lambda: "all images, epoch 4 of 4" in shown(app) and "measuring" in shown(app))
            for event in list(story(A_PART))[-1:]:
                assert isinstance(event, events.Measured)
                writer.append(event)
            await until(pilot, lambda: "MNIST 99.71%" in shown(app) and "measuring" not in shown(app))


@pytest.mark.parametrize("size", SIZES)
async def test_where_there_is_room_for_one_table_it_is_that_of_the_folds(size: tuple[int, int]) -> None:
    """It has the focus; the largest terminals show the epochs beside it. Other runs have no folds."""
    app = RunsApp(write(new_run(NAME, config()), story(700)))
    async with app.run_test(size=size) as pilot:
        folds, epochs = app.screen.query_one(FoldTable), app.screen.query_one(EpochTable)
        await until(pilot, lambda: folds.display)
        assert epochs.display == (size == (160, 50))
        await until(pilot, lambda: app.focused is folds)
        app.open_run(ended_run("2026-01-31-150000-mnist-fast"))
        await until(pilot, lambda: epochs.display and not folds.display)
        await until(pilot, lambda: app.focused is epochs)


@pytest.mark.parametrize("size", SIZES)
async def test_the_result_says_what_it_came_to(size: tuple[int, int]) -> None:
    """Over all images and over the folds, before and after, on MNIST, with what can be done next."""
    app = RunsApp(crossed_run(NAME))
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: "✔ finished" in shown(app))
        text = shown(app)
        assert "Accuracy         96.80% ± 2.28  of 250 images, each new to its network" in text
        assert "Folds            96.80% ± 1.34  mean and spread of 5 folds; 1 min 36 s total" in text
        assert "Before → after   92.00% → 96.80%  +4.80 points on these images" in text
        assert "MNIST            99.71% → 99.66%  −0.05 points on its 10,000 test images" in text
        assert "m shows its mistakes  w draws with it" in text
        for fold, right in enumerate(RIGHT, 1):
            row = f"{fold} {COUNT} 92.00% {right / COUNT:.2%} {8 + fold / 10}"
            assert any(row in " ".join(line.split()) for line in text.splitlines()), row
        assert clipped(app) == []
        assert not scrollbars(app)
        assert {"m", "w", "o"} <= keys(app)


async def test_without_fine_tuning_there_is_no_before() -> None:
    """Neither in the table nor in the result."""
    app = RunsApp(crossed_run(NAME, fine_tune=False))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "✔ finished" in shown(app))
        text = shown(app)
        assert "96.80% ± 2.28" in text
        assert "Before →" not in text and "MNIST  " not in text
        assert "–" in next(line for line in text.splitlines() if line.split()[:2] == ["5", "50"])


async def test_m_shows_which_digit_was_read_as_which() -> None:
    """Readable without colour: dots for nothing, brackets around mistakes; in words, the most frequent first."""
    app = RunsApp(crossed_run(NAME))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "m" in keys(app))
        await pilot.press("m")
        await until(pilot, lambda: isinstance(app.screen, MistakesScreen) and "Most often" in shown(app))
        assert clipped(app) == []
        text, place = shown(app), app.screen.query_one(Matrix).region
        rows = [line[place.x : place.right] for line in text.splitlines()[place.y : place.bottom]]
        for digit, counts in enumerate(CONFUSION):
            expected = [
                "·" if not count else str(count) if read == digit else f"[{count}]" for read, count in enumerate(counts)
            ]
            assert rows[1 + digit].split()[:-2] == [str(digit), *expected]
        assert "8 mistakes in 250 images: " in text
        assert "4 as 9 (3), 3 as 5 (2), 7 as 1 (2)" in text
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, TrainingScreen))


async def test_a_large_terminal_shows_the_mistakes_in_place() -> None:
    """Once there are any to show; another run takes them away."""
    with going(700) as (run, writer):
        app = RunsApp(run)
        async with app.run_test(size=(160, 50)) as pilot:
            await until(pilot, lambda: "fold 4 of 5" in shown(app))
            assert not app.screen.query_one(Confusion).display
            for event in [*list(story())[-20:], fold_ended(5), finished()]:
                writer.append(event)
            await until(pilot, lambda: app.screen.query_one(Confusion).display)
            await until(pilot, lambda: "[3]" in shown(app) and "Most often: 4 as 9 (3)" in shown(app))
            app.open_run(write(new_run(NAME + "-other"), story(100)))
            await until(pilot, lambda: not app.screen.query_one(Confusion).display)


def test_mistakes_are_counted_and_said_in_order() -> None:
    """By an independent count; a table without any says so."""
    assert sum(count for count, _, _ in mistakes(CONFUSION)) == len(RIGHT) * COUNT - sum(RIGHT) == 8
    assert mistakes(CONFUSION)[0] == (3, 4, 9)
    right = tuple(tuple(12_345 if row == column else 0 for column in range(10)) for row in range(10))
    assert in_words(right) == "Every image was read correctly."


def test_a_file_that_holds_no_table_of_ten_by_ten_shows_none() -> None:
    """Somebody may have edited it."""
    for damaged in ((), ((1, 2), (3, 4)), CONFUSION[:9], (*CONFUSION[:9], (1,))):
        assert confusion_of(dataclasses.replace(finished(), confusion=damaged)) == ()
    assert confusion_of(finished()) == CONFUSION
    assert confusion_of(None) == ()


def test_the_axis_of_folds_names_as_many_as_there_is_room_for() -> None:
    """Each in the middle of its part, never two in each other's way."""
    ends = [float(8 * each) for each in range(1, 12)]
    names = ["all", *map(str, range(1, 11))]
    wide = axis.named(0.0, 88.0, ends, names, 80)
    assert wide.labels == tuple(names)
    assert wide.ticks[:2] == (4.0, 12.0)
    narrow = axis.named(0.0, 88.0, ends, names, 24)
    assert narrow.labels == ("all", "2", "4", "6", "8", "10")
    window = axis.named(12.0, 20.0, ends, names, 24)
    assert window.labels == ("1", "2")
    assert window.ticks == (14.0, 18.0)


async def test_large_figures_fit_too() -> None:
    """Ten thousand images of a class, and mistakes by the thousand, at 80×24."""
    large = tuple(tuple(9_000 if row == column else 1_111 for column in range(10)) for row in range(10))
    run = write(new_run(NAME, config()), story(), [dataclasses.replace(finished(), confusion=large)])
    app = RunsApp(run)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "m" in keys(app))
        await pilot.press("m")
        await until(pilot, lambda: "[1111]" in shown(app))
        assert clipped(app) == []
        assert shown(app).count("[1111]") == 90


async def test_a_stopped_cross_validation_is_shown_with_what_it_had() -> None:
    """Its folds stay, and it can go on."""
    run = write(new_run(NAME, config()), story(500), [events.Stopped(13, 500, 50.0, "model.npz", time=0.0)])
    run.state.touch()
    run.model.touch()
    app = RunsApp(run)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "■ stopped" in shown(app))
        text = shown(app)
        assert "500 of 960 batches done" in text
        assert "Best validation" not in text
        assert "So far           2 folds 92.00% → 97.00%    MNIST 99.71% → 99.66%" in text
        assert "98.00%" in text
        assert "m" not in keys(app) and "r" in keys(app)


async def test_each_training_has_a_curve_of_its_own() -> None:
    """The loss begins anew at each border; the axis names the folds."""
    app = RunsApp(crossed_run(NAME))
    async with app.run_test(size=(160, 50)) as pilot:
        await until(pilot, lambda: "Accuracy on the held-out fold" in shown(app))
        text = shown(app)
        named = next(line for line in text.splitlines() if line.strip().startswith("fold "))
        assert named.split() == ["fold", "all", "1", "2", "3", "4", "5"] * 2
        assert "┴" in text and "┊" in text


async def test_nothing_is_sent_while_nothing_changes() -> None:
    """Tables, curves and the pinned drawing's place are left alone."""
    with going(500) as (run, writer):
        app = RunsApp(run)
        async with app.run_test(size=(160, 50)) as pilot:
            await says_only_what_is_new(app, pilot, writer, 510)


def test_the_list_of_runs_names_the_fold() -> None:
    """Epochs that are counted through would say little."""
    with going(2 * A_PART + STEPS):
        assert [each.result for each in RunList().look(3)] == ["fold 2 of 5"]


def test_events_of_a_cross_validation_survive_the_file() -> None:
    """The story is one that a run could have written."""
    for event in [*story(), finished()]:
        assert events.from_json(json.loads(json.dumps(event.to_json()))) == event


async def test_the_footer_has_room_for_every_key(home: Path) -> None:
    """At 80×24, also where mistakes and a pinned drawing are there to be shown."""
    crossed_run(NAME)
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("t")
        await until(pilot, lambda: "✔ finished" in shown(app))
        app.screen.query_one(RunPanel).add_class("-pinned")
        app.screen.refresh_bindings()
        await until(pilot, lambda: "b Pinned" in shown(app))
        footer = shown(app).splitlines()[-1]
        for word in ("w Draw with it", "m Mistakes", "o Past runs", "l Log", "? Help", "q Quit"):
            assert word in footer


def test_a_cross_validation_looks_right(snap_compare: Callable[..., bool]) -> None:
    """Going, at 80×24."""
    with going(510) as (run, _):
        assert snap_compare(RunsApp(run), terminal_size=(80, 24), run_before=after())


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
def test_its_results_look_right(snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    """At 80×24 and 160×50."""
    assert snap_compare(RunsApp(crossed_run(NAME)), terminal_size=size, run_before=after())


def test_its_mistakes_look_right(snap_compare: Callable[..., bool]) -> None:
    """At 80×24."""
    assert snap_compare(RunsApp(crossed_run(NAME)), terminal_size=(80, 24), run_before=after("m"))
