"""tui.widgets.shared.key_footer: keys that stay are left as they stand, others are shown at once."""

from __future__ import annotations

from typing import ClassVar

from layout import until
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Button
from textual.widgets._footer import FooterKey

from tui.widgets.shared.key_footer import KeyFooter


class Three(App[None]):
    """Two buttons with the same keys, and one that has a key of its own."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("s", "save", "Save")]
    may_save = True

    class Odd(Button):
        """Has a key of its own."""

        BINDINGS: ClassVar[list[BindingType]] = [Binding("o", "odd", "Odd")]

    def compose(self) -> ComposeResult:
        yield Button(id="one")
        yield Button(id="two")
        yield self.Odd(id="odd")
        yield KeyFooter(show_command_palette=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Saving may be impossible for a while."""
        return True if action != "save" or self.may_save else None

    def shown(self) -> list[FooterKey]:
        """The keys in the footer."""
        return list(self.query(FooterKey))

    def words(self) -> list[str]:
        """What is written beside them."""
        return [key.description for key in self.shown()]


async def test_the_same_keys_are_not_composed_again() -> None:
    """Nor when they are announced again."""
    app = Three()
    async with app.run_test() as pilot:
        await until(pilot, app.shown)
        before = app.shown()
        app.query_one("#two").focus()
        app.refresh_bindings()
        await pilot.pause(0.1)
        assert app.shown() == before
        assert app.words() == ["Save"]


async def test_other_keys_and_other_states_show() -> None:
    """A key that comes, goes, or can be used no more."""
    app = Three()
    async with app.run_test() as pilot:
        app.query_one("#odd").focus()
        await until(pilot, lambda: app.words() == ["Odd", "Save"])
        app.query_one("#one").focus()
        await until(pilot, lambda: app.words() == ["Save"])
        app.may_save = False
        app.refresh_bindings()
        await until(pilot, lambda: [key.has_class("-disabled") for key in app.shown()] == [True])
