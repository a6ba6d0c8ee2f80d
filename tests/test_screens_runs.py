"""Choosing a run: what the table says of each, how it is found, and what is opened."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import accumulate, pairwise
from typing import Any

import pytest
from run_story import accuracy, ended_run, interrupted_run, new_run, story
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input, Static

from core import paths
from core.config.configuration import TrainingConfig
from core.runs.outline import RunOutline
from core.runs.run import Run
from core.runs.writer import RunWriter
from tui.screens.runs import _NARROW_WIDTHS, _WIDE, _WIDTHS, RunsScreen
from tui.widgets.shared.long_list import LongList


class ChooserApp(App[None]):
    """Opens the chooser and keeps what it answers."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[Run | None] = []

    def on_mount(self) -> None:
        self.push_screen(RunsScreen(), self.answers.append)


async def read(pilot: Pilot[Any]) -> None:
    """Wait until all runs are listed."""
    await pilot.pause()
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


def rows(app: App[Any]) -> list[list[str]]:
    """The list's cells."""
    widths = _WIDTHS if app.size.width >= _WIDE else _NARROW_WIDTHS
    ends = list(accumulate(widths.values()))
    return [[line[begin:end].strip() for begin, end in pairwise([0, *ends])] for line in lines(app)]


def lines(app: App[Any]) -> list[str]:
    """The list's lines, also those that are not in sight."""
    listed = app.screen.query_one(LongList)
    return [listed._line(row).plain for row in range(listed.count)]


def below(app: App[Any]) -> str:
    """The line below the table."""
    return str(app.screen.query_one("#chosen", Static).content)


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
async def test_each_run_is_told_by_its_figures_the_one_that_is_going_first(size: tuple[int, int]) -> None:
    """An older run that is going stands before newer ones, which stand newest first."""
    going = new_run("2026-01-28-100000-mnist-fast")
    interrupted_run("2026-01-29-100000-mnist-fast")
    ended_run("2026-01-30-100000-mnist-fast")
    new_run("2026-01-31-100000-mnist-accurate", TrainingConfig(recipe="accurate"))
    with RunWriter(going) as writer:
        for event in story(6, 40):
            writer.append(event)
        app = ChooserApp()
        async with app.run_test(size=size) as pilot:
            await read(pilot)
            found = rows(app)
            assert [row[3] for row in found] == ["running", "stopped", "finished", "stopped"]
            assert [row[0][:17] for row in found] == [
                "2026-01-28-100000",
                "2026-01-31-100000",
                "2026-01-30-100000",
                "2026-01-29-100000",
            ]
            assert found[0][1:3] == ["mnist", "fast"]
            validated = f"{accuracy(1):.2%}"
            if size[0] >= 124:
                assert found[0][4:6] == [validated, ""]
                assert found[1][4:] == ["", "", "", ""]
                assert found[2][4:] == [f"{accuracy(4):.2%}", "99.23%", "10,000", "1 min 12 s"]
            else:
                assert found[0][4] == f"{validated} valid."
                assert found[1][4:] == ["", ""]
                assert found[2][4:] == ["99.23% of 10,000", "1 min 12 s"]
            assert below(app) == "2026-01-28-100000-mnist-fast, 4 runs"
            listed = app.screen.query_one(LongList)
            assert max(map(len, lines(app))) <= listed.scrollable_content_region.width
            assert app.screen.region.contains_region(listed.region)


async def test_typing_filters_and_enter_opens() -> None:
    """Words in any order, of name, data, recipe or state; the arrow keys move without leaving the filter."""
    ended_run("2026-01-29-100000-mnist-fast")
    chosen = ended_run("2026-01-30-100000-mnist-fast")
    ended_run("2026-01-31-100000-mnist-fast")
    interrupted_run("2026-02-01-100000-mnist-fast")
    app = ChooserApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await read(pilot)
        await pilot.press("down", "down", *"fini", "space", *"mnist")
        assert len(rows(app)) == 3
        assert rows(app)[0][0][:17] in below(app)  # the first of those that match
        assert below(app).endswith("3 of 4 runs")
        await pilot.press("down")
        assert chosen.name in below(app)
        await pilot.press("enter")
        assert app.answers == [chosen]


