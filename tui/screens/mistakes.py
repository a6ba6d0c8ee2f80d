"""The mistakes of a cross-validation: which digit was read as which, and what to do about it."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from core.words import plural
from tui.screens.pushed import Dialog
from tui.widgets.run.confusion import Confusion, Table, mistakes
from tui.widgets.shared.key_footer import KeyFooter


class MistakesScreen(Dialog[None]):
    """Shows the confusion matrix."""

    ONLY_SHOWS = True
    CSS_PATH = "mistakes.tcss"
    BINDING_GROUP_TITLE = "Mistakes"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,m", "dismiss", "Close", key_display="esc")]

    def __init__(self, table: Table) -> None:
        super().__init__()
        self._table = table

    def compose(self) -> ComposeResult:
        wrong, count = sum(each for each, _, _ in mistakes(self._table)), sum(map(sum, self._table))
        with Vertical() as box:
            box.border_title = f"Mistakes: {wrong:,} of {plural(count, 'image')}"
            yield Confusion()
            if wrong:
                yield Static("A check-up (d, then v) shows images whose\nlabel may be wrong.", id="advice")
        yield KeyFooter(show_command_palette=False)

    def on_mount(self) -> None:
        """Fill the table."""
        self.query_one(Confusion).show(self._table)
