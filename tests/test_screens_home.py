"""The first screen: the choices, and the runs that are going or past."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable

import pytest
from layout import clipped, scrollbars, text, until
from run_story import ended_run, finished, interrupted_run, new_run, story
from textual.pilot import Pilot

from core import paths
from core.config.configuration import TrainingConfig
from core.networks import checkpoint_file
from core.networks.checkpoint_file import HEADER, Header
from core.runs.run import Run, list_runs
from core.runs.writer import RunWriter
from tui.app import DigitsApp
from tui.processes.run_list import RunList
from tui.widgets.run.recent_runs import RecentRuns

NAME = "2024-01-31-142500-mnist-fast"
SIZES = [(80, 24), (160, 50)]

pytestmark = pytest.mark.usefixtures("children_end")


@pytest.fixture(autouse=True)
def shipped(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shipped model as it never changes."""
    header = checkpoint_file.Header(
        architecture="deep",
        recipe="accurate",
        data="mnist",
        parameters=1,
        epoch=9,
        epochs=9,
        step=9,
        seed=0,
        figures={"test_accuracy": 0.9965},
    )
    read = checkpoint_file.header
    shipped = paths.shipped_checkpoint()
    monkeypatch.setattr(checkpoint_file, "header", lambda path: header if path == shipped else read(path))


async def looked(pilot: Pilot[None]) -> None:
    """Wait until the runs are shown."""

    def are_shown() -> bool:
        found = pilot.app.screen.query(RecentRuns)
        return bool(found) and (found.first().has_class("-some") or found.first().has_class("-none"))

    await until(pilot, are_shown)
    await pilot.pause()


def several_runs() -> None:
    """One of each way to end, with names that say when and what."""
    ended_run("2024-01-31-142500-mnist-fast")
    interrupted_run("2024-01-30-142500-mnist-fast")
    new_run("2024-01-29-142500-my-own-digits-accurate", TrainingConfig(data="/own/digits", recipe="accurate"))


@pytest.mark.parametrize("size", SIZES)
async def test_nothing_is_clipped(size: tuple[int, int]) -> None:
    """With more runs than there is room for."""
    for day in range(10, 31):
        ended_run(f"2024-01-{day}-142500-mnist-fast")
    app = DigitsApp()
    async with app.run_test(size=size) as pilot:
        await looked(pilot)
        assert clipped(app) == []
        assert not scrollbars(app)
        assert "shipped model (mnist, accurate: 99.65% test)" in " ".join(text(app).split())


async def test_the_network_that_reads_is_named() -> None:
    """Another one that was chosen, with the images that its accuracy is for; it is named without a new start."""
    run = ended_run("2024-01-31-142500-own-fine-tune")
    trained = {"configuration": {"folds": 5}, "images": 33, "test_images": 0}
    header = Header(
        "deep", "fine-tune", "own", 189_834, 1, 1, 1, 0, figures={"test_accuracy": 31 / 33}, trained=trained
    )
    with zipfile.ZipFile(run.model, "w") as archive:
        archive.writestr(HEADER, json.dumps(header.to_json()))
    app = DigitsApp()
    async with app.run_test(size=(120, 30)) as pilot:
        await looked(pilot)
        assert "read by the shipped model" in " ".join(text(app).split())
        app.owners.model.choose(run.model)
        await until(pilot, lambda: f"read by {run.name}" in " ".join(text(app).split()))
        assert "(own, fine-tune: 93.94% of 33)" in " ".join(text(app).split())


async def test_a_click_and_enter_choose_as_the_keys_do() -> None:
    """Arrow keys move between the choices."""
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.click("#training")
        assert app.current_mode == "training"
        await pilot.press("h", "left", "right", "right", "enter")
        assert app.current_mode == "drawing"


async def test_without_runs_the_next_step_is_told() -> None:
    """Rather than an empty list."""
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await looked(pilot)
        assert "None yet. Choose Data and press s there" in text(app)


async def test_runs_are_listed_with_their_results_and_opened() -> None:
    """The newest first; down and enter open the first."""
    several_runs()
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await looked(pilot)
        lines = [line for line in text(app).splitlines() if line.strip()[3:7] == "2024"]
        assert [line.split()[0] for line in lines] == ["✓", "■", "■"]
        assert f"{finished(6).test_accuracy:.2%} of 10,000, in" in lines[0]
        assert "2024-01-31-142500-mnist-fast" in lines[0]
        await pilot.press("down", "enter")
        await pilot.pause()
        assert app.current_mode == "training"
        assert app.owners.runs.current is not None and app.owners.runs.current.name == "2024-01-31-142500-mnist-fast"


async def test_a_run_that_was_removed_meanwhile_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may be chosen before the list is looked at again."""
    several_runs()
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await looked(pilot)
        monkeypatch.setattr(RecentRuns, "_look", lambda _: None)
        for run in list_runs():
            shutil.rmtree(run.path)
        await pilot.press("down", "enter")
        await until(pilot, lambda: any("there are no runs" in each.message for each in app._notifications))
        assert app.current_mode == "home"


async def test_a_run_that_is_going_leads_the_list_and_moves_on() -> None:
    """Its epoch changes while the screen is looked at."""
    several_runs()
    run = new_run("2023-12-31-142500-mnist-fast")
    app = DigitsApp()
    with RunWriter(run) as writer:
        events = list(story(6))
        for event in events[: len(events) // 6]:
            writer.append(event)
        async with app.run_test(size=(80, 24)) as pilot:
            await looked(pilot)
            first = next(line for line in text(app).splitlines() if run.name in line)
            assert first.split()[0] == "●"
            assert "epoch 1 of 6" in first
            for event in events[len(events) // 6 :]:
                writer.append(event)
            await until(pilot, lambda: "epoch 6 of 6" in text(app))


def test_a_look_at_many_runs_reads_few() -> None:
    """Only those that are listed are opened, and those that are going always are."""
    for number in range(60):
        new_run(f"2024-01-31-1425{number:02}-mnist-fast")
    old: Run = new_run("2020-01-31-142500-mnist-fast")
    with RunWriter(old):
        listed = RunList().look(10)
    assert [each.run.name for each in listed[:2]] == [old.name, "2024-01-31-142559-mnist-fast"]
    assert len(listed) == 10


def test_home_looks_right(snap_compare: Callable[..., bool]) -> None:
    """At 80×24."""
    several_runs()
    assert snap_compare(DigitsApp(), terminal_size=(80, 24), run_before=looked)


def test_home_looks_right_on_a_large_terminal(snap_compare: Callable[..., bool]) -> None:
    """At 160×50."""
    several_runs()
    assert snap_compare(DigitsApp(), terminal_size=(160, 50), run_before=looked)
