"""The scorecard: measures in a child process whether one checkpoint is better for the user than another."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from core import paths
from core.config.configuration import MNIST
from core.data import catalogue, sources
from core.errors import DigitsError
from core.evaluation.scorecard_rows import Row, Scorecard, ScoredModel
from core.printable import printable
from core.system.messages import CommandProgress
from tui.processes import child
from tui.processes.child import OnProgress
from tui.screens.ask import Ask, Field
from tui.screens.checkpoints import CheckpointScreen
from tui.screens.pushed import PushedScreen
from tui.widgets.run.scorecard_table import ScorecardTable
from tui.widgets.shared.key_footer import KeyFooter
from tui.widgets.shared.lines import fit
from tui.widgets.shared.pages import Pages
from tui.widgets.shared.scroll_keys import SCROLL_KEYS
from tui.widgets.shared.work_progress import WorkProgress

_ROOMY = 140
"""Columns from which there is room for margins."""
_NAME, _BESIDE = 24, 12
"""Most columns of the name of a set to open, and the columns beside all of them."""


class Sets(VerticalScroll):
    """Scrolls if there are many sets."""

    BINDING_GROUP_TITLE = "Table"
    BINDINGS: ClassVar[list[BindingType]] = [*SCROLL_KEYS]


class ScorecardScreen(PushedScreen[None]):
    """Starts measuring when it opens; leaving it ends that."""

    ONLY_SHOWS = True
    CSS_PATH = "scorecard.tcss"
    BINDING_GROUP_TITLE = "Scorecard"
    AUTO_FOCUS = "#sets"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "other", "Compare with"),
        Binding("a", "add", "Add set"),
        Binding("m", "mistakes", "Mistakes"),
        Binding("enter", "compare", "What differs", key_display="⏎"),
        Binding("left", "choose(-1)", "Set before", show=False),
        Binding("right", "choose(1)", "Next set", show=False),
        Binding("r", "again", "Measure again"),
        Binding("escape", "dismiss(None)", "Close", key_display="esc"),
    ]

    def __init__(self, checkpoint: Path | None, beside: Path | None = None) -> None:
        """Compare `checkpoint` with `beside`; None stands for the shipped one."""
        super().__init__(classes="-scorecard")  # tells the app that it is open, without importing this module
        self._judged = checkpoint or paths.shipped_checkpoint()
        self._other = beside or paths.shipped_checkpoint()
        self._sets: list[str] = []
        self._rows: list[Row] = []
        self._chosen = 0
        """Which of the sets that can be opened the keys open."""

    def compose(self) -> ComposeResult:
        with Vertical(id="scorecard"):
            yield Static(id="summary", markup=False)
            with Sets(id="sets"):
                yield ScorecardTable(id="table")
            with Horizontal(id="choice"):
                yield Static("Open: ")
                yield Pages()
            yield WorkProgress(id="progress")
        yield KeyFooter(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Start measuring at once."""
        self._measure()

    def on_resize(self) -> None:
        """Add margins if there is room."""
        self.set_class(self.size.width >= _ROOMY, "-roomy")
        self._show_choice()

    # Measuring

    @work(exclusive=True, group="scorecard")
    async def _measure(self) -> None:
        """Have a child measure; a new measurement replaces it, and leaving the screen ends it."""
        self._begin()
        sides = "--checkpoint", str(self._judged), "--against", str(self._other)
        asked = ["scorecard", *sides, "--json", "--", *self._sets]
        try:
            answer = await child.result(Scorecard.from_json, *asked, progress=self._progress)
        except DigitsError as error:
            self._fail(str(error))
        else:
            self._say(answer.summary)
            self._table.show(answer.models, answer.rows, answer.speeds)
            self._rows = list(answer.rows)
            self._show_choice()
            self.query_one(WorkProgress).display = False

    @property
    def _models(self) -> tuple[ScoredModel, ...]:
        """The checkpoint that is judged, and the one to compare with, unless that is the same."""
        checkpoints = [self._judged] if self._judged == self._other else [self._judged, self._other]
        return tuple(ScoredModel.of(each, "") for each in checkpoints)

    def _begin(self) -> None:
        self._rows = []
        names = " and ".join(model.name for model in self._models)
        self.query_one("#sets").border_title = Content(f"Scorecard: {names}")
        self._say("Measuring …")
        self._table.show(self._models, ())
        self._show_choice()
        self.refresh_bindings()
        self.query_one(WorkProgress).begin()

    def _progress(self, message: CommandProgress) -> None:
        self.query_one(WorkProgress).show(message)
        if message.row is not None:
            self._rows.append(child.parsed(Row.from_json, message.row))
            self._table.show(self._models, self._rows)
            self._show_choice()

    def _fail(self, error: str) -> None:
        self._say(f"✗ {printable(error).removesuffix('.')}. Press r to measure again.", wrong=True)
        self.query_one(WorkProgress).display = False

    def _say(self, text: str, *, wrong: bool = False) -> None:
        summary = self.query_one("#summary", Static)
        summary.update(text)
        summary.set_class(wrong, "-wrong")

    # Keys

    def action_again(self) -> None:
        """Measure again: drawings may have been added, or the machine was busy."""
        self._measure()

    @property
    def _opening(self) -> list[Row]:
        """The sets that can be opened: those with images that a network can read."""
        return [row for row in self._rows if row.data and not row.error]

    @property
    def _data(self) -> str:
        """The set that the keys open; MNIST while none is measured."""
        opening = self._opening
        return opening[min(self._chosen, len(opening) - 1)].data if opening else MNIST

    def action_choose(self, by: int) -> None:
        """Choose the next set to open, or the one before."""
        self._choose(self._chosen + by)

    @on(Pages.Chosen)
    def _clicked(self, event: Pages.Chosen) -> None:
        self._choose(self._first_name + event.index)

    def _choose(self, index: int) -> None:
        self._chosen = max(0, min(index, len(self._opening) - 1))
        self._show_choice()

    @property
    def _names(self) -> list[str]:
        return [fit(row.name, _NAME) for row in self._opening]

    @property
    def _first_name(self) -> int:
        """The first name that is shown: the least with which there is room for the chosen one."""
        names, room = self._names, self.size.width - _BESIDE
        first = 0
        while first < self._chosen and sum(len(name) + 2 for name in names[first : self._chosen + 1]) > room:
            first += 1
        return first

    def _show_choice(self) -> None:
        self.query_one("#choice").display = bool(self._opening)
        first = self._first_name
        self.query_one(Pages).show(self._names[first:], self._chosen - first)

    def action_mistakes(self) -> None:
        """Show which images of the chosen set the judged checkpoint reads wrong."""
        from tui.screens.mistakes import MistakesScreen

        self.app.push_screen(MistakesScreen(self._judged, self._data))

    def action_compare(self) -> None:
        """Show which images of the chosen set only one of the two checkpoints reads right."""
        from tui.screens.comparison import ComparisonScreen

        self.app.push_screen(ComparisonScreen(self._judged, self._other, self._data))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what differs only between two checkpoints."""
        return action != "compare" or self._judged != self._other

    # Not by a worker, which would begin after an escape in the same burst of keys had closed this screen.

    def action_other(self) -> None:
        """Choose the checkpoint to compare with."""

        def chosen(checkpoint: Path | None) -> None:
            if checkpoint is not None and checkpoint != self._other:
                self._other = checkpoint
                self._measure()

        self.app.push_screen(CheckpointScreen(self._other), chosen)

    def action_add(self) -> None:
        """Measure on one more set, until the screen is left."""

        def added(is_added: bool | None) -> None:
            if is_added:
                self._measure()

        asked = Ask(
            "Measure on another set",
            f"Enter the path of {sources.formats()}; or the name of a set in the catalogue.",
            [Field("Path or name", is_path=True)],
            "Measure",
            self._add,
        )
        self.app.push_screen(asked, added)

    async def _add(self, values: list[str], progress: OnProgress) -> None:
        """Add a set by path or name; its images are read only when it is measured. Raises DataError."""
        entry = await asyncio.to_thread(catalogue.find, values[0])
        name = entry.path or entry.name
        if name not in self._sets:
            self._sets.append(name)

    @property
    def _table(self) -> ScorecardTable:
        return self.query_one(ScorecardTable)
