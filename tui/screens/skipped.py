"""The notes about a data set, and its files that were skipped, each with the reason."""

from __future__ import annotations

from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from core.data.details import DataDetails
from tui.screens.pushed import Dialog
from tui.widgets.shared.key_footer import KeyFooter


class SkippedScreen(Dialog[None]):
    """A scrollable list."""

    ONLY_SHOWS = True
    BINDING_GROUP_TITLE = "Notes"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Close"),
        Binding("k,q", "dismiss(None)", "Close", show=False),
    ]

    def __init__(self, details: DataDetails) -> None:
        super().__init__()
        self._details = details

    def compose(self) -> ComposeResult:
        details = self._details
        table = Table.grid(padding=(0, 2, 0, 0), expand=True)
        table.add_column(ratio=1, overflow="fold")
        table.add_column(ratio=1, overflow="fold")
        for each in details.skipped:
            table.add_row(Text(each.path), Text(each.reason, "dim"))
        with Vertical(classes="dialog"):
            yield Static(f"{details.title}: notes and skipped files", classes="dialog-title", markup=False)
            with VerticalScroll(id="skipped"):
                for note in details.notes:
                    yield Static(note, classes="note", markup=False)
                if details.skipped:
                    yield Static(f"{len(details.skipped):,} skipped", classes="heading", markup=False)
                    yield Static(table)
        yield KeyFooter(show_command_palette=False)

    def on_mount(self) -> None:
        """Focus the list, so that the arrow keys scroll at once."""
        self.query_one("#skipped").focus()
