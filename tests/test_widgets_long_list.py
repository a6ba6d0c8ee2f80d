"""tui.widgets.shared.long_list: lines are made when they are shown, and the highlight is one of them."""

from __future__ import annotations

from typing import Any

from layout import text, until
from textual import events
from textual.app import App, ComposeResult
from textual.content import Content

from tui.widgets.shared.long_list import LongList


class ListApp(App[None]):
    """A list, and what was made and said of it."""

    CSS = "LongList { height: 1fr; }"

    def __init__(self) -> None:
        super().__init__()
        self.made: set[int] = set()
        self.said: list[str] = []

    def compose(self) -> ComposeResult:
        yield LongList()

    @property
    def list(self) -> LongList:
        """The list."""
        return self.query_one(LongList)

    def line(self, index: int) -> Content:
        """A line that says which it is."""
        self.made.add(index)
        return Content(f"line {index}.")

    def on_long_list_highlighted(self) -> None:
        """Note it."""
        self.said.append("highlighted")

    def on_long_list_chosen(self, event: LongList.Chosen) -> None:
        """Note it."""
        self.said.append(f"chosen {event.index}")


async def test_only_what_is_in_sight_is_made() -> None:
    """Of a hundred thousand lines; the highlight brings others into sight."""
    app = ListApp()
    async with app.run_test(size=(30, 10)) as pilot:
        app.list.show(100_000, app.line)
        await pilot.pause()
        assert app.made == set(range(10)) and "line 9." in text(app)
        app.list.highlighted = 50_000
        await pilot.pause()
        assert "line 50000." in text(app)
        assert len(app.made) <= 30
        app.made.clear()
        app.list.refresh_from(0, 1000)
        await pilot.pause()
        assert not app.made
        app.list.refresh_from(49_000, 2_000)
        await pilot.pause()
        assert len(app.made) == 10
        app.list.highlighted = 10**9
        await pilot.pause()
        assert app.list.highlighted == 99_999 and "line 99999." in text(app)


async def test_the_highlight_is_a_line_that_exists() -> None:
    """Whatever is shown next, and where nothing is."""
    app = ListApp()
    async with app.run_test(size=(30, 10)) as pilot:
        assert app.list.highlighted is None
        app.list.highlighted = 3
        assert app.list.highlighted is None
        app.list.show(20, app.line)
        app.list.highlighted = -5
        assert app.list.highlighted == 0
        app.list.highlighted = 15
        app.list.show(4, app.line)
        await pilot.pause()
        assert app.list.highlighted == 3 and "line 0." in text(app)
        app.list.show(0, app.line)
        await pilot.pause()
        assert app.list.highlighted is None and "line" not in text(app)


async def test_a_click_chooses_the_line_under_it() -> None:
    """Also where it was scrolled to; below the last one there is nothing to choose."""
    app = ListApp()
    async with app.run_test(size=(30, 10)) as pilot:
        app.list.show(50, app.line)
        app.list.highlighted = 49
        await pilot.pause()
        app.said.clear()
        await _click(pilot, 2)
        assert app.said == ["highlighted", "chosen 42"]
        app.list.show(3, app.line)
        await pilot.pause()
        app.said.clear()
        await _click(pilot, 3)
        assert app.said == []


async def _click(pilot: Any, row: int) -> None:
    await pilot.click(LongList, offset=(1, row))
    await pilot.pause()


async def test_keys_move_by_lines_pages_and_ends_and_enter_chooses() -> None:
    """In a list of two rows a line, five of which are in sight."""

    class TallApp(ListApp):
        def compose(self) -> ComposeResult:
            yield LongList(rows=2)

        def line(self, index: int) -> Content:
            return Content(f"line {index}.\n  more of {index}.")

    app = TallApp()
    async with app.run_test(size=(30, 10)) as pilot:
        await pilot.press("enter")
        assert "chosen" not in " ".join(app.said)
        app.list.show(40, app.line)
        app.list.focus()
        for key, line in (
            ("down", 0),
            ("down", 1),
            ("pagedown", 6),
            ("up", 5),
            ("end", 39),
            ("pageup", 34),
            ("home", 0),
        ):
            await pilot.press(key)
            await pilot.pause()
            assert app.list.highlighted == line, key
            assert f"line {line}." in text(app) and f"more of {line}." in text(app), key
        app.said.clear()
        await pilot.press("enter")
        await _click(pilot, 3)
        assert app.said == ["chosen 0", "highlighted", "chosen 1"]


async def test_what_is_chosen_stays_chosen_when_another_line_is_highlighted() -> None:
    """As by the keys of one burst."""
    app = ListApp()
    async with app.run_test(size=(30, 10)) as pilot:
        app.list.show(40, app.line)
        app.list.focus()
        await pilot.press("home")
        app.said.clear()
        for key in ("enter", "down", "down"):
            app.post_message(events.Key(key, None))
        await until(pilot, lambda: app.list.highlighted == 2)
        await pilot.pause()
        assert [each for each in app.said if each != "highlighted"] == ["chosen 0"]


async def test_the_highlighted_line_stays_in_sight_in_a_smaller_terminal() -> None:
    """Also the last one."""
    app = ListApp()
    async with app.run_test(size=(30, 20)) as pilot:
        app.list.show(20, app.line)
        app.list.highlighted = 19
        await pilot.resize_terminal(30, 8)
        await until(pilot, lambda: "line 19." in text(app))
