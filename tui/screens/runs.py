"""The dialog that chooses a run, past or still going."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static
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
from tui.widgets.shared.long_list import LongList

_CHUNKS = (30, 470)
"""Runs read before the list is shown, which fill the screen, and between two later messages."""
_WIDE = 124
"""Columns from which a run's full name fits next to its figures."""
_WIDTHS = {"run": 40, "data": 16, "recipe": 9, "state": 12, "validation": 11, "test": 8, "of": 8, "time": 13}
"""Width of each column in cells, including its gap."""
_NARROW_WIDTHS = {"run": 18, "data": 10, "recipe": 9, "state": 9, "accuracy": 17, "time": 12}
"""At 80 columns the start of the name is enough: the rest of it repeats the data and the recipe."""
_RIGHT = ("validation", "test", "of", "accuracy", "time")


class RunsScreen(Dialog[Run | None]):
    """A list of all runs: those that are going, then the others, newest first. Typing filters it."""

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

        def __init__(self, runs: Sequence[Run], outlines: Sequence[RunOutline]) -> None:
            super().__init__()
            self.runs = runs
            """All, as they are listed."""
            self.outlines = outlines
            """Of those that were read since the last message, in the same order."""

    def __init__(self) -> None:
        super().__init__()
        self._runs: Sequence[Run] | None = None
        """All, as they are listed; None until they are known."""
        self._outlines: list[RunOutline] = []
        """Of the first of them, as far as they were read."""
        self._fitting: list[int] | None = None
        """Indices of the runs that match the filter; None if all do."""

    def compose(self) -> ComposeResult:
        with Vertical(id="chooser") as chooser:
            chooser.border_title = "Past runs"
            yield Input(placeholder="type to filter: name, data, recipe, state", compact=True, id="filter")
            yield Static(id="head", markup=False)
            listed = LongList(id="runs")
            listed.can_focus = False  # the arrow keys move in it while the filter keeps the focus
            yield listed
            yield Static(id="chosen", markup=False)
        yield KeyFooter(show_command_palette=False)

    def on_mount(self) -> None:
        """Start reading the runs; the list stands once those in sight are read."""
        self._read()

    def on_resize(self) -> None:
        """Choose the column widths for the new size."""
        names = (_cell(name, width, name in _RIGHT) for name, width in self._widths.items())
        self.query_one("#head", Static).update(Content("".join(names)))
        self._list.refresh()

    @work(thread=True, exclusive=True)
    def _read(self) -> None:
        worker = get_current_worker()
        found = runs.list_runs()
        # Testing the locks takes microseconds and tells which runs are going; these come first.
        going = {run for run in found if run.is_running()}
        ordered = sorted(found, key=lambda run: run not in going)
        begin, chunk = 0, _CHUNKS[0]
        while not worker.is_cancelled:
            outlines = [RunOutline.of(run, run in going) for run in ordered[begin : begin + chunk]]
            begin, chunk = begin + chunk, _CHUNKS[1]
            self.post_message(self.Read(ordered, outlines))
            if begin >= len(ordered):
                return

    def on_runs_screen_read(self, event: Read) -> None:
        """Show them; with a filter, those that match."""
        self._runs = event.runs
        self._outlines += event.outlines
        self._show()

    @on(Input.Changed)
    def _filter(self) -> None:
        self._show()
        self._list.highlighted = 0

    def _show(self) -> None:
        words = self.query_one("#filter", Input).value.lower().split()
        matching = (index for index, outline in enumerate(self._outlines) if _matches(outline, words))
        self._fitting = list(matching) if words else None
        listed = self._list
        listed.show(len(self._shown), self._line)
        if listed.highlighted is None:
            listed.highlighted = 0
        self._tell()

    def _line(self, row: int) -> Content:
        index = self._shown[row]
        if index < len(self._outlines):
            return _line(self._outlines[index], self._widths)
        assert self._runs is not None
        return Content(f"{_name(self._runs[index], self._widths)} …")

    @on(LongList.Highlighted)
    def _tell(self) -> None:
        index, read = self._chosen, len(self._outlines)
        if index is not None and self._runs is not None:
            trouble = self._outlines[index].trouble if index < read else ""
            what = f"cannot be read: {trouble}" if trouble else self._count(len(self._runs))
            text = f"{printable(self._runs[index].name)}, {what}"
        elif self._runs is None or read < len(self._runs):
            text = "reading …"
        elif self._runs:
            text = "No run matches; clear the filter to see all."
        else:
            text = "No runs yet: press Escape, then d, choose data and start."
        self.query_one("#chosen", Static).update(text, layout=False)

    def _count(self, total: int) -> str:
        part = f"{len(self._shown):,} of " if len(self._shown) != total else ""
        return f"{part}{plural(total, 'run')}"

    def action_choose(self) -> None:
        """Open the highlighted run."""
        self._list.action_choose()

    @on(LongList.Chosen)
    def _open(self, event: LongList.Chosen) -> None:
        if self._runs is not None and event.index < len(self._shown):
            self.dismiss(self._runs[self._shown[event.index]])

    def action_move(self, rows: int) -> None:
        """Move the highlight by this many rows."""
        self._list.action_move(rows)

    def action_cancel(self) -> None:
        """Close without a choice."""
        self.dismiss(None)

    @property
    def _list(self) -> LongList:
        return self.query_one("#runs", LongList)

    @property
    def _shown(self) -> Sequence[int]:
        """Indices of the runs that are listed."""
        return range(len(self._runs or ())) if self._fitting is None else self._fitting

    @property
    def _chosen(self) -> int | None:
        """The index of the highlighted run."""
        row = self._list.highlighted
        return None if row is None or row >= len(self._shown) else self._shown[row]

    @property
    def _widths(self) -> dict[str, int]:
        return _WIDTHS if self.app.size.width >= _WIDE else _NARROW_WIDTHS


