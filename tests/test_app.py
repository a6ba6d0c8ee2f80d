"""The app as a whole: its modes and keys, runs it starts, what it says at the end."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import threading
import weakref
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_core import DEVICES, details, install
from layout import text, until
from rich.style import Style
from run_story import ended_run, new_run, story
from textual import events, work
from textual._styles_cache import StylesCache
from textual.app import ComposeResult
from textual.command import CommandList, CommandPalette, Hit, Provider
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, LoadingIndicator, OptionList, Static
from waiting import LONGEST, comes_true

from core.config.configuration import TrainingConfig
from core.runs import launch
from core.runs.run import Run, list_runs
from core.runs.writer import RunWriter
from core.system import children
from tui import __main__ as command
from tui.__main__ import parting_words
from tui.app import DigitsApp
from tui.screens.confirm import Confirm
from tui.screens.palette import Palette, close_dialogs
from tui.screens.too_small import TooSmall
from tui.state.requests import DrawWith, ResumeRun, StartRun
from tui.widgets.check.findings import Findings
from tui.widgets.drawing.pad import Pad

NAME = "2026-01-31-142500-mnist-fast"

pytestmark = pytest.mark.usefixtures("children_end")


@pytest.fixture(autouse=True)
def no_children(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """No child of the app looks at real data or starts torch."""
    return install(monkeypatch, {"devices --json": [DEVICES], "datasets mnist --json": [details()]})


@pytest.fixture
def going() -> Iterator[Run]:
    """A run that trains, as far as anybody can tell."""
    run = new_run(NAME)
    with RunWriter(run) as writer:
        for event in story(4, 40):
            writer.append(event)
        yield run


class Trainings:
    """Stands in for the processes of runs; notes those started, and ends them when the test does."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.started: list[tuple[Run, bool]] = []
        self._over = threading.Event()
        self.status = 0
        monkeypatch.setattr(launch, "start_run", self._start)

    def _start(self, run: Run, *, resume: bool = False) -> Any:
        self.started.append((run, resume))
        return self

    def wait(self) -> int:
        """As `Popen.wait`."""
        self._over.wait()
        return self.status

    def end(self, status: int) -> None:
        """All of them end with this exit status."""
        self.status = status
        self._over.set()


@pytest.fixture
def trainings(monkeypatch: pytest.MonkeyPatch) -> Iterator[Trainings]:
    """Runs that are started stay `starting` until they are ended."""
    made = Trainings(monkeypatch)
    yield made
    made.end(0)


@pytest.mark.parametrize(
    ("key", "mode"),
    [("d", "data"), ("t", "training"), ("p", "drawing"), ("f2", "data"), ("f3", "training"), ("f4", "drawing")],
)
async def test_each_screen_is_one_key_away_and_home_is_another(key: str, mode: str) -> None:
    """From the first screen and back."""
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        assert app.current_mode == "home"
        await pilot.press(key)
        assert app.current_mode == mode
        await pilot.press("h")
        assert app.current_mode == "home"


@pytest.mark.parametrize("key", ["q", "ctrl+q"])
async def test_quit_asks_nothing_where_nothing_is_lost(key: str) -> None:
    """Both keys, since some terminals keep ctrl+q for themselves."""
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(key)
        await comes_true(lambda: app.return_code == 0)


OPENING = ["d", "t", "p", "j", "question_mark", "ctrl+p"]
"""Keys that open a screen."""


@pytest.mark.parametrize("key", OPENING[:-1])
async def test_no_key_is_taken_once_the_app_is_left(key: str) -> None:
    """A slow line delivers in one burst what was typed behind the q."""
    app = DigitsApp()
    async with app.run_test(size=(80, 24)):
        for each in ("q", key):
            app.post_message(events.Key(each, None))
        await comes_true(lambda: app.return_code == 0)


@pytest.mark.parametrize("turns", [5, 10])
@pytest.mark.parametrize("key", OPENING)
async def test_the_app_can_be_left_while_a_screen_opens(key: str, turns: int) -> None:
    """As a signal does at any moment: the screen's handlers then meet no widgets."""
    app = DigitsApp()
    async with app.run_test(size=(80, 24)):
        app.post_message(events.Key(key, None))
        for _ in range(turns):
            await asyncio.sleep(0)
        app.exit()
    assert app.return_code == 0


