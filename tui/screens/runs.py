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
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option
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
from tui.widgets.shared.live_list import LiveList

_CHUNKS = (30, 470)
"""Runs read before the first addition to the list, which fills the screen, and between two later ones."""
_WIDE = 124
"""Columns from which a run's full name fits next to its figures."""
_WIDTHS = {"run": 44, "data": 20, "recipe": 9, "state": 12, "validation": 11, "test": 9, "time": 13}
"""Width of each column in cells, including its gap."""
_NARROW_WIDTHS = {"run": 18, "data": 11, "recipe": 9, "state": 12, "val.": 7, "test": 7, "time": 11}
"""At 80 columns the start of the name is enough: the rest of it repeats the data and the recipe."""
_RIGHT = ("validation", "val.", "test", "time")


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
            yield Static(id="head", markup=False)
            # Not a DataTable: it takes a third of a second to measure a thousand rows.
            listed = LiveList(compact=True, markup=False, id="runs")
            listed.can_focus = False  # the arrow keys move in it while the filter keeps the focus
            yield listed
            yield Static(id="chosen", markup=False)
        yield KeyFooter(show_command_palette=False)

    def on_mount(self) -> None:
        """Start reading the runs; the list fills meanwhile."""
        self._read()

    def on_resize(self) -> None:
        """Choose the column widths for the new size."""
        widths = self._widths
        names = (_cell(name, width, name in _RIGHT) for name, width in widths.items())
        self.query_one("#head", Static).update(Content("".join(names)))
        chosen = self._list.highlighted
        self._show_all()
        self._list.highlighted = chosen

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
            self.post_message(self.Read(outlines, last=begin >= len(ordered)))
            if begin >= len(ordered):
                return

    def on_runs_screen_read(self, event: Read) -> None:
        """Add the runs that match the filter."""
        self._outlines += event.outlines
        self._complete = event.last
        fitting = [outline for outline in event.outlines if self._fits(outline)]
        self._shown += fitting
        self._list.add_options(map(self._option, fitting))
        self._begin()

    @on(Input.Changed)
    def _filter(self) -> None:
        self._shown = [outline for outline in self._outlines if self._fits(outline)]
        self._show_all()
        self._begin()

    def _show_all(self) -> None:
        self._list.set_options(map(self._option, self._shown))

    def _begin(self) -> None:
        """Highlight the first run unless another one is highlighted."""
        if self._list.highlighted is None and self._shown:
            self._list.highlighted = 0
        self._tell()

    @on(OptionList.OptionHighlighted)
    def _tell(self) -> None:
        if (outline := self._chosen) is not None:
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

    @on(OptionList.OptionSelected)
    def action_choose(self) -> None:
        """Open the highlighted run."""
        if (outline := self._chosen) is not None:
            self.dismiss(outline.run)

    def action_move(self, rows: int) -> None:
        """Move the highlight by this many rows."""
        if self._list.highlighted is not None:
            self._list.highlighted = max(0, min(len(self._shown) - 1, self._list.highlighted + rows))

    def action_cancel(self) -> None:
        """Close without a choice."""
        self.dismiss(None)

    @property
    def _list(self) -> LiveList:
        return self.query_one("#runs", LiveList)

    @property
    def _chosen(self) -> RunOutline | None:
        index = self._list.highlighted
        return self._shown[index] if index is not None and index < len(self._shown) else None

    def _fits(self, outline: RunOutline) -> bool:
        text = f"{outline.run.name} {outline.data} {outline.recipe} {outline.state}".lower()
        return all(word in text for word in self.query_one("#filter", Input).value.lower().split())

    def _option(self, outline: RunOutline) -> Option:
        return Option(_line(outline, self._widths))

    @property
    def _widths(self) -> dict[str, int]:
        return _WIDTHS if self.app.size.width >= _WIDE else _NARROW_WIDTHS


def _line(outline: RunOutline, widths: Mapping[str, int]) -> Content:
    """One run, a cell for each of `widths`, which are in columns."""
    name = printable(outline.run.name)
    most = next(iter(widths.values()))
    texts = (
        name[: most - 1] if most < _WIDTHS["run"] else name,  # at 80 columns its end repeats what follows
        outline.data,
        outline.recipe,
        outline.state,
        _figure(outline.best_validation_accuracy),
        _figure(outline.test_accuracy),
        "" if outline.seconds is None else duration(outline.seconds),
    )
    cells = [_cell(text, width, name in _RIGHT) for text, (name, width) in zip(texts, widths.items(), strict=True)]
    before, state, after = "".join(cells[:3]), cells[3], "".join(cells[4:])
    return Content.assemble(before, (state, "bold" if outline.state == RUNNING else ""), after)


def _cell(text: str, width: int, right: bool) -> str:
    """`text` in `width` columns, a gap included if it stands on the left."""
    fitted = fit(text, width if right else width - 1)
    gap = " " * (width - cell_len(fitted))
    return gap + fitted if right else fitted + gap


def _figure(accuracy: float | None) -> str:
    return "" if accuracy is None else percent(accuracy)
