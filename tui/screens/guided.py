"""The dialog before a guided session: asks how many of each digit to draw, or continues an unfinished session."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, Static

from core.drawing.guided_session import MOST, GuidedSession
from tui.screens.pushed import Dialog
from tui.widgets.shared.key_footer import KeyFooter

_USUAL = 10


class GuidedScreen(Dialog[int | None]):
    """Returns how many of each digit a new session asks for, 0 to continue the unfinished one, or None to cancel."""

    BINDING_GROUP_TITLE = "Guided session"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel")]
    DEFAULT_CSS = """
    GuidedScreen {
        #left { margin-top: 1; }
        #each-row { height: 1; margin-top: 1; }
        #each-label { width: auto; margin-right: 2; }
        #each { width: 8; background: $boost; }
        #wrong { color: $text-error; margin-top: 1; }
    }
    """

    def __init__(self, left: GuidedSession | None) -> None:
        """`left` is the unfinished session, if there is one."""
        super().__init__()
        self._left = left

    def compose(self) -> ComposeResult:
        left = self._left
        with Vertical(classes="dialog -narrow"):
            yield Static("Guided session", classes="dialog-title")
            yield Static(
                "You are asked for digits in random order. Draw each one and press Enter: it is kept, and the next "
                "one follows. You can leave and continue at any time.",
                classes="dialog-text",
            )
            if left is not None:
                progress = f"{len(left.done)} of {left.total} drawn, {len(left.left)} left."
                yield Static(progress, id="left", classes="dialog-text")
            with Horizontal(id="each-row"):
                yield Static("How many of each digit", id="each-label")
                yield Input(str(_USUAL), id="each", type="integer", max_length=4, compact=True)
            yield Static(id="wrong", markup=False)
            with Horizontal(classes="dialog-buttons"):
                if left is not None:
                    yield Button("Continue", id="go-on", variant="primary", compact=True)
                    yield Button("Start over", id="begin", compact=True)
                else:
                    yield Button("Start", id="begin", variant="primary", compact=True)
                yield Button("Cancel", id="cancel", compact=True)
        yield KeyFooter(show_command_palette=False)

    def on_mount(self) -> None:
        """Focus the most likely choice, so that Enter alone is enough."""
        self.query_one("#wrong").display = False
        self.query_one("#each" if self._left is None else "#go-on").focus()

    @on(Input.Submitted, "#each")
    @on(Button.Pressed, "#begin")
    def _begin(self) -> None:
        given = self.query_one("#each", Input).value.strip()
        if given.isdecimal() and 1 <= int(given) <= MOST:
            self.dismiss(int(given))
            return
        wrong = self.query_one("#wrong", Static)
        wrong.update(f"✗ Enter a whole number from 1 to {MOST:,}.")
        wrong.display = True
        self.query_one("#each").focus()

    @on(Button.Pressed, "#go-on")
    def _go_on(self) -> None:
        self.dismiss(0)

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.dismiss(None)
