"""The dialog that chooses a network: the shipped one, or the one of a run, even if that is still going."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
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
from tui.state.complaint import complain
from tui.widgets.shared.key_footer import KeyFooter
from tui.widgets.shared.long_list import LongList

_FIRST, _LATER = 6, 300
"""Networks that are read before the list is shown, which fill it, and between two later messages."""


@dataclass(frozen=True)
class Choice:
    """One network to choose from."""

    path: Path
    name: str
    title: str = "…"
    """What its header says; an ellipsis until it is read."""
    going: bool = False
    """Whether a run is still writing it."""
    error: str = ""
    """Why it cannot be chosen; empty if it can, or if it is not read yet."""


def choices(current: Path) -> list[Choice]:
    """All networks, not read yet: `current` first, then the shipped one, then those of the runs, newest first."""
    found = sorted(checkpoints.available(), key=lambda path: path != current)
    shipped = paths.shipped_checkpoint()
    return [Choice(path, "Shipped model" if path == shipped else model_name(path)) for path in found]


def read(choice: Choice) -> Choice:
    """The same network with what its header and its run say."""
    try:
        title = checkpoint_file.header(choice.path).title
    except CheckpointError as error:
        return replace(choice, title="It cannot be read.", error=str(error))
    going = choice.path != paths.shipped_checkpoint() and Run(choice.path.parent).is_running()
    return replace(choice, title=title, going=going)


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

    class Listed(Message):
        """All networks, of which those that are in sight first are read."""

        def __init__(self, listed: list[Choice]) -> None:
            super().__init__()
            self.listed = listed

    class Read(Message):
        """Some more of them are read: those from `first` on."""

        def __init__(self, first: int, read: list[Choice]) -> None:
            super().__init__()
            self.first, self.read = first, read

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
        found = choices(self._current)
        found[:_FIRST] = map(read, found[:_FIRST])
        self.post_message(self.Listed(found))
        for first in range(_FIRST, len(found), _LATER):
            some = []
            for choice in found[first : first + _LATER]:
                if worker.is_cancelled:
                    return
                some.append(read(choice))
            self.post_message(self.Read(first, some))

    @on(Listed)
    def _show(self, event: Listed) -> None:
        if not event.listed:
            self.query_one("#nothing", Static).update("There are none yet. Train one: press Escape, then d.")
            return
        self._choices = list(event.listed)
        self._tell_of_going(self._choices)
        self.query_one("#nothing").display = False
        listed = self._list
        listed.show(len(self._choices), lambda index: _line(self._choices[index]))
        listed.display = True
        listed.highlighted = 0
        listed.focus()

    @on(Read)
    def _complete(self, event: Read) -> None:
        self._choices[event.first : event.first + len(event.read)] = event.read
        self._tell_of_going(event.read)
        self._list.refresh_from(event.first, len(event.read))

    def _tell_of_going(self, some: Iterable[Choice]) -> None:
        if any(choice.going for choice in some):
            self.query_one("#going").display = True

    @property
    def _list(self) -> LongList:
        return self.query_one(LongList)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide the scorecard's key if this was opened from a scorecard."""
        return action != "scorecard" or self.app.check_action(action, parameters)

    def action_scorecard(self) -> None:
        """Compare the highlighted network with the one that reads now, or that one with the shipped one."""
        from tui.screens.scorecard import ScorecardScreen

        if (highlighted := self._list.highlighted) is not None and self._can_be_read(highlighted):
            path = self._choices[highlighted].path
            self.app.push_screen(ScorecardScreen(path, None if path == self._current else self._current))

    @on(LongList.Chosen)
    def _choose(self, event: LongList.Chosen) -> None:
        if self._can_be_read(event.index):
            self.dismiss(self._choices[event.index].path)

    def _can_be_read(self, index: int) -> bool:
        if error := self._choices[index].error:
            complain(self, error)
        return not error


def _line(choice: Choice) -> Content:
    going = "  ● training" if choice.going else ""
    title = ("\n  " + choice.title, "$text-error" if choice.error else "")
    return Content.assemble((choice.name, "bold"), (going, "$text-success"), title)
