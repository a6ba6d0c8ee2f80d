"""The list of runs on the first screen, those that are going first, and the model that reads drawings.

What reads the runs is imported with the first look, after the screen has been painted: 40 ms of 270.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from core import paths
from core.errors import CheckpointError, RunError
from tui.state.complaint import complain
from tui.state.requests import OpenRun
from tui.widgets.shared.live_list import LiveList

if TYPE_CHECKING:
    from tui.processes.run_list import ListedRun, RunList
    from tui.state.model import Model
    from tui.state.runs import Runs

_LOOK_AGAIN = 1.0  # seconds between looks at the runs
_MOST = 30
_LONGEST = 42  # columns that a run's name may take of 76


class RecentRuns(Vertical):
    """Reads the run directories in a thread, repeatedly while its screen is shown."""

    DEFAULT_CSS = """
    RecentRuns {
        height: 1fr;
        #runs { height: 1fr; padding: 0; border: none; background: transparent; }
        #runs, #none { display: none; }
        &.-some #runs, &.-none #none { display: block; }
        #model { height: auto; margin-top: 1; }
    }
    """

    class Looked(Message):
        """The run directories were read."""

        def __init__(self, runs: Sequence[ListedRun], model: str) -> None:
            super().__init__()
            self.runs = runs
            self.model = model

    def __init__(self, runs: Runs, model: Model) -> None:
        """`runs` follows the runs that are going; `model` reads drawings."""
        super().__init__()
        self._runs = runs
        self._model = model
        self._list: RunList | None = None

    def compose(self) -> ComposeResult:
        yield Static("Runs", classes="heading")
        yield Static(
            "None yet. Choose Data and press s there: the fast recipe takes seconds.", id="none", classes="muted"
        )
        yield LiveList(id="runs", compact=True, markup=False)
        yield Static(id="model", classes="muted", markup=False)

    def on_mount(self) -> None:
        """Look as soon as the screen is painted, and then every second."""
        self.call_after_refresh(self._look)
        self.set_interval(_LOOK_AGAIN, self._look_if_seen)

    def _look_if_seen(self) -> None:
        if self.screen.is_current:
            self._look()

    @work(thread=True, exclusive=True, group="look")
    def _look(self) -> None:
        """Read the run directories; there may be a thousand."""
        from core.networks import checkpoint_file
        from core.networks.model_name import model_name
        from tui.processes.run_list import RunList

        if self._list is None:
            self._list = RunList(self._runs.follow)
        runs = self._list.look(_MOST)
        checkpoint = self._model.checkpoint
        try:
            title = checkpoint_file.header(checkpoint or paths.shipped_checkpoint()).title
            model = f"Drawings are read by {model_name(checkpoint)} ({title})."
        except CheckpointError as error:
            model = str(error)
        self.post_message(self.Looked(runs, model))

    @on(Looked)
    def _show(self, looked: Looked) -> None:
        self.query_one("#model", Static).update(looked.model)
        self.set_class(bool(looked.runs), "-some")
        self.set_class(not looked.runs, "-none")
        table = self.query_one(OptionList)
        width = min(_LONGEST, max((len(each.title) for each in looked.runs), default=0))
        options = [Option(_line(each, width), id=each.run.name) for each in looked.runs]
        if [option.id for option in table.options] == [option.id for option in options]:
            for index, option in enumerate(options):
                table.replace_option_prompt_at_index(index, option.prompt)
            return
        chosen = table.highlighted_option
        table.set_options(options)
        if chosen is not None and any(option.id == chosen.id for option in options):
            table.highlighted = table.get_option_index(chosen.id or "")

    def on_descendant_focus(self) -> None:
        """Highlight the first run, so that Enter opens it."""
        table = self.query_one(OptionList)
        if table.highlighted is None and table.option_count:
            table.highlighted = 0

    @on(OptionList.OptionSelected)
    def _open(self, event: OptionList.OptionSelected) -> None:
        from core.runs.run import find_run  # not at start

        try:
            self.post_message(OpenRun(find_run(event.option_id or "")))
        except RunError as error:  # its directory was removed since
            complain(self, error)


def _line(each: ListedRun, width: int) -> Table:
    """One run: its mark, its name in `width` columns, and its result, aligned over all lines."""
    from tui.processes.run_list import MARKS  # not at start

    line = Table.grid(expand=True, padding=(0, 2, 0, 0))
    line.add_column(width=1)
    line.add_column(width=width, no_wrap=True, overflow="ellipsis")
    line.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
    line.add_row(MARKS[each.status], Text(each.title), Text(each.result))
    return line
