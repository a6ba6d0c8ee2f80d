"""The help: every key of the screen in focus."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fake_core import DEVICES, details, install
from layout import after, clipped, text

from tui.app import DigitsApp
from tui.screens.commands import commands
from tui.screens.help import HelpScreen

pytestmark = pytest.mark.usefixtures("children_end")


@pytest.fixture(autouse=True)
def no_children(monkeypatch: pytest.MonkeyPatch) -> None:
    """The data screen's children answer at once."""
    install(monkeypatch, {"devices --json": [DEVICES], "datasets mnist --json": [details()]})


@pytest.mark.parametrize("key", ["h", "d", "t", "p"])
async def test_every_key_of_the_screen_is_listed(key: str) -> None:
    """Those of its focused widget and of the app too, each with what it does."""
    app = DigitsApp()
    async with app.run_test(size=(100, 120)) as pilot:
        await pilot.press(key)
        await pilot.pause()
        expected = commands(app.screen)
        await pilot.press("f1")
        await pilot.pause()
        assert isinstance(app.screen, HelpScreen)
        lines = [" ".join(line.replace("│", " ").split()) for line in text(app).splitlines()]
        for command in expected:
            line = " ".join((" ".join(command.keys) + " " + command.description).split())
            assert any(line in each for each in lines), line
        assert {"q", "?"} <= {key for command in expected for key in command.keys}


async def test_help_opens_with_a_question_mark_scrolls_and_closes_with_escape() -> None:
    """At 80×24 there are more keys than lines."""
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("d", "question_mark")
        await pilot.pause()
        keys = app.screen.query_one("#keys")
        assert keys.max_scroll_y > 0
        await pilot.press("end")
        await pilot.pause()
        assert keys.scroll_y == keys.max_scroll_y
        assert clipped(app) == []
        await pilot.press("escape")
        assert not isinstance(app.screen, HelpScreen)


async def test_f1_helps_where_a_question_mark_is_typed() -> None:
    """In a field, whose own keys are listed after the screen's, of which more apply once the set has been read."""
    app = DigitsApp()
    async with app.run_test(size=(80, 50)) as pilot:
        await pilot.press("d")
        app.screen.query_one("#epochs").focus()
        await pilot.press("f1")
        await pilot.pause()
        assert isinstance(app.screen, HelpScreen)
        assert "Delete the previous digit" in text(app)


async def test_the_screen_s_own_keys_are_in_sight_at_once() -> None:
    """At 80×24, before those of the table; what Textual binds everywhere and means nothing here is left out."""
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("d")
        await pilot.pause()
        names = [(command.keys, command.description) for command in commands(app.screen)]
        await pilot.press("question_mark")
        await pilot.pause()
        seen = text(app)
        assert seen.index("Read again") < seen.index("Set above")
        for words in ("Train", "Add", "Read again"):
            assert words in seen
        assert (("tab", "shift+tab"), "Next or previous part of the screen") in names
        for noise in ("Copy selected text", "Focus Next", "Cursor left", "Home "):
            assert all(noise not in description for _, description in names)


def test_help_looks_right(snap_compare: Callable[..., bool]) -> None:
    """At 80×24."""
    assert snap_compare(DigitsApp(), terminal_size=(80, 24), run_before=after("question_mark"))


def test_help_looks_right_on_a_large_terminal(snap_compare: Callable[..., bool]) -> None:
    """At 160×50."""
    assert snap_compare(DigitsApp(), terminal_size=(160, 50), run_before=after("question_mark"))
