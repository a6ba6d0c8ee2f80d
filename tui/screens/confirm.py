"""A yes-or-no question."""

from __future__ import annotations

from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Button, Static

from tui.screens.pushed import Dialog
from tui.widgets.shared.key_footer import KeyFooter


class Confirm(Dialog[bool]):
    """Returns True for yes and False for no."""

    BINDING_GROUP_TITLE = "Question"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "dismiss(True)", "Yes"),
        Binding("n", "dismiss(False)", "No"),
        Binding("escape", "dismiss(False)", "No", show=False),
        Binding("left,right,up,down", "app.focus_next", "Other answer", show=False),
    ]

    def __init__(self, question: str, explanation: str, yes: str, no: str = "Cancel") -> None:
        super().__init__()
        self._question = question
        self._explanation = explanation
        self._yes = yes
        self._no = no

    def is_same_as(self, other: Screen[Any]) -> bool:
        """Whether `other` asks the same question."""
        return isinstance(other, type(self)) and other._question == self._question

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog -narrow"):
            yield Static(self._question, classes="dialog-title", markup=False)
            yield Static(self._explanation, classes="dialog-text", markup=False)
            with Horizontal(classes="dialog-buttons"):
                yield Button(self._yes, id="yes", variant="primary", compact=True)
                yield Button(self._no, id="no", compact=True)
        yield KeyFooter(show_command_palette=False)

    def on_mount(self) -> None:
        """Focus the answer that changes nothing, in case Enter is pressed by accident."""
        self.query_one("#no").focus()

    @on(Button.Pressed)
    def _answer(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "yes")
