"""The keys of the current screen, read from its bindings and so never out of date."""

from __future__ import annotations

from itertools import groupby
from typing import Any, ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import Screen
from textual.widgets import Static

from tui.screens.commands import Command, commands, title
from tui.screens.pushed import Dialog
from tui.widgets.shared.key_footer import KeyFooter


class HelpScreen(Dialog[None]):
    """Lists every key of a screen, of its focused widget and of the app."""

    ONLY_SHOWS = True
    BINDING_GROUP_TITLE = "Help"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Close"),
        Binding("question_mark,q", "dismiss(None)", "Close", show=False),
    ]

    def __init__(self, screen: Screen[Any]) -> None:
        """Reads the keys of `screen` now, while its focus is still where the user left it."""
        super().__init__()
        self._heading = f"Keys: {title(screen)}"
        self._commands = commands(screen)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(self._heading, classes="dialog-title", markup=False)
            with VerticalScroll(id="keys"):
                for namespace, group in groupby(self._commands, key=lambda command: command.namespace):
                    yield Static(title(namespace), classes="heading", markup=False)
                    yield Static(_table(list(group)))
        yield KeyFooter(show_command_palette=False)

    def on_mount(self) -> None:
        """Focus the list, so that the arrow keys scroll at once."""
        self.query_one("#keys").focus()


def _table(group: list[Command]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(width=16, no_wrap=True)
    table.add_column()
    for command in group:
        style = "" if command.enabled else "dim"
        table.add_row(
            Text("  ".join(command.keys), "bold " + style),
            Text(command.description + ("" if command.enabled else " (not now)"), style),
        )
    return table
