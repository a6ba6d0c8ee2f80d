"""tui.terminal.closed: nothing is kept of widgets that are closed, not even on a screen that nobody looks at."""

from __future__ import annotations

import asyncio
import gc
import weakref
from typing import Any

import pytest
from layout import until
from textual import events
from textual.app import App, ComposeResult
from textual.screen import ModalScreen, Screen
from textual.widgets import Static
from waiting import comes_true

from core.system import gc_policy
from tui import app as app_module
from tui.app import DigitsApp
from tui.terminal import closed

pytestmark = pytest.mark.usefixtures("children_end")


class _Hidden(Screen[None]):
    """A screen whose widgets come and go."""

    def compose(self) -> ComposeResult:
        yield Static("stays")


class _Watching(ModalScreen[None]):
    """A dialog that wants to know of the app's theme, as of all that lives longer than it."""

    def on_mount(self) -> None:
        self.watch(self.app, "theme", lambda: None, init=False)


class HiddenApp(App[None]):
    """Two screens, of which one is hidden."""

    MODES = {"shown": Screen, "hidden": _Hidden}  # noqa: RUF012 - as Textual has it
    DEFAULT_MODE = "hidden"


async def test_a_hidden_screen_keeps_no_widget_that_is_closed() -> None:
    """Of a hundred that asked to be painted, or laid out, while nobody looked; the one that stays is painted later."""
    app = HiddenApp()
    async with app.run_test(size=(30, 10)) as pilot:
        hidden = app.screen
        await app.switch_mode("shown")
        gone: list[weakref.ref[Any]] = []
        for number in range(10):
            widget = Static(f"{number}")
            gone.append(weakref.ref(widget))
            await hidden.mount(widget)
            widget.update("another text\nof two lines", layout=True)
            widget.refresh()
            await pilot.pause()
            await widget.remove()
        del widget
        stays = hidden.query_one(Static)
        stays.update("changed")
        await pilot.pause()
        closed.forget(app)
        await until(pilot, lambda: gc.collect() >= 0 and sum(each() is not None for each in gone) <= 1)
        await app.switch_mode("hidden")
        await until(pilot, lambda: stays.render_line(0).text.startswith("changed"))


async def test_an_app_keeps_no_screen_that_watched_it() -> None:
    """Whoever still watches hears of the next change."""
    app = HiddenApp()
    async with app.run_test(size=(30, 10)) as pilot:
        gone: list[weakref.ref[Any]] = []
        for _ in range(3):
            dialog = _Watching()
            gone.append(weakref.ref(dialog))
            await app.push_screen(dialog)
            await pilot.pause()
            dialog.dismiss()
            await pilot.pause()
        del dialog
        closed.forget(app)
        await until(pilot, lambda: gc.collect() >= 0 and sum(each() is not None for each in gone) <= 1)


async def test_an_app_that_stays_open_forgets(monkeypatch: Any) -> None:
    """Every few seconds; here more often."""
    times: list[object] = []
    monkeypatch.setattr(app_module, "_FORGET", 0.05)
    monkeypatch.setattr(closed, "forget", times.append)
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: len(times) > 1 and times[-1] is app)


async def test_garbage_is_searched_for_until_the_app_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also while keys wait, behind which a timer's message would stand."""
    searched: list[float] = []
    monkeypatch.setattr(app_module, "_TIDY", 0.01)
    monkeypatch.setattr(gc_policy, "tidy", lambda: searched.append(0.0))
    app = app_module.DigitsApp()
    async with app.run_test(size=(80, 24)):
        before = len(searched)
        app.disable_messages(events.Timer)  # as if they waited behind keys
        await comes_true(lambda: len(searched) > before + 3)
    before = len(searched)
    await asyncio.sleep(0.1)
    assert len(searched) == before
