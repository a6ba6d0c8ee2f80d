"""The dialog that chooses a run, past or still going."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import DataTable, Input, Static
from textual.worker import get_current_worker

from core.duration import duration
from core.printable import printable
from core.runs import run as runs
from core.runs.outline import RunOutline
from core.runs.run import RUNNING, Run
from core.words import percent, plural
from tui.screens.pushed import Dialog
from tui.widgets.shared.key_footer import KeyFooter
from tui.widgets.shared.lines import fit

_CHUNK = 100
"""Runs read between two additions to the table."""
_WIDE = 124
"""Columns from which a run's full name fits next to its figures."""
_WIDTHS = {"run": 44, "data": 20, "recipe": 9, "state": 12, "validation": 11, "test": 9, "time": 13}
"""Width of each column in cells, including its gap."""
_NARROW_WIDTHS = {"run": 18, "data": 11, "recipe": 9, "state": 12, "val.": 7, "test": 7, "time": 11}
"""At 80 columns the start of the name is enough: the rest of it repeats the data and the recipe."""
_RIGHT = ("validation", "val.", "test", "time")


class RunsScreen(Dialog[Run | None]):
    """A table of all runs: those that are going, then the others, newest first. Typing filters it."""

    CSS_PATH = "runs.tcss"
    BINDING_GROUP_TITLE = "Past runs"
    AUTO_FOCUS = "#filter"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Open", priority=True),
        Binding("up", "move(-1)", "Run above", priority=True, show=False),
        Binding("down", "move(1)", "Run below", priority=True, show=False),
        Binding("pageup", "move(-10)", "10 runs up", priority=True, show=False),
        Binding("pagedown", "move(10)", "10 runs down", priority=True, show=False),
        Binding("escape", "cancel", "Cancel", key_display="esc"),
    ]

    class Read(Message):
        """More runs were read."""

        def __init__(self, outlines: Sequence[RunOutline], *, last: bool) -> None:
            super().__init__()
            self.outlines = outlines
            self.last = last

    def __init__(self) -> None:
        super().__init__()
        self._outlines: list[RunOutline] = []
        self._shown: list[RunOutline] = []
        self._complete = False

    def compose(self) -> ComposeResult:
        with Vertical(id="chooser") as chooser:
            chooser.border_title = "Past runs"
            yield Input(placeholder="type to filter: name, data, recipe, state", compact=True, id="filter")
            table: DataTable[Text] = DataTable(cursor_type="row", cell_padding=0, id="runs")
            table.can_focus = False  # the arrow keys move it while the filter keeps the focus
            yield table
            yield Static(id="chosen", markup=False)
        yield KeyFooter(show_command_palette=False)

    def on_mount(self) -> None:
        """Start reading the runs; the table fills meanwhile."""
        self._head()
        self._read()

    def on_resize(self) -> None:
        """Choose the column widths for the new size."""
        self._head()
        self._fill(self._shown)

    @work(thread=True, exclusive=True)
    def _read(self) -> None:
        worker = get_current_worker()
        found = runs.list_runs()
        # Testing the locks takes microseconds and tells which runs are going; these come first.
        going = {run for run in found if run.is_running()}
        ordered = sorted(found, key=lambda run: run not in going)
        for begin in range(0, max(1, len(ordered)), _CHUNK):
            if worker.is_cancelled:
                return
            outlines = [RunOutline.of(run) for run in ordered[begin : begin + _CHUNK]]
            self.post_message(self.Read(outlines, last=begin + _CHUNK >= len(ordered)))

    def on_runs_screen_read(self, event: Read) -> None:
        """Add the runs that match the filter."""
        self._outlines += event.outlines
        self._complete = event.last
        fitting = [outline for outline in event.outlines if self._fits(outline)]
        self._shown += fitting
        self._fill(fitting)
        self._tell()

    @on(Input.Changed)
    def _filter(self) -> None:
        self._shown = [outline for outline in self._outlines if self._fits(outline)]
        self._table.clear()
        self._fill(self._shown)
        self._tell()

    @on(DataTable.RowHighlighted)
    def _tell(self) -> None:
        if self._shown and self._table.cursor_row < len(self._shown):
            outline = self._shown[self._table.cursor_row]
            what = f"cannot be read: {outline.trouble}" if outline.trouble else self._count()
            text = f"{printable(outline.run.name)}, {what}"
        elif not self._complete:
            text = "reading …"
        elif self._outlines:
            text = "No run matches; clear the filter to see all."
        else:
            text = "No runs yet: press Escape, then d, choose data and start."
        self.query_one("#chosen", Static).update(text, layout=False)

    def _count(self) -> str:
        total = len(self._outlines)
        part = f"{len(self._shown):,} of " if len(self._shown) != total else ""
        return f"{part}{plural(total, 'run')}"

    @on(DataTable.RowSelected)
    def _clicked(self) -> None:
        self.action_choose()

    def action_choose(self) -> None:
        """Open the run under the cursor."""
        if self._shown:
            self.dismiss(self._shown[self._table.cursor_row].run)

    def action_move(self, rows: int) -> None:
        """Move the cursor by this many rows."""
        row = self._table.cursor_row + rows
        self._table.move_cursor(row=max(0, min(len(self._shown) - 1, row)), animate=False)

    def action_cancel(self) -> None:
        """Close without a choice."""
        self.dismiss(None)

    @property
    def _table(self) -> DataTable[Text]:
        return self.query_one("#runs", DataTable)

    def _fits(self, outline: RunOutline) -> bool:
        text = f"{outline.run.name} {outline.data} {outline.recipe} {outline.state}".lower()
        return all(word in text for word in self.query_one("#filter", Input).value.lower().split())

    def _head(self) -> None:
        self._table.clear(columns=True)
        for label, width in self._widths.items():
            right = label in _RIGHT
            self._table.add_column(Text(label, justify="right" if right else "left"), width=width)

    def _fill(self, outlines: Sequence[RunOutline]) -> None:
        widths = list(self._widths.values())
        self._table.add_rows(_cells(outline, widths) for outline in outlines)

    @property
    def _widths(self) -> dict[str, int]:
        return _WIDTHS if self.app.size.width >= _WIDE else _NARROW_WIDTHS


def _cells(outline: RunOutline, widths: Sequence[int]) -> list[Text]:
    name, data, recipe = (
        fit(text, width - 1)
        for text, width in zip((printable(outline.run.name), outline.data, outline.recipe), widths, strict=False)
    )
    if widths[0] < _WIDTHS["run"]:
        name = printable(outline.run.name)[: widths[0] - 1]
    return [
        Text(name),
        Text(data),
        Text(recipe),
        Text(outline.state, style="bold" if outline.state == RUNNING else ""),
        _figure(outline.best_validation_accuracy),
        _figure(outline.test_accuracy),
        Text("" if outline.seconds is None else duration(outline.seconds), justify="right"),
    ]


def _figure(accuracy: float | None) -> Text:
    return Text("" if accuracy is None else percent(accuracy), justify="right")
