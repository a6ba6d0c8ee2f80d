"""All notes of a run, its full error if it failed, and the end of its log."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from core.runs.events import Failed
from core.runs.history import History
from core.runs.run import Run
from core.system import plain_file
from tui.screens.pushed import Dialog
from tui.widgets.run.results import shown_path
from tui.widgets.shared.key_footer import KeyFooter

_MOST = 64 * 1024
"""How many of the log's last bytes are shown: a traceback is at the end."""


class LogScreen(Dialog[None]):
    """A scrollable text."""

    ONLY_SHOWS = True
    CSS_PATH = "log.tcss"
    BINDING_GROUP_TITLE = "Notes and log"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,l", "dismiss", "Close", key_display="esc")]

    def __init__(self, run: Run, history: History) -> None:
        super().__init__()
        self._run = run
        self._notes = tuple(history.notes)
        self._failed = history.end if isinstance(history.end, Failed) else None

    def compose(self) -> ComposeResult:
        with VerticalScroll() as text:
            text.border_title = Content(f"Notes and log of {self._run.name}").markup
            if self._failed is not None:
                yield Static(Content.styled(self._failed.error, "bold $text-error"))
                if self._failed.output and not self._run.log.exists():
                    yield Static(Content(self._failed.output))
            for note in self._notes:
                warns = note.level == "warning"
                mark, style = ("! ", "$text-warning") if warns else ("· ", "$foreground")
                yield Static(Content.styled(mark + note.text, style))
            yield Static(Content.styled(f"\n{shown_path(self._run.log)}", "$foreground-muted"))
            yield Static(Content(_end_of(self._run)))
        yield KeyFooter(show_command_palette=False)


def _end_of(run: Run) -> str:
    try:
        with plain_file.opened(run.log) as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - _MOST))
            text = file.read().decode(errors="replace")
    except FileNotFoundError:
        return "There is no log: this run was not started in the background."
    except OSError as error:
        return f"The log cannot be read: {error.strerror}."
    return text.strip() or "The log is empty: the run's process printed nothing."
