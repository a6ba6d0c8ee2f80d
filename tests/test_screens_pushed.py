"""tui.screens.pushed: whatever is pushed on a screen closes once, gives one result, and closes nothing but itself."""

from __future__ import annotations

import asyncio
import pkgutil
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fake_core import details, install
from layout import until
from run_story import finished
from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.screen import Screen
from textual.widgets import Static
from waiting import comes_true

import tui.app
import tui.screens
from core.config.configuration import TrainingConfig
from core.data import own_sets
from core.data.details import DataDetails
from core.errors import DataError
from core.runs.history import History
from core.runs.run import Run, create_run
from tui.app import DigitsApp, screen_class
from tui.screens.add_folder import AddFolder
from tui.screens.ask import Ask, Field
from tui.screens.check import CheckScreen
from tui.screens.checkpoints import CheckpointScreen
from tui.screens.comparison import ComparisonScreen
from tui.screens.confirm import Confirm
from tui.screens.fine_tuning_result import FineTuningResult, FineTuningResultScreen
from tui.screens.guided import GuidedScreen
from tui.screens.help import HelpScreen
from tui.screens.inside import InsideScreen
from tui.screens.log import LogScreen
from tui.screens.mistakes import MistakesScreen
from tui.screens.own_set import OwnSetScreen
from tui.screens.own_sets import OwnSetsScreen
from tui.screens.palette import Palette
from tui.screens.pushed import Dialog, PushedScreen
from tui.screens.run_comparison import RunComparisonScreen
from tui.screens.runs import RunsScreen
from tui.screens.scorecard import ScorecardScreen
from tui.screens.skipped import SkippedScreen
from tui.screens.steps import StepsScreen
from tui.state.owners import Owners

pytestmark = pytest.mark.usefixtures("children_end")

_HERE = Path("here.npz")


async def _nothing(*_: object) -> None:
    """Takes whatever was typed."""


def _no_images() -> Any:
    raise DataError("there are no images")


MADE: dict[type[PushedScreen[Any]], Callable[[App[Any]], PushedScreen[Any]]] = {
    AddFolder: lambda app: AddFolder(),
    Ask: lambda app: Ask("Rename?", "", [Field("Name")], "Rename", _nothing),
    CheckScreen: lambda app: CheckScreen(Path("nowhere"), "nowhere"),
    CheckpointScreen: lambda app: CheckpointScreen(None),
    ComparisonScreen: lambda app: ComparisonScreen(_HERE, _HERE.with_name("there.npz"), "mnist"),
    Confirm: lambda app: Confirm("Go on?", "It costs nothing.", "Yes"),
    FineTuningResultScreen: lambda app: FineTuningResultScreen(
        FineTuningResult("Anna", finished(6), _HERE, _HERE, None)
    ),
    GuidedScreen: lambda app: GuidedScreen(None),
    HelpScreen: lambda app: HelpScreen(app.screen),
    InsideScreen: lambda app: InsideScreen(np.eye(28, dtype=np.uint8) * np.uint8(255), "a line"),
    LogScreen: lambda app: LogScreen(create_run(TrainingConfig()), History()),
    MistakesScreen: lambda app: MistakesScreen(None, "mnist", np.eye(10, dtype=int).tolist()),
    OwnSetScreen: lambda app: OwnSetScreen(own_sets.active()),
    OwnSetsScreen: lambda app: OwnSetsScreen(),
    Palette: lambda app: Palette(),
    RunComparisonScreen: lambda app: RunComparisonScreen(Owners.of(app).runs, {Run(_HERE): 0}),
    RunsScreen: lambda app: RunsScreen(Owners.of(app)),
    ScorecardScreen: lambda app: ScorecardScreen(None),
    SkippedScreen: lambda app: SkippedScreen(DataDetails.from_json(details())),
    StepsScreen: lambda app: StepsScreen(_no_images),
}


class Base(App[None]):
    """Pushes a screen and notes its results."""

    CSS_PATH = Path(tui.app.__file__).with_name("app.tcss")

    def __init__(self) -> None:
        super().__init__()
        self.results: list[object] = []

    def compose(self) -> ComposeResult:
        yield Static("the screen below")

    def ask(self, kind: type[PushedScreen[Any]]) -> None:
        """Push one and wait for its result."""
        self.run_worker(self._ask(kind))

    async def _ask(self, kind: type[PushedScreen[Any]]) -> None:
        self.results.append(await self.push_screen_wait(MADE[kind](self)))


def _id(value: object) -> str:
    return value.__name__ if isinstance(value, type) else str(value)