async def test_the_palette_of_themes_closes_once() -> None:
    """Also when it is closed twice at once, and under the help; a theme chosen in it is the app's."""
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.search_themes()
        await until(pilot, lambda: isinstance(app.screen, Palette) and app.screen.is_mounted)
        await pilot.press("f1")
        palette = app.screen_stack[-2]
        for _ in range(2):
            palette.post_message(events.Click(palette, 70, 23, 0, 0, 1, False, False, False))
        await pilot.press("escape")
        await until(pilot, lambda: len(app.screen_stack) == 1)
        app.search_themes()
        await until(pilot, lambda: isinstance(app.screen, Palette) and app.screen.is_mounted)
        await pilot.press(*"nord", "down", "enter")
        await until(pilot, lambda: app.theme == "nord")


async def test_a_click_on_what_a_list_no_longer_has_is_passed_over() -> None:
    """Each key typed replaces the palette's commands, also while a click on one waits; so do others their options."""
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, Palette) and app.screen.query_one(CommandList).option_count)
        found = app.screen.query_one(CommandList)
        lists = [found, Findings(), *app.screen_stack[0].query(OptionList)]
        await app.screen.mount(lists[1])
        for each in lists:
            gone = Style(meta={"option": each.option_count})
            each.post_message(events.Click(each, *found.region.offset, 0, 0, 1, False, False, False, style=gone))
        await pilot.pause(0.05)
        assert isinstance(app.screen, Palette) and len(lists) == 3


async def test_a_palette_that_another_screen_has_covered_closes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A training may open, or the terminal become too small, while its widgets are being made."""
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        for cover in (lambda: app.switch_mode("training"), lambda: app.push_screen(TooSmall())):
            app.push_screen(Palette())
            await cover()
            await pilot.pause(0.05)
            assert not isinstance(app.screen, Palette)
            if isinstance(app.screen, TooSmall):
                app.screen.dismiss()
            await pilot.press("h")
            await until(pilot, lambda: [type(each).__name__ for each in app.screen_stack] == ["HomeScreen"])


async def test_a_palette_closes_while_it_searches() -> None:
    """By a command of another one, say: what its search would show when it ends has no place any more."""

    class Endless(Provider):
        async def search(self, query: str) -> AsyncGenerator[Hit, None]:
            await asyncio.sleep(LONGEST)
            yield Hit(1, "too late", lambda: None)

    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        palette = Palette(providers=[Endless])
        app.push_screen(palette)
        await until(pilot, lambda: app.screen is palette and palette.is_mounted)
        await pilot.press("a")
        await until(pilot, lambda: any(not each.is_finished for each in palette.workers))
        palette._show_busy = True
        close_dialogs(app)
        await until(pilot, lambda: len(app.screen_stack) == 1 and not palette.query(LoadingIndicator))
        await palette._watch__show_busy()  # as it is called for a change of before
        assert all(timer is None for timer in (palette._busy_timer, palette._no_matches_timer))
        assert all(each.is_finished for each in palette.workers)


async def test_a_command_for_a_screen_that_is_left_again_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key opens another one while the command waits for its own."""
    known = DigitsApp.switch_mode

    async def disturbed(app: DigitsApp, mode: str) -> None:
        await known(app, mode)
        await known(app, "home")

    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        commands = [each for each in app.get_system_commands(app.screen) if "which opens first" in each.help]
        assert len(commands) > 10
        monkeypatch.setattr(DigitsApp, "switch_mode", disturbed)
        for each in commands:
            each.callback()
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert [type(each).__name__ for each in app.screen_stack] == ["HomeScreen"]


@pytest.mark.parametrize("key", ["pageup", "pagedown"])
async def test_a_page_is_turned_only_where_there_is_room(key: str) -> None:
    """A slow line delivers the key together with the one that opens the list; Textual's list fails without lines."""
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        for each in ("ctrl+p", key, key):
            app.post_message(events.Key(each, None))
        await until(pilot, lambda: isinstance(app.screen, CommandPalette) and app.screen.is_mounted)
        app.screen.query_one(CommandList).styles.height = 0
        await pilot.pause()
        app.post_message(events.Key(key, None))
        await pilot.press("escape")
        options = OptionList("one", "two")
        await app.screen.mount(options)
        options.styles.height = 0
        options.highlighted = 0
        options.focus()
        await pilot.pause()
        assert not options.scrollable_content_region
        await pilot.press(key)
        assert options.highlighted == 0
        options.styles.height = 4
        await pilot.pause()
        await pilot.press("pagedown")
        assert options.highlighted == 1


