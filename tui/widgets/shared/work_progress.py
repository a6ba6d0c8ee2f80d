"""How far the work of a child process is: a bar, and what is being done."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import ProgressBar, Static

from core.printable import printable
from core.system.messages import CommandProgress


class WorkProgress(Horizontal):
    """One line; hide it when the work has ended."""

    DEFAULT_CSS = """
    WorkProgress {
        height: 1;
        ProgressBar { width: 30; margin-right: 2; Bar { width: 1fr; } }
        Static { width: 1fr; text-wrap: nowrap; text-overflow: ellipsis; }
    }
    """

    def compose(self) -> ComposeResult:
        yield ProgressBar(show_eta=False)
        yield Static(markup=False)

    def begin(self, doing: str = "starting") -> None:
        """Show that it is not known yet how much there is to do."""
        self.show(CommandProgress(0, None, doing))

    def show(self, message: CommandProgress) -> None:
        """Show this amount and stage."""
        self.display = True
        self.query_one(ProgressBar).update(total=message.total or None, progress=message.done)
        doing = printable(message.doing or "working")
        figures = f": {message.done:,} of {message.total:,}" if message.total else ""
        self.query_one(Static).update(Content(doing[:1].upper() + doing[1:] + figures))