async def test_a_filter_that_fits_nothing_says_so_and_escape_leaves() -> None:
    """Enter then opens nothing; escape closes without a choice."""
    ended_run("2026-01-29-100000-mnist-fast")
    app = ChooserApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await read(pilot)
        await pilot.press(*"zzz", "enter")
        assert "No run matches" in below(app)
        assert app.answers == []
        await pilot.press("escape")
        assert app.answers == [None]


async def test_no_runs_at_all_says_how_to_make_one() -> None:
    """An empty table explains itself."""
    app = ChooserApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await read(pilot)
        assert "No runs yet" in below(app)


async def test_a_thousand_runs_are_all_listed() -> None:
    """They come in by parts while the screen is already open; a filter, the highlight and a click work as ever."""
    folder = paths.user_checkpoints()
    for index in range(1000):
        run = folder / f"2026-01-{index % 28 + 1:02}-{index:06}-mnist-fast"
        run.mkdir()
        (run / "config.json").write_text(json.dumps(TrainingConfig().to_json()))
    app = ChooserApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await read(pilot)
        names = [row[0] for row in rows(app)]
        assert len(names) == 1000
        assert names == sorted(names, reverse=True)
        await pilot.press(*["pagedown"] * 3, "up")
        await pilot.resize_terminal(130, 24)
        await pilot.pause()
        assert rows(app)[29][0] in below(app)
        await pilot.press(*"000999")
        assert below(app).endswith("1 of 1,000 runs")
        await pilot.click("#runs", offset=(4, 0))
        assert [run.name for run in app.answers if run] == ["2026-01-20-000999-mnist-fast"]


async def test_a_run_that_is_not_read_yet_stands_with_its_name() -> None:
    """Where somebody scrolls faster than the files can be read; it can be opened as ever."""
    for day in range(29, 32):
        ended_run(f"2026-01-{day}-100000-mnist-fast")
    app = ChooserApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await read(pilot)
        screen = app.screen
        assert isinstance(screen, RunsScreen)
        del screen._outlines[1:]
        screen._list.refresh()
        await pilot.press("down", "down")
        assert [line.split()[:2] for line in lines(app)] == [
            ["2026-01-31-100000", "mnist"],
            ["2026-01-30-100000", "…"],
            ["2026-01-29-100000", "…"],
        ]
        assert below(app) == "2026-01-29-100000-mnist-fast, 3 runs"
        await pilot.press("enter")
        assert [run.name for run in app.answers if run] == ["2026-01-29-100000-mnist-fast"]


def test_an_outline_reads_past_what_is_damaged() -> None:
    """Half a line of a killed run is passed over; a damaged configuration is said."""
    run = interrupted_run("2026-01-29-100000-mnist-fast", until=100)
    with run.events.open("ab") as file:
        file.write(b'{"event":"epoch","validation_acc')
    outline = RunOutline.of(run)
    assert outline is not None
    assert outline.best_validation_accuracy == pytest.approx(accuracy(2))
    assert outline.seconds == pytest.approx(8.0)
    (run.path / "config.json").write_text("{")
    assert "config.json" in RunOutline.of(run).trouble


def test_the_chooser_looks_right(snap_compare: Callable[..., bool]) -> None:
    """At 80×24, with a run of each kind."""
    ended_run("2026-01-29-100000-mnist-fast")
    interrupted_run("2026-01-30-100000-mnist-fast")

    async def wait(pilot: Pilot[Any]) -> None:
        pilot.app.screen.query_one("#filter", Input).cursor_blink = False
        await read(pilot)

    assert snap_compare(ChooserApp(), terminal_size=(80, 24), run_before=wait)
