"""Choosing the network that reads: the shipped one, or that of a run, also of one that is still going."""

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
from textual.screen import ModalScreen
from textual.widgets import Footer, OptionList, Static
from textual.widgets.option_list import Option

from core import paths
from core.errors import CheckpointError
from core.networks import checkpoint_file
from core.networks.model_name import model_name
from core.runs import checkpoints
from core.runs.run import Run


@dataclass(frozen=True)
class Choice:
    """One network that can be read with."""

    path: Path
    name: str
    title: str
    going: bool
    """Whether a run still writes it."""


def choices() -> list[Choice]:
    """The networks there are, the shipped one first; files that are none are left out. Reads each one's header."""
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


class CheckpointScreen(ModalScreen[Path | None]):
    """Answers the chosen checkpoint's path, None where the choice is left as it was."""

    TITLE = "Checkpoint"
    BINDING_GROUP_TITLE = "Checkpoint"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "scorecard", "Scorecard"),
        Binding("escape", "dismiss(None)", "Leave it as it is"),
    ]
    DEFAULT_CSS = """
    CheckpointScreen {
        align: center middle;
        OptionList { height: auto; max-height: 12; text-wrap: nowrap; text-overflow: ellipsis; }
        #going { color: $text-muted; margin-top: 1; }
    }
    """

    class Found(Message):
        """What there is to choose from."""

        def __init__(self, found: list[Choice]) -> None:
            super().__init__()
            self.found = found

    def __init__(self, current: Path | None) -> None:
        """`current` is highlighted; None is the shipped one."""
        super().__init__()
        self._current = current or paths.shipped_checkpoint()
        self._choices: list[Choice] = []

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static("Which network reads?", classes="dialog-title")
            yield Static("Looking …", id="nothing", classes="muted")
            yield OptionList(markup=False)
            yield Static("● still trains; what it reads with refreshes by itself.", id="going")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Look first: with many runs that takes a moment."""
        self.query_one(OptionList).display = self.query_one("#going").display = False
        self._look()

    @work(thread=True)
    def _look(self) -> None:
        self.post_message(self.Found(choices()))

    @on(Found)
    def _show(self, event: Found) -> None:
        self._choices = event.found
        nothing, options = self.query_one("#nothing", Static), self.query_one(OptionList)
        nothing.update("There is none yet. Train one: press escape, then d.")
        nothing.display = not event.found
        options.display = bool(event.found)
        self.query_one("#going").display = any(choice.going for choice in event.found)
        options.set_options([Option(_line(choice), id=str(choice.path)) for choice in event.found])
        known = [choice.path for choice in event.found]
        options.highlighted = known.index(self._current) if self._current in known else 0
        options.focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer no scorecard where this was opened from one."""
        return action != "scorecard" or self.app.check_action(action, parameters)

    def action_scorecard(self) -> None:
        """Compare the highlighted network with the one that reads now, that one with the shipped one."""
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