def _every(base: type[Screen[Any]]) -> Iterable[type[Screen[Any]]]:
    for each in base.__subclasses__():
        yield each
        yield from _every(each)


def test_whatever_is_pushed_is_such_a_screen() -> None:
    """No dialog is a modal screen of Textual's own, and each is among those that the tests below make."""
    for module in pkgutil.iter_modules(tui.screens.__path__):
        import_module(f"tui.screens.{module.name}")
    ours = {each for each in _every(Screen) if each.__module__.startswith("tui.screens.") and each is not Dialog}
    pushed = {each for each in ours if issubclass(each, PushedScreen)} - {PushedScreen}
    assert {each.__name__ for each in pushed - MADE.keys()} == {"TooSmall"}  # which the app closes
    assert {each.__name__ for each in ours - pushed - {PushedScreen}} == {
        "FullSizeScreen", "ModeScreen", "HomeScreen", "DataScreen", "TrainingScreen", "ReadingScreen", "DrawingScreen",
    }  # fmt: skip


@pytest.fixture(autouse=True)
def no_children(monkeypatch: pytest.MonkeyPatch) -> None:
    """None is started."""
    install(monkeypatch, {})


def _answers(kind: type[PushedScreen[Any]]) -> set[str]:
    """The keys that close such a screen at once."""
    bindings = Binding.make_bindings(kind.BINDINGS)
    return {key for each in bindings if "dismiss" in each.action for key in each.key.split(",")} | {"escape"}


@pytest.mark.parametrize(
    ("kind", "key"), [(kind, key) for kind in MADE for key in sorted(_answers(kind) | {"enter"})], ids=_id
)
async def test_a_burst_of_answers_closes_it_once(kind: type[PushedScreen[Any]], key: str) -> None:
    """The same key three times at once, as a slow line delivers it; the screen below stays."""
    app = Base()
    async with app.run_test(size=(80, 24)) as pilot:
        app.ask(kind)
        await until(pilot, lambda: isinstance(app.screen, kind) and app.screen.is_mounted)
        for _ in range(3):
            app.post_message(events.Key(key, None))
        if key in _answers(kind):
            await until(pilot, lambda: app.results)
        await pilot.pause(0.05)
        await until(pilot, lambda: len(app.screen_stack) == 2 - len(app.results))
        assert len(app.results) <= 1


async def test_each_is_opened_once() -> None:
    """Who asks for it a second time gets no result at once; it can be opened again when it is closed."""
    app = DigitsApp()
    results: list[object] = []

    async def ask(kind: type[PushedScreen[Any]]) -> None:
        results.append(await app.push_screen_wait(MADE[kind](app)))

    async with app.run_test(size=(80, 24)) as pilot:
        kinds: list[type[PushedScreen[Any]]] = [*MADE, Confirm]
        for kind in kinds:
            for _ in range(3):
                app.run_worker(ask(kind))
            await until(pilot, lambda kind=kind: isinstance(app.screen, kind) and app.screen.is_mounted)  # type: ignore[misc]
            await until(pilot, lambda: results == [None, None])
            assert len(app.screen_stack) == 2
            app.screen.dismiss(None)
            await until(pilot, lambda: len(results) == 3)
            assert len(app.screen_stack) == 1
            results.clear()


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("opened", [*MADE, "data", "training", "drawing"], ids=_id)
async def test_keys_for_a_screen_that_is_not_composed_yet_wait(
    opened: type[PushedScreen[Any]] | str, backwards: bool
) -> None:
    """All of its keys, as the screen below passes them on when they were typed at once with the one that opens it."""
    app = DigitsApp()
    screens: list[Screen[Any]] = []

    async def burst() -> None:
        if isinstance(opened, str):
            app.switch_mode(opened)
        else:
            app.push_screen(MADE[opened](app))
        kind = screen_class(opened) if isinstance(opened, str) else opened
        assert isinstance(app.screen, kind) and not app.screen.is_mounted
        screens.append(app.screen)
        keys = list(app.screen._bindings.key_to_bindings)
        for key in reversed(keys) if backwards else keys:
            await app._check_bindings(key)

    async with app.run_test(size=(80, 24)):
        app.call_later(burst)
        # Not by the pilot, which waits for widgets of a screen that one of the keys may close.
        await comes_true(
            lambda: (
                screens and screens[0].is_mounted and not (screens[0].is_running and screens[0]._message_queue.qsize())
            )
        )
        app.post_message(events.Key("ctrl+q", None))
        await comes_true(lambda: not app.is_running)


