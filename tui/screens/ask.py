"""A dialog that asks for one or two lines of text, tries to act on them, and asks again until that succeeds."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Button, Input, ProgressBar, Static

from core.errors import DigitsError
from core.printable import printable
from tui.processes.child import OnProgress
from tui.screens.pushed import Dialog
from tui.widgets.shared.key_footer import KeyFooter
from tui.widgets.shared.path_input import PathInput

Attempt = Callable[[list[str], OnProgress], Awaitable[None]]
"""Called with the values typed and a progress callback; raises DigitsError if it fails."""


@dataclass(frozen=True)
class Field:
    """One line of text to ask for."""

    label: str
    value: str = ""
    is_path: bool = False
    """Whether it is a path, completed from the file system."""
    most: int = 0
    """The longest text, in characters; 0 for no limit."""


class PathField(PathInput):
    """A path field of the dialog."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "submit", "Continue")]


class Ask(Dialog[bool]):
    """Returns True once the attempt has succeeded, False if the user cancels."""

    BINDING_GROUP_TITLE = "Question"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", "Cancel")]
    DEFAULT_CSS = """
    Ask {
        .label { margin-top: 1; }
        Input { background: $boost; }
        #said { height: auto; max-height: 6; margin-top: 1; color: $text-error; }
        ProgressBar { width: 100%; margin-top: 1; Bar { width: 1fr; } }
    }
    """

    def __init__(self, question: str, explanation: str, fields: Sequence[Field], do: str, attempt: Attempt) -> None:
        """`do` is the button's label; `attempt` is called when it is pressed."""
        super().__init__()
        self._question = question
        self._explanation = explanation
        self._fields = fields
        self._do = do
        self._attempt = attempt

    def is_same_as(self, other: Screen[Any]) -> bool:
        """Whether `other` asks the same question."""
        return isinstance(other, type(self)) and other._question == self._question

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(self._question, classes="dialog-title", markup=False)
            yield Static(self._explanation, classes="muted", markup=False)
            for index, field in enumerate(self._fields):
                yield Static(field.label, classes="label", markup=False)
                if field.is_path:
                    path = PathField(placeholder="a path  (→ or tab completes)", id=f"field-{index}", compact=True)
                    path.value = field.value
                    yield path
                else:
                    yield Input(field.value, id=f"field-{index}", max_length=field.most, compact=True)
            yield Static(id="said", markup=False)
            yield ProgressBar(show_eta=False)
            with Horizontal(classes="dialog-buttons"):
                yield Button(self._do, id="do", variant="primary", compact=True)
                yield Button("Cancel", id="cancel", compact=True)
        yield KeyFooter(show_command_palette=False)

    def on_mount(self) -> None:
        """Focus the first line."""
        self._say("")
        self.query_one("#field-0").focus()

    @on(Input.Submitted)
    def _next(self, event: Input.Submitted) -> None:
        """Enter moves to the next line, and on the last one makes the attempt."""
        fields = list(self.query(Input))
        index = fields.index(event.input)
        if index + 1 < len(fields):
            fields[index + 1].focus()
        else:
            self._try()

    @on(Button.Pressed, "#do")
    def _pressed(self) -> None:
        self._try()

    @work(exclusive=True)
    async def _try(self) -> None:
        values = [field.value.strip() for field in self.query(Input)]
        self._say("")
        # Otherwise the values could be changed during the attempt.
        self._set_enabled(False)
        try:
            await self._attempt(values, self._report)
        except DigitsError as error:
            self._say(f"✗ {printable(str(error))}")
            self._set_enabled(True)
            self.query_one("#field-0").focus()
        else:
            self.dismiss(True)

    def _set_enabled(self, enabled: bool) -> None:
        for each in self.query("Input, #do"):
            each.disabled = not enabled
        if not enabled:
            self.set_focus(None)  # else the focus moves to the next button, and Enter would press it

    def _report(self, done: int, total: int | None) -> None:
        bar = self.query_one(ProgressBar)
        bar.display = True
        bar.update(total=total, progress=done)

    def _say(self, text: str) -> None:
        said = self.query_one("#said", Static)
        said.update(text)
        said.display = bool(text)
        self.query_one(ProgressBar).display = False

    @on(Button.Pressed, "#cancel")
    def action_cancel(self) -> None:
        """Close; this also ends an attempt under way."""
        self.dismiss(False)
