"""Choosing a run: what the table says of each, how it is found, and what is opened."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import pytest
from layout import text
from rich.cells import cell_len
from run_story import accuracy, ended_run, interrupted_run, new_run, story
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input, Static

import tui.app
from core import paths
from core.config.configuration import TrainingConfig
from core.runs import run as runs
from core.runs.outline import RunOutline
from core.runs.run import Run
from core.runs.writer import RunWriter
from tui.screens.runs import RunsScreen
from tui.state.owners import Owners
from tui.widgets.run.curve import LOOKS
from tui.widgets.run.run_columns import MARK, columns
from tui.widgets.shared.long_list import LongList


class ChooserApp(App[None]):
    """Opens the chooser and keeps what it answers."""

    CSS_PATH = Path(tui.app.__file__).with_name("app.tcss")

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[Run | None] = []
        self.owners = Owners.of(self)

    def on_mount(self) -> None:
        self.push_screen(RunsScreen(self.owners), self.answers.append)


async def read(pilot: Pilot[Any]) -> None:
    """Wait until all runs are listed."""
    await pilot.pause()
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


def rows(app: App[Any]) -> list[list[str]]:
    """The list's cells, without the marks."""
    ends = list(accumulate(each.width for each in columns(app.size.width)))
    return [[line[MARK:][begin:end].strip() for begin, end in pairwise([0, *ends])] for line in lines(app)]


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
        await pilot.press("down", "slash", "down", *"fini", "space", *"MNIST")
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
        await pilot.press("slash", *"zzz", "enter")
        assert "No run matches" in below(app)
        assert app.answers == []
        await pilot.press("escape")
        assert "1 run" in below(app) and app.answers == []
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
        await pilot.press("slash", *"000999")
        assert below(app).endswith("1 of 1,000 runs")
        await pilot.click("#runs", offset=(MARK + 4, 0))
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
        del screen._listing.outlines[1:]
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


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
async def test_marks_are_kept_and_told_apart(size: tuple[int, int]) -> None:
    """By keys and by the mouse; a mark that is taken away is given to the next, and the others keep theirs."""
    names = [f"2026-01-{day}-100000-mnist-fast" for day in (29, 30, 31)]
    for each in names:
        ended_run(each)
    app = ChooserApp()
    async with app.run_test(size=size) as pilot:
        await read(pilot)
        await pilot.press("space", "space")
        assert [line[:MARK].strip() for line in lines(app)] == ["●", "○", ""]
        assert below(app).startswith(names[0]) and below(app).endswith("3 runs, 2 marked")
        await pilot.click("#runs", offset=(0, 0))
        assert [line[:MARK].strip() for line in lines(app)] == ["", "○", ""]
        await pilot.click("#runs", offset=(1, 2))
        assert [line[:MARK].strip() for line in lines(app)] == ["", "○", "●"]
        assert app.answers == []
        await pilot.press("s", "s")  # another order does not change them
        assert {line[:MARK].strip() for line in lines(app)} == {"", "●", "○"}


async def test_more_marks_than_can_be_told_apart_are_refused() -> None:
    """With words."""
    for day in range(10, 20):
        ended_run(f"2026-01-{day}-100000-mnist-fast")
    app = ChooserApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await read(pilot)
        await pilot.press(*["space"] * 8)
        await pilot.click("#runs", offset=(0, 8))
        assert sum(bool(line[:MARK].strip()) for line in lines(app)) == len(LOOKS) == 8
        assert "could not be told apart" in below(app)


async def test_a_comparison_needs_two() -> None:
    """Said where one is missing."""
    ended_run("2026-01-29-100000-mnist-fast")
    app = ChooserApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await read(pilot)
        await pilot.press("space", "c")
        assert "Mark two runs or more" in below(app) and isinstance(app.screen, RunsScreen)


@pytest.mark.parametrize("way", ["keys", "mouse"])
async def test_the_list_is_sorted_by_a_column(way: str) -> None:
    """In both directions, which an arrow says; with a filter beside it."""
    ended_run("2026-01-29-100000-mnist-fast")
    interrupted_run("2026-01-30-100000-mnist-fast")
    new_run("2026-01-31-100000-mnist-accurate", TrainingConfig(recipe="accurate"))
    app = ChooserApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await read(pilot)
        shown = columns(80)
        at = sum(each.width for each in shown[:2])
        if way == "keys":
            await pilot.press("s", "s")
        else:
            await pilot.click("#head", offset=(MARK + at + 1, 0))
        assert [row[2] for row in rows(app)] == ["accurate", "fast", "fast"]
        assert "recipe▾" in text(app)
        if way == "keys":
            await pilot.press("S")
        else:
            await pilot.click("#head", offset=(MARK + at + 1, 0))
        assert [row[2] for row in rows(app)] == ["fast", "fast", "accurate"]
        assert "recipe▴" in text(app)
        await pilot.press("slash", *"fast")
        assert len(rows(app)) == 2 and below(app).endswith("2 of 3 runs")


