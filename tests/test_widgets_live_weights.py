"""All weights of a small network on the training screen: each save shows, damage and large networks show nothing."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from explanations import GLASS
from layout import clipped, scrollbars
from run_story import finished, new_run, progress, started
from test_screens_training import RunsApp, keys, shown, until
from textual.app import App

from core.config.configuration import TrainingConfig
from core.runs import events
from core.runs.run import Run
from core.runs.writer import RunWriter
from tui.widgets.run.curves import Curves
from tui.widgets.run.epochs import EpochTable
from tui.widgets.run.live_weights import LiveWeights
from tui.widgets.shared.glass import Glass

NAME = "2026-01-31-142500-mnist-glass"
SIZES = [(80, 24), (120, 30), (160, 50)]


@pytest.fixture(autouse=True)
def at_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The person stands in their home, so that paths on the screen do not tell where the tests run."""
    home.mkdir()
    monkeypatch.setenv("PWD", str(home))


@pytest.fixture(autouse=True)
def watched(monkeypatch: pytest.MonkeyPatch) -> list[Run]:
    """The runs that were told that somebody watches."""
    told: list[Run] = []
    monkeypatch.setattr(Run, "watch", lambda run: told.append(run))
    return told


@contextmanager
def going(parameters: int = 1298) -> Iterator[tuple[Run, RunWriter]]:
    """A run that this process pretends to train; it has no weights yet."""
    run = new_run(NAME, TrainingConfig(recipe="glass"))
    with RunWriter(run) as writer:
        writer.append(dataclasses.replace(started(6), recipe="glass", architecture="glass", parameters=parameters))
        writer.append(progress(10))
        yield run, writer


def save(run: Run, largest: int) -> None:
    """Write weights, of each array the one with this index the largest."""
    arrays: dict[str, Any] = {}
    for name, shape in GLASS.items():
        arrays[name] = np.zeros(shape, np.float32)
        arrays[name].reshape(-1)[largest % arrays[name].size] = 1.0
    with run.model.open("wb") as file:
        np.savez(file, **arrays)


def picture(app: App[Any]) -> list[list[Any]]:
    """What is painted of the weights."""
    return [list(strip) for strip in app.screen.query_one(Glass).drawn()]


@pytest.mark.parametrize("size", SIZES)
async def test_each_save_shows_beside_the_curves(size: tuple[int, int], watched: list[Run]) -> None:
    """The run is told that somebody watches, all weights have room, and `v` shows the tables instead."""
    with going() as (run, _):
        app = RunsApp(run)
        async with app.run_test(size=size) as pilot:
            await until(pilot, lambda: watched == [run] and app.screen.query_one(LiveWeights).is_on_screen)
            assert picture(app) == []
            save(run, 0)
            await until(pilot, lambda: picture(app) != [])
            assert "need" not in shown(app) and "0 1 2 3 4 5 6 7 8 9" in " ".join(shown(app).split())
            assert app.screen.query_one(Curves).is_on_screen and "Loss" in shown(app)
            assert clipped(app) == [] and not scrollbars(app)
            before = picture(app)
            save(run, 1)
            await until(pilot, lambda: picture(app) != before)
            assert not app.screen.query_one(EpochTable).is_on_screen and "v" in keys(app)
            await pilot.press("v")
            await pilot.pause()
            assert app.screen.query_one(EpochTable).is_on_screen and not app.screen.query_one(Glass).is_on_screen
            await pilot.press("v")
            await pilot.pause()
            assert app.screen.query_one(Glass).is_on_screen


async def test_the_last_weights_of_a_run_that_has_ended_show(watched: list[Run]) -> None:
    """Nobody is told to save more often then."""
    with going() as (run, writer):
        save(run, 3)
        writer.append(finished(6))
    app = RunsApp(run)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen.query_one(LiveWeights).is_on_screen and picture(app) != [])
        assert "99.23%" in shown(app) and watched == []


async def test_a_large_network_keeps_its_tables() -> None:
    """It has no such key."""
    with going(213_866) as (run, _):
        app = RunsApp(run)
        async with app.run_test(size=(80, 24)) as pilot:
            await until(pilot, lambda: "● running" in shown(app))
            assert not app.screen.query_one(LiveWeights).is_on_screen and "v" not in keys(app)


def _torn(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:200])


def _another(path: Path) -> None:
    with path.open("wb") as file:
        np.savez(file, weights=np.zeros(3))


def _none(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("damage", [_torn, _another, _none])
async def test_what_cannot_be_read_leaves_the_last_picture(damage: Callable[[Path], None]) -> None:
    """A file of another kind, half a file, and none; the next save shows again."""
    with going() as (run, writer):
        app = RunsApp(run)
        async with app.run_test(size=(80, 24)) as pilot:
            save(run, 0)
            await until(pilot, lambda: app.screen.query_one(LiveWeights).is_on_screen and picture(app) != [])
            before = picture(app)
            damage(run.model)
            await pilot.pause(0.7)
            assert picture(app) == before
            save(run, 2)
            await until(pilot, lambda: picture(app) != before)
            writer.append(events.Stopped(1, 10, 1.0, "model.npz", time=0.0))


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
def test_weights_look(snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    """Beside the curves of a run that has ended."""
    with going() as (run, writer):
        save(run, 17)
        writer.append(finished(6))

    async def shows(pilot: Any) -> None:
        await until(pilot, lambda: picture(pilot.app) != [])

    assert snap_compare(RunsApp(run), terminal_size=size, run_before=shows)