async def test_a_press_on_what_is_not_painted_yet_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everywhere on each screen: it is laid out, and none of its widgets has been asked for its lines."""
    painted = Screen._compositor_refresh
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        opening: list[type[PushedScreen[Any]] | str] = [*MADE, "data", "training", "drawing"]
        for opened in opening:
            monkeypatch.setattr(Screen, "_compositor_refresh", lambda _: None)
            if isinstance(opened, str):
                app.switch_mode(opened)
            else:
                app.push_screen(MADE[opened](app))
            screen = app.screen
            await until(pilot, lambda screen=screen: screen.is_mounted and len(screen.query("*")) > 1)  # type: ignore[misc]
            screen._refresh_layout()
            pressed = 0
            for x in range(1, 80, 9):
                for y in range(1, 24, 3):
                    screen._forward_event(events.MouseDown(None, x, y, 0, 0, 1, False, False, False, x, y))
                    pressed += screen.get_widget_and_offset_at(x, y)[0] not in (None, screen)
            assert pressed > 10
            monkeypatch.setattr(Screen, "_compositor_refresh", painted)
            await pilot.pause()
            while len(app.screen_stack) > 1:
                await until(pilot, lambda: app.screen.is_mounted)  # a press may have opened another one
                await app.pop_screen()


async def test_what_only_shows_something_closes_when_another_mode_is_opened() -> None:
    """What asks something, or holds work, waits below what the user comes back to."""
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        for kind in MADE:
            app.push_screen(MADE[kind](app))
            await until(pilot, lambda kind=kind: isinstance(app.screen, kind) and app.screen.is_mounted)  # type: ignore[misc]
            await app.switch_mode("data")
            await app.switch_mode("home")
            assert [type(screen) for screen in app.screen_stack[1:]] == ([] if kind.ONLY_SHOWS else [kind])
            while len(app.screen_stack) > 1:
                await app.pop_screen()
        app.push_screen(MADE[Confirm](app))
        app.push_screen(MADE[HelpScreen](app))
        app.push_screen(MADE[LogScreen](app))
        await app.switch_mode("data")
        await app.switch_mode("home")
        await until(pilot, lambda: [type(screen) for screen in app.screen_stack[1:]] == [Confirm])
    assert {kind.__name__ for kind in MADE if kind.ONLY_SHOWS} == {
        "ComparisonScreen", "HelpScreen", "InsideScreen", "LogScreen", "MistakesScreen", "Palette",
        "RunComparisonScreen", "ScorecardScreen", "SkippedScreen", "StepsScreen",
    }  # fmt: skip


async def test_another_question_is_asked_over_one() -> None:
    """Only the same one is not."""
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        for question in ("Quit?", "Remove it?", "Quit?"):
            app.push_screen(Confirm(question, "", "Yes"))
            app.push_screen(Ask(question, "", [Field("Name")], "Rename", _nothing))
        assert len(app.screen_stack) == 5
        await until(pilot, lambda: all(screen.is_mounted for screen in app.screen_stack))


async def test_what_is_answered_while_it_is_covered_closes_when_it_is_uncovered() -> None:
    """Another screen on top is left alone."""
    app = Base()
    async with app.run_test() as pilot:
        app.ask(Confirm)
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        below = app.screen
        await app.push_screen(HelpScreen(app.screen))
        below.dismiss(True)
        await pilot.pause()
        assert isinstance(app.screen, HelpScreen)
        await pilot.press("escape")
        await until(pilot, lambda: app.results == [True])
        assert len(app.screen_stack) == 1


async def test_a_result_that_nobody_waits_for_any_more_is_let_go() -> None:
    """The worker that asked was cancelled."""
    app = Base()
    async with app.run_test() as pilot:
        app.ask(Confirm)
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        app.workers.cancel_all()
        await pilot.pause()
        await pilot.press("y")
        await until(pilot, lambda: len(app.screen_stack) == 1)
        assert app.results == []


async def test_nothing_is_begun_for_a_dialog_that_is_closing() -> None:
    """Enter, escape and enter in one burst: the second attempt would report to a dialog that is gone."""
    attempts: list[object] = []

    async def attempt(values: list[str], report: object) -> None:
        attempts.append(values)
        await asyncio.sleep(0.01)
        raise DataError("it cannot be had")

    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        for late in range(0, 40, 4):
            dialog = Ask("Rename?", "", [Field("Name")], "Rename", attempt)
            await app.push_screen(dialog)
            await until(pilot, lambda dialog=dialog: dialog.is_mounted)  # type: ignore[misc]
            dialog.dismiss(False)
            for _ in range(late):
                await asyncio.sleep(0)
            dialog._try()
            await pilot.pause(0.03)
        assert len(app.screen_stack) == 1
    assert attempts == []
