"""The dialog that chooses a network: the shipped one, or the one of a run, even if that is still going."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from core import paths
from core.errors import CheckpointError
from core.networks import checkpoint_file
from core.networks.model_name import model_name
from core.runs import checkpoints
from core.runs.run import Run
from tui.screens.pushed import Dialog
from tui.widgets.shared.key_footer import KeyFooter
from tui.widgets.shared.live_list import LiveList


@dataclass(frozen=True)
class Choice:
    """One network to choose from."""

    path: Path
    name: str
    title: str
    going: bool
    """Whether a run is still writing it."""


def choices() -> list[Choice]:
    """All networks, the shipped one first. Reads each file's header and leaves out files that are not checkpoints."""
    found = []
    for path in checkpoints.available():
        shipped = path == paths.shipped_checkpoint()
        try:
            title = checkpoint_file.header(path).title
        except CheckpointError:
            continue
        going = not shipped and Run(path.parent).is_running()
        found.append(Choice(path, "Shipped model" if shipped else model_name(path), title, going))
    return found


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
        OptionList { height: auto; max-height: 12; text-wrap: nowrap; text-overflow: ellipsis; }
        #going { color: $text-muted; margin-top: 1; }
    }
    """

    class Found(Message):
        """The networks were found."""

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
            yield LiveList(markup=False)
            yield Static("● still training: its weights are updated as it learns.", id="going")
        yield KeyFooter(show_command_palette=False)

    def on_mount(self) -> None:
        """Look for the networks; with many runs that takes a moment."""
        self.query_one(OptionList).display = self.query_one("#going").display = False
        self._look()

    @work(thread=True)
    def _look(self) -> None:
        self.post_message(self.Found(choices()))

    @on(Found)
    def _show(self, event: Found) -> None:
        self._choices = event.found
        nothing, options = self.query_one("#nothing", Static), self.query_one(OptionList)
        nothing.update("There are none yet. Train one: press Escape, then d.")
        nothing.display = not event.found
        options.display = bool(event.found)
        self.query_one("#going").display = any(choice.going for choice in event.found)
        options.set_options([Option(_line(choice), id=str(choice.path)) for choice in event.found])
        known = [choice.path for choice in event.found]
        options.highlighted = known.index(self._current) if self._current in known else 0
        options.focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide the scorecard's key if this was opened from a scorecard."""
        return action != "scorecard" or self.app.check_action(action, parameters)

    def action_scorecard(self) -> None:
        """Compare the highlighted network with the one that reads now, or that one with the shipped one."""
        from tui.screens.scorecard import ScorecardScreen

        highlighted = self.query_one(OptionList).highlighted
        if self._choices and highlighted is not None:
            path = self._choices[highlighted].path
            self.app.push_screen(ScorecardScreen(path, None if path == self._current else self._current))

    @on(OptionList.OptionSelected)
    def _choose(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._choices[event.option_index].path)


def _line(choice: Choice) -> Content:
    going = "  ● training" if choice.going else ""
    return Content.assemble((choice.name, "bold"), (going, "$text-success"), f"\n  {choice.title}")