async def test_nothing_is_kept_of_what_is_closed() -> None:
    """Screens and keys that come and go leave no widgets, and nothing of what they last looked like."""
    app = DigitsApp()

    def kept() -> tuple[int, int]:
        gc.collect()
        found = gc.get_objects()
        return sum(isinstance(each, Widget) for each in found), sum(isinstance(each, StylesCache) for each in found)

    async with app.run_test(size=(80, 24)) as pilot:

        async def use() -> None:
            await pilot.press("h", "d", "t", "p", "ctrl+p", "a", "escape", "escape", "f1", "escape", "h")
            await pilot.pause(0.1)

        await use()
        before = kept()
        for _ in range(2):
            await use()
        widgets, looks = kept()
    assert widgets <= before[0] + 5 and looks <= before[1] + 5


async def test_a_widget_keeps_no_screen_that_was_open_when_it_was_made() -> None:
    """The task of each widget has a copy of the context it was made in, and who paints leaves the screens there."""
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        base = app.screen
        await pilot.press("f1", "ctrl+p")
        closed = [weakref.ref(screen) for screen in app.screen_stack[1:]]
        app.screen.get_style_at(*app.screen.query_one(Input).region.offset)
        await base.mount(Static(id="made-meanwhile"))
        await pilot.press("escape", "escape")
        await until(pilot, lambda: app.screen is base)
        app.screen.get_style_at(0, 0)
        await until(pilot, lambda: gc.collect() >= 0 and not any(screen() for screen in closed))


async def test_all_screens_that_show_are_resized() -> None:
    """Also those below others: whoever goes through them asks for them again meanwhile."""
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f1", "ctrl+p")
        await pilot.pause()
        seen = []
        for screen in app._background_screens:
            seen.append(screen)
            assert app._background_screens
        assert seen == app.screen_stack[:-1] and len(seen) == 2
        await pilot.resize_terminal(100, 30)
        await until(pilot, lambda: all(screen.size == (100, 30) for screen in app.screen_stack))


async def test_one_palette_is_open_at_a_time() -> None:
    """Also with the help over it; none where there is no room. A click that comes too late does nothing."""
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+p", "f1", "ctrl+p", "escape", "escape")
        await until(pilot, lambda: len(app.screen_stack) == 1)
        await pilot.press("ctrl+p")
        palette = app.screen
        assert isinstance(palette, CommandPalette)
        palette.post_message(events.Click(palette, 70, 30, 0, 0, 1, False, False, False))  # it has become smaller since
        await pilot.press("escape")
        await until(pilot, lambda: len(app.screen_stack) == 1)
        await pilot.resize_terminal(40, 10)
        await pilot.press("ctrl+p")
        assert isinstance(app.screen, TooSmall)


async def test_ctrl_q_quits_while_text_is_typed() -> None:
    """In the field for a path, where q is a letter."""
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("d", "a")
        await pilot.press("q")
        assert app.return_code is None
        await pilot.press("ctrl+q")
        await comes_true(lambda: app.return_code == 0)


async def test_quit_asks_while_a_download_is_under_way(monkeypatch: pytest.MonkeyPatch, no_children: list[str]) -> None:
    """Staying keeps it going; leaving ends it."""
    install(monkeypatch, {"datasets --download usps --json": [{"done": 1, "total": 9}, {"wait": 60}]})
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.owners.downloads.start("usps")
        await pilot.press("q")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("n")
        await until(pilot, lambda: not isinstance(app.screen, Confirm))
        assert app.return_code is None
        assert app.owners.downloads.is_under_way
        await pilot.press("q")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await comes_true(lambda: app.return_code == 0)


async def test_a_terminal_that_is_too_small_is_told_and_nothing_is_lost() -> None:
    """What was typed is still there when the terminal is large again."""
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("d")
        app.screen.query_one("#epochs").focus()
        await pilot.press("7")
        await pilot.resize_terminal(60, 20)
        await until(pilot, lambda: "needs 80×24" in text(app) and "is 60×20" in text(app))
        await pilot.resize_terminal(79, 24)
        await until(pilot, lambda: "is 79×24" in text(app))
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: not isinstance(app.screen, TooSmall))
        assert app.screen.query_one("#epochs", Input).value == "7"


async def test_a_start_in_a_small_terminal_shows_home_once_there_is_room() -> None:
    """And q quits meanwhile."""
    app = DigitsApp()
    async with app.run_test(size=(40, 10)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, TooSmall))
        await pilot.resize_terminal(100, 30)
        await until(pilot, lambda: "Watch a network learn" in text(app))
        await pilot.resize_terminal(40, 10)
        await until(pilot, lambda: isinstance(app.screen, TooSmall))
        await pilot.press("q")
        await comes_true(lambda: app.return_code == 0)