def _matches(outline: RunOutline, words: Sequence[str]) -> bool:
    text = f"{outline.run.name} {outline.data} {outline.recipe} {outline.state}".lower()
    return all(word in text for word in words)


def _name(run: Run, widths: Mapping[str, int]) -> str:
    """Its name, of which at 80 columns the beginning: the end repeats what follows."""
    name = printable(run.name)
    most = next(iter(widths.values()))
    return name[: most - 1] if most < _WIDTHS["run"] else name


def _line(outline: RunOutline, widths: Mapping[str, int]) -> Content:
    """One run, a cell for each of `widths`, which are in columns."""
    validation, test = _figure(outline.best_validation_accuracy), _figure(outline.test_accuracy)
    of = "" if outline.test_count is None else f"{outline.test_count:,}"
    texts = {
        "run": _name(outline.run, widths),
        "data": outline.data,
        "recipe": outline.recipe,
        "state": outline.state,
        "validation": validation,
        "test": test,
        "of": of,
        # Of which images it is belongs to it: accuracies on others are other figures.
        "accuracy": f"{test} of {of}" if of else f"{validation} valid." if validation else "",
        "time": "" if outline.seconds is None else duration(outline.seconds),
    }
    cells = [_cell(texts[name], width, name in _RIGHT) for name, width in widths.items()]
    before, state, after = "".join(cells[:3]), cells[3], "".join(cells[4:])
    return Content.assemble(before, (state, "bold" if outline.state == RUNNING else ""), after)


def _cell(text: str, width: int, right: bool) -> str:
    """`text` in `width` columns, a gap included if it stands on the left."""
    fitted = fit(text, width if right else width - 1)
    gap = " " * (width - cell_len(fitted))
    return gap + fitted if right else fitted + gap


def _figure(accuracy: float | None) -> str:
    return "" if accuracy is None else percent(accuracy)
