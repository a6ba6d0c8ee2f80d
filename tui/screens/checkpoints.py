"""The dialog that chooses a network: the shipped one, or the one of a run, even if that is still going."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static
from textual.worker import get_current_worker

from core import paths
from core.errors import CheckpointError
from core.networks import checkpoint_file
from core.networks.model_name import model_name
from core.runs import checkpoints
from core.runs.run import Run
from tui.screens.pushed import Dialog
from tui.widgets.shared.key_footer import KeyFooter
from tui.widgets.shared.long_list import LongList

_FIRST, _LATER = 6, 300
"""Networks that are looked at before the list is shown, which fill it, and between two later messages."""


@dataclass(frozen=True)
class Choice:
    """One network to choose from."""

    path: Path
    name: str
    title: str
    going: bool
    """Whether a run is still writing it."""


def choices(current: Path) -> Iterator[Choice]:
    """All networks: `current` first, then the shipped one, then those of the runs, newest first.

    Reads each file's header, and leaves out files that are not checkpoints.
    """
    for path in sorted(checkpoints.available(), key=lambda path: path != current):
        shipped = path == paths.shipped_checkpoint()
        try:
            title = checkpoint_file.header(path).title
        except CheckpointError:
            continue
        going = not shipped and Run(path.parent).is_running()
        yield Choice(path, "Shipped model" if shipped else model_name(path), title, going)


class CheckpointScreen(Dialog[Path | None]):
    """Returns the chosen checkpoint's path, or None if the user cancels."""

    TITLE = "Checkpoint"
    BINDING_GROUP_TITLE = "Checkpoint"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "scorecard", "Scorecard"),
        Binding("escape", "dismiss(None)", "Cancel"),
    ]
    DEFAULT_CSS = """
    CheckpointScreen {
        align: center middle;
        LongList { height: auto; max-height: 12; padding: 0 1; background: $surface; scrollbar-size-vertical: 1; }
        #going { color: $text-muted; margin-top: 1; }
    }
    """

    class Found(Message):
        """More networks were found; none if there are no more."""

        def __init__(self, found: list[Choice]) -> None:
            super().__init__()
            self.found = found

    def __init__(self, current: Path | None) -> None:
        """`current` is highlighted; None for the shipped one."""
        super().__init__()
        self._current = current or paths.shipped_checkpoint()
        self._choices: list[Choice] = []

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static("Choose a network", classes="dialog-title")
            yield Static("Reading …", id="nothing", classes="muted")
            yield LongList(rows=2)
            yield Static("● still training: its weights are updated as it learns.", id="going")
        yield KeyFooter(show_command_palette=False)

    def on_mount(self) -> None:
        """Look for the networks; the list stands once those in sight are found."""
        self._list.display = self.query_one("#going").display = False
        self._look()

    @work(thread=True)
    def _look(self) -> None:
        worker = get_current_worker()
        pending = choices(self._current)
        count = _FIRST
        while not worker.is_cancelled:
            self.post_message(self.Found(found := list(islice(pending, count))))
            if not found:
                return
            count = _LATER

    @on(Found)
    def _show(self, event: Found) -> None:
        listed, none_yet = self._list, not self._choices
        if not event.found:
            if none_yet:
                self.query_one("#nothing", Static).update("There are none yet. Train one: press Escape, then d.")
            return
        self._choices += event.found
        if any(choice.going for choice in event.found):
            self.query_one("#going").display = True
        listed.show(len(self._choices), lambda index: _line(self._choices[index]))
        if none_yet:
            self.query_one("#nothing").display = False
            listed.display = True
            listed.highlighted = 0
            listed.focus()

    @property
    def _list(self) -> LongList:
        return self.query_one(LongList)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide the scorecard's key if this was opened from a scorecard."""
        return action != "scorecard" or self.app.check_action(action, parameters)

    def action_scorecard(self) -> None:
        """Compare the highlighted network with the one that reads now, or that one with the shipped one."""
        from tui.screens.scorecard import ScorecardScreen

        if (highlighted := self._list.highlighted) is not None:
            path = self._choices[highlighted].path
            self.app.push_screen(ScorecardScreen(path, None if path == self._current else self._current))

    @on(LongList.Chosen)
    def _choose(self, event: LongList.Chosen) -> None:
        self.dismiss(self._choices[event.index].path)


def _line(choice: Choice) -> Content:
    going = "  ● training" if choice.going else ""
    return Content.assemble((choice.name, "bold"), (going, "$text-success"), f"\n  {choice.title}")
