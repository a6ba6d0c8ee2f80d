"""tui.widgets.shared.key_footer: one line that looks like Textual's footer, whose keys can be clicked."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from layout import until
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Button, Footer

from tui.widgets.shared.key_footer import KeyFooter

_COMPACT = Binding.Group("Screens", compact=True)
_WIDE = Binding.Group("Moves", compact=False)


class Three(App[None]):
    """Two buttons with the same keys, and one that has a key of its own."""

    CSS = """
    /* Textual leaves no space after a group of keys. */
    Footer.-compact { FooterLabel { margin-right: 1; } }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "save", "Save"),
        Binding("ctrl+s", "save", "Save it too"),
        Binding("x", "nothing", ""),
        Binding("h", "go('h')", "Home", group=_COMPACT),
        Binding("d", "go('d')", "Data", group=_COMPACT),
        Binding("left", "left", "Left", group=_WIDE),
        Binding("right", "right", "Right", group=_WIDE, tooltip="To the right"),
        Binding("e", "alone", "Alone", group=Binding.Group("One")),
        Binding("z", "hidden", "Hidden", show=False),
    ]
    may_save = True

    class Odd(Button):
        """Has a key of its own."""

        BINDINGS: ClassVar[list[BindingType]] = [Binding("o", "odd", "Odd")]

    def __init__(self, **options: bool) -> None:
        super().__init__()
        self.options = options
        self.done: list[str] = []

    def compose(self) -> ComposeResult:
        yield Button(id="one")
        yield Button(id="two")
        yield self.Odd(id="odd")
        yield KeyFooter(**self.options)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Saving may be impossible for a while."""
        return True if action != "save" or self.may_save else None

    def action_save(self) -> None:
        """Note it."""
        self.done.append("save")

    def action_go(self, where: str) -> None:
        """Note it."""
        self.done.append(where)

    @property
    def footer(self) -> KeyFooter:
        """The line."""
        return self.query_one(KeyFooter)

    def words(self) -> list[str]:
        """What is written beside the keys."""
        return [item.text.strip() for item in self.footer.items]


def _cells(screen: Screen[Any]) -> list[tuple[object, ...]]:
    """The characters of the last line, with what can be seen of their style."""
    found: list[tuple[object, ...]] = []
    for segment in screen._compositor.render_strips()[-1]:
        style = segment.style
        assert style is not None
        found += [
            (each, style.bgcolor, style.bold or False, style.dim or False, style.color if each != " " else None)
            for each in segment.text
        ]
    return found


@pytest.mark.parametrize("may_save", [True, False])
@pytest.mark.parametrize("compact", [True, False])
@pytest.mark.parametrize("palette", [True, False])
@pytest.mark.parametrize("width", [120, 30])
async def test_it_looks_like_textuals_footer(width: int, palette: bool, compact: bool, may_save: bool) -> None:
    """Cell by cell: groups, keys without words, those that cannot be used, and where there is no room for all."""
    app = Three(show_command_palette=palette, compact=compact)
    app.may_save = may_save
    async with app.run_test(size=(width, 12)) as pilot:
        await until(pilot, lambda: bool(app.footer.items))
        await pilot.pause()
        mine = _cells(app.screen)
        await app.footer.remove()
        await app.mount(footer := Footer(show_command_palette=palette, compact=compact))
        app.refresh_bindings()
        await until(pilot, lambda: bool(footer.children))
        await pilot.pause()
        assert mine == _cells(app.screen)
        assert "Save" in "".join(str(cell[0]) for cell in mine)


async def test_the_same_keys_are_not_painted_again() -> None:
    """Nor when they are announced again."""
    app = Three(show_command_palette=False)
    async with app.run_test() as pilot:
        await until(pilot, lambda: bool(app.footer.items))
        before = app.footer.items
        app.query_one("#two").focus()
        app.refresh_bindings()
        await pilot.pause(0.1)
        assert app.footer.items is before


async def test_other_keys_and_other_states_show() -> None:
    """A key that comes, goes, or can be used no more."""
    app = Three(show_command_palette=False)
    async with app.run_test() as pilot:
        app.query_one("#odd").focus()
        await until(pilot, lambda: app.words()[:2] == ["Odd", "Save"])
        app.query_one("#one").focus()
        await until(pilot, lambda: app.words()[:1] == ["Save"])
        app.may_save = False
        app.refresh_bindings()
        await until(pilot, lambda: [item.enabled for item in app.footer.items[:2]] == [False, True])


async def test_a_key_is_pressed_by_a_click() -> None:
    """Each cell of it; between two, and on the name of a group, nothing is; one that cannot be used does nothing."""
    app = Three(show_command_palette=True, compact=True)
    async with app.run_test(size=(120, 12)) as pilot:
        await until(pilot, lambda: bool(app.footer.items))
        line = "".join(str(cell[0]) for cell in _cells(app.screen))
        for column in (line.index("s Save"), line.index("s Save") + 5):
            await pilot.click(KeyFooter, offset=(column, 0))
        await pilot.click(KeyFooter, offset=(line.index("s Save") + 6, 0))
        await pilot.click(KeyFooter, offset=(line.index("hd ") + 1, 0))
        await pilot.click(KeyFooter, offset=(line.index("Screens"), 0))
        assert app.done == ["save", "save", "d"]
        app.may_save = False
        app.refresh_bindings()
        await until(pilot, lambda: not app.footer.items[0].enabled)
        await pilot.click(KeyFooter, offset=(0, 0))
        assert app.done == ["save", "save", "d"]
        await pilot.click(KeyFooter, offset=(line.index("palette"), 0))
        await until(pilot, lambda: len(app.screen_stack) == 2)


async def test_the_key_under_the_mouse_is_marked_and_says_more() -> None:
    """Until the mouse leaves it."""
    app = Three(show_command_palette=False, compact=True)
    async with app.run_test(size=(120, 12)) as pilot:
        await until(pilot, lambda: bool(app.footer.items))
        plain = _cells(app.screen)
        line = "".join(str(cell[0]) for cell in plain)
        await pilot.hover(KeyFooter, offset=(line.index("→"), 0))
        assert app.footer.tooltip == "To the right"
        assert [at for at, (one, other) in enumerate(zip(plain, _cells(app.screen), strict=True)) if one != other] == [
            line.index("→")
        ]
        await pilot.hover("#one")
        assert app.footer.tooltip is None and _cells(app.screen) == plain


async def test_the_wheel_shows_what_has_no_room() -> None:
    """As far as the last key, and back; a click then presses what stands there."""
    app = Three(show_command_palette=False, compact=True)
    async with app.run_test(size=(20, 12)) as pilot:
        await until(pilot, lambda: bool(app.footer.items))
        before = _cells(app.screen)
        for _ in range(40):
            app.footer.on_mouse_scroll_down()
        await pilot.pause()
        line = "".join(str(cell[0]) for cell in _cells(app.screen))
        assert line.rstrip().endswith("e Alone") and line[0] != "s"
        await pilot.click(KeyFooter, offset=(line.index("e Alone"), 0))
        assert app.footer.item_at(line.index("e Alone")) == app.footer.items[-1]
        for _ in range(40):
            app.footer.on_mouse_scroll_up()
        await pilot.pause()
        assert _cells(app.screen) == before


async def test_what_has_room_again_is_not_left_out_of_sight() -> None:
    """After other keys, and on a wider terminal."""
    app = Three(show_command_palette=False, compact=True)
    async with app.run_test(size=(20, 12)) as pilot:
        await until(pilot, lambda: bool(app.footer.items))

        def first_is_there() -> bool:
            return app.footer.item_at(0) == app.footer.items[0]

        for wider in (False, True):
            for _ in range(40):
                app.footer.on_mouse_scroll_down()
            assert not first_is_there()
            if wider:
                await pilot.resize_terminal(200, 12)
            else:
                app.query_one("#odd").focus()
            await until(pilot, first_is_there)