async def test_start_run_makes_a_run_starts_it_and_looks_at_it(trainings: Trainings) -> None:
    """The run directory holds what was asked for."""
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.post_message(StartRun(TrainingConfig(recipe="accurate", epochs=3)))
        await until(pilot, lambda: trainings.started and app.current_mode == "training")
        [run] = list_runs()
        assert trainings.started == [(run, False)]
        assert run.config() == TrainingConfig(recipe="accurate", epochs=3)
        assert (app.owners.runs.current, app.current_mode) == (run, "training")
        assert app.owners.runs.is_going(run)
        trainings.end(0)
        await until(pilot, lambda: not app.owners.runs.is_going(run))


async def test_a_second_run_is_asked_about(trainings: Trainings, going: Run) -> None:
    """No leads to the one that goes; yes starts another."""
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.post_message(StartRun(TrainingConfig()))
        await until(pilot, lambda: isinstance(app.screen, Confirm) and NAME in text(app))
        await pilot.press("n")
        await until(pilot, lambda: app.current_mode == "training")
        assert not trainings.started
        assert app.owners.runs.current == going
        app.post_message(StartRun(TrainingConfig()))
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, lambda: len(trainings.started) == 1)


async def test_a_key_that_comes_twice_starts_one_run(trainings: Trainings) -> None:
    """A slow line delivers the key and its repetition in one burst; later the key starts another."""
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        for _ in range(3):
            app.post_message(StartRun(TrainingConfig()))
        await until(pilot, lambda: trainings.started and app.current_mode == "training")
        await pilot.pause(0.1)
        assert len(list_runs()) == len(trainings.started) == 1
        assert len(app.screen_stack) == 1
        app.post_message(StartRun(TrainingConfig()))
        await until(pilot, lambda: len(trainings.started) == 2)


async def test_a_key_that_comes_twice_asks_once(trainings: Trainings, going: Run) -> None:
    """One answer closes the question, and starts one run."""
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        for _ in range(3):
            app.post_message(StartRun(TrainingConfig()))
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.pause(0.1)
        await pilot.press("y")
        await until(pilot, lambda: trainings.started)
        await pilot.pause(0.1)
        assert len(trainings.started) == 1
        assert [type(each).__name__ for each in app.screen_stack] == ["TrainingScreen"]


async def test_resume_starts_the_same_run_again(trainings: Trainings) -> None:
    """And looks at it."""
    run = new_run(NAME)
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.post_message(ResumeRun(run))
        await until(pilot, lambda: app.current_mode == "training" and NAME in text(app))
        assert trainings.started == [(run, True)]
        assert app.owners.runs.current == run


async def test_a_process_that_dies_without_a_word_is_told_of(trainings: Trainings) -> None:
    """With its status and where its output is."""
    app = DigitsApp()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        app.post_message(ResumeRun(new_run(NAME)))
        trainings.end(-9)
        await until(pilot, lambda: "status -9" in text(app))
        assert "log.txt" in text(app).replace("\n", "")


async def test_an_unwritable_home_is_told_of(
    trainings: Trainings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message of the error, as it is."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("DIGITS_HOME", str(tmp_path / "file"))
    app = DigitsApp()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        app.post_message(StartRun(TrainingConfig()))
        await until(pilot, lambda: "cannot create the folder" in text(app))
        assert not trainings.started


async def test_a_running_run_is_attached_to_at_the_start(going: Run) -> None:
    """It is the one that the training screen shows."""
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.owners.runs.current is not None)
        assert app.owners.runs.current == going
        assert app.current_mode == "home"


async def test_draw_with_opens_the_pad_with_that_checkpoint(tmp_path: Path) -> None:
    """The drawing screen reads with it."""
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.post_message(DrawWith(tmp_path / "model.npz"))
        await pilot.pause()
        assert (app.owners.model.checkpoint, app.current_mode) == (tmp_path / "model.npz", "drawing")


_FROM_HOME = (
    *("Data: Train", "Data: Add", "Data: Read again", "Training: Draw with it", "Training: Older epochs"),
    *("Draw: Choose a network", "Draw: Pen", "Draw: Eraser", "Draw: Undo", "Draw: Redo", "Draw: Clear"),
    *("Draw: Wider brush", "Everywhere: Data", "Everywhere: Help", "Everywhere: Quit", "Theme", "Screenshot"),
)