async def test_a_run_gets_a_title_and_a_note() -> None:
    """Which stand in the list and below it; a title that is taken is refused in the dialog."""
    ended_run("2026-01-29-100000-mnist-fast")
    run = ended_run("2026-01-30-100000-mnist-fast")
    app = ChooserApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await read(pilot)
        await pilot.press("r", *"best", "enter")
        await read(pilot)
        assert rows(app)[0][0] == "best" and below(app) == "It is called best now."
        await pilot.press("n", *"Ada's pen", "enter")
        await read(pilot)
        assert str(app.screen.query_one("#note", Static).content) == "Ada's pen" and "Ada's pen" in text(app)
        assert (run.label.title, run.label.note) == ("best", "Ada's pen")
        await pilot.press("down", "r", *"Best", "enter")
        await read(pilot)
        assert "already a run called Best" in text(app)
        await pilot.press("escape")
        assert rows(app)[1][0] == "2026-01-29-100000"


async def test_deleted_runs_come_back_until_the_app_closes() -> None:
    """The marked ones together, or the highlighted one; what is going is not deleted."""
    first, second, third = (ended_run(f"2026-01-{day}-100000-mnist-fast") for day in (29, 30, 31))
    going = new_run("2026-02-01-100000-mnist-fast")
    app = ChooserApp()
    with RunWriter(going) as writer:
        for event in story(6, 40):
            writer.append(event)
        async with app.run_test(size=(80, 24)) as pilot:
            await read(pilot)
            assert "Undo" not in text(app)
            await pilot.press("down", "space", "space", "x")
            await read(pilot)
            assert runs.list_runs() == [going, first] and len(rows(app)) == 2
            assert below(app) == "Deleted 2 runs; u brings back what was deleted, until the app closes."
            assert "Undo" in text(app)
            await pilot.press("home", "x")
            await read(pilot)
            assert runs.list_runs() == [going, first]
            assert any("is going; stop it" in note.message for note in app._notifications)
            await pilot.press("u")
            await read(pilot)
            assert runs.list_runs() == [going, third, second, first] and below(app) == "2 runs are back."
            await pilot.press("end", "delete")
            await read(pilot)
            assert runs.list_runs() == [going, third, second]
        app.owners.runs.close()
    assert not any(path.name.startswith(".deleted") for path in paths.user_checkpoints().iterdir())


async def test_the_network_that_reads_is_not_deleted() -> None:
    """Another one has to be chosen first."""
    run = ended_run("2026-01-29-100000-mnist-fast")
    app = ChooserApp()
    app.owners.model.use(run.model)
    async with app.run_test(size=(80, 24)) as pilot:
        await read(pilot)
        await pilot.press("x")
        await read(pilot)
        assert runs.list_runs() == [run]
        assert any("choose another" in note.message for note in app._notifications)


async def test_the_list_is_written_as_a_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the filter leaves, in the order of the list, where nothing is yet."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "runs.csv").write_text("mine")
    for day in (29, 30, 31):
        ended_run(f"2026-01-{day}-100000-mnist-fast")
    app = ChooserApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await read(pilot)
        await pilot.press("S", "slash", *"01-3", "tab", "e", "enter")
        await read(pilot)
        assert below(app).startswith("2 runs written to")
    names = [line.split(",")[0] for line in (tmp_path / "runs-2.csv").read_text().splitlines()]
    assert names == ["name", "2026-01-30-100000-mnist-fast", "2026-01-31-100000-mnist-fast"]
    assert (tmp_path / "runs.csv").read_text() == "mine"


def test_a_cell_is_as_wide_as_its_column_whatever_the_characters() -> None:
    """A title may be Japanese."""
    for width in (80, 160):
        for column in columns(width):
            for words in ("", "a", "x" * 60, "数" * 30, "a" + "数" * 30):
                assert cell_len(column.cell(words)) == column.width


async def test_what_an_older_reading_tells_is_passed_over() -> None:
    """It may have been cancelled after it had read a part."""
    for day in (29, 30, 31):
        ended_run(f"2026-01-{day}-100000-mnist-fast")
    app = ChooserApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await read(pilot)
        screen = app.screen
        assert isinstance(screen, RunsScreen)
        before = rows(app)
        screen.post_message(RunsScreen.Read(0, runs.list_runs()[:1], 0, []))
        await pilot.pause()
        assert rows(app) == before


async def test_undo_pressed_twice_brings_back_both() -> None:
    """One after the other."""
    for day in (29, 30, 31):
        ended_run(f"2026-01-{day}-100000-mnist-fast")
    app = ChooserApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await read(pilot)
        await pilot.press("x")
        await read(pilot)
        await pilot.press("x")
        await read(pilot)
        assert len(runs.list_runs()) == 1
        await pilot.press("u", "u")
        await read(pilot)
        assert len(runs.list_runs()) == 3 and not app._notifications
    app.owners.runs.close()


async def test_a_run_that_was_just_started_is_not_deleted() -> None:
    """Its process may not have taken its lock yet."""
    run = new_run("2026-01-29-100000-mnist-fast")
    app = ChooserApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await read(pilot)
        app.owners.runs.expect(run)
        await pilot.press("x")
        await read(pilot)
        assert runs.list_runs() == [run]
        assert any("is going; stop it" in note.message for note in app._notifications)