async def test_the_palette_knows_the_actions_of_all_screens() -> None:
    """Also the pad's, those that the footer leaves out, and a run's that applies; each once."""
    ended_run(NAME)
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+p")
        assert isinstance(app.screen, CommandPalette)
        await pilot.press("escape")
        names = [command.title for command in app.get_system_commands(app.screen)]
        for name in _FROM_HOME:
            assert name in names, name
        assert len(names) == len(set(names))
        assert not {"Home: Data", "Data: Cancel", "Data: Remove", "Data: Download", "Training: Resume"} & set(names)
        assert not {"Keys", "Quit", "Everywhere: Home"} & set(names)


async def test_an_action_of_another_screen_is_done_there() -> None:
    """The palette goes to the screen first."""
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        choose(app, "Data: Add")
        await until(pilot, lambda: type(app.screen).__name__ == "AddFolder" and "▾" in text(app))
        assert app.current_mode == "data"
        choose(app, "Draw: Eraser")
        await until(pilot, lambda: app.current_mode == "drawing" and app.screen.query_one(Pad).erasing)


async def test_the_palette_starts_no_training_unseen(trainings: Trainings) -> None:
    """From elsewhere it only leads to the screen that says what would be trained; there it starts."""
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        choose(app, "Data: Train")
        await until(pilot, lambda: app.current_mode == "data" and "70,000" in text(app))
        await pilot.pause(0.2)
        assert not trainings.started
        choose(app, "Data: Train")
        await until(pilot, lambda: trainings.started)
        app.exit()  # the screen that shows the run may not be composed yet


async def test_the_palette_follows_what_applies(
    monkeypatch: pytest.MonkeyPatch, no_children: list[str], going: Run
) -> None:
    """A download can be cancelled, and a run stopped, from any screen while there is one."""
    install(monkeypatch, {"datasets --download usps --json": [{"done": 1, "total": 9}, {"wait": 60}]})
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.owners.downloads.start("usps")
        await until(pilot, lambda: app.owners.runs.current is not None)
        choose(app, "Training: Stop")
        await until(pilot, going.stop_requested)
        choose(app, "Data: Cancel")
        await until(pilot, lambda: app.owners.downloads.current is None)
        names = [command.title for command in app.get_system_commands(app.screen)]
        assert "Data: Cancel" not in names


def choose(app: DigitsApp, name: str) -> None:
    """As somebody who picks `name` from the palette."""
    [command] = [each for each in app.get_system_commands(app.screen) if each.title == name]
    command.callback()


def test_the_parting_words_name_the_run_that_goes_on(going: Run) -> None:
    """And how to find it and how to end it."""
    words = parting_words()
    assert f"digits-tui watch {NAME}" in words
    assert f"digits-tui stop {NAME}" in words


def test_nothing_is_said_at_parting_where_nothing_goes_on() -> None:
    """A run of the past is no reason."""
    new_run(NAME)
    assert parting_words() == ""


def test_without_a_terminal_the_command_explains_itself() -> None:
    """On standard error, without a single escape, with status 2."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "tui"],
        env=children.environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert "needs a terminal, but standard input is not one" in done.stderr
    assert "\x1b" not in done.stderr


def test_arguments_go_to_the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whose exit status is ours."""
    seen: list[list[str]] = []

    def main(arguments: list[str]) -> int:
        seen.append(arguments)
        return 7

    monkeypatch.setattr("core.__main__.main", main)
    assert command.main(["devices", "--json"]) == 7
    assert seen == [["devices", "--json"]]


def test_the_first_screen_needs_neither_numpy_nor_torch() -> None:
    """The other screens are imported when they are opened."""
    code = "import sys, tui.app; tui.app.screen_class('home'); print({'numpy', 'torch'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], env=children.environment(), capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"


async def test_a_worker_that_is_answered_while_its_screen_is_removed_does_not_go_on() -> None:
    """The widgets that it would speak to go first."""
    removing, went_on = asyncio.Event(), []

    class Inside(Static):
        async def on_unmount(self) -> None:
            removing.set()
            await asyncio.sleep(0.05)  # the screen around it is still there, and its worker has its answer

    class Around(Screen[None]):
        def compose(self) -> ComposeResult:
            yield Inside()

        @work
        async def ask(self) -> None:
            await removing.wait()
            went_on.append(self.query_one(Inside))

    async with DigitsApp().run_test() as pilot:
        for _ in range(2):  # the second goes down with the app
            removing.clear()
            screen = Around()
            await pilot.app.push_screen(screen)
            screen.ask()
            await pilot.pause()
            if not _:
                await pilot.app.pop_screen()
                assert removing.is_set()
    assert removing.is_set() and not went_on
