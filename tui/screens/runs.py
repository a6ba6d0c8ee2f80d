"""The dialog of all runs, past or still going: choose one, mark several, name, note, delete, sort and write them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static
from textual.worker import get_current_worker

from core.errors import RunError
from core.printable import printable
from core.runs import run as runs
from core.runs.outline import RunOutline
from core.runs.run import Run
from core.words import plural
from tui.screens import run_dialogs
from tui.screens.pushed import Dialog
from tui.screens.run_listing import RunListing
from tui.state.complaint import complain
from tui.widgets.run.curve import LOOKS
from tui.widgets.run.run_columns import columns, line, mark, name
from tui.widgets.run.run_lines import RunHeads, RunLines
from tui.widgets.shared.key_footer import KeyFooter

if TYPE_CHECKING:
    from tui.state.owners import Owners

_CHUNKS = (30, 470)
"""Runs read before the list is shown, which fill the screen, and between two later messages."""


class RunsScreen(Dialog[Run | None]):
    """A list of all runs: those that are going, then the others, newest first, unless it is sorted otherwise."""

    CSS_PATH = "runs.tcss"
    BINDING_GROUP_TITLE = "Past runs"
    AUTO_FOCUS = "#runs"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Open", priority=True, key_display="⏎"),
        Binding("space", "mark", "Mark", key_display="␣"),
        Binding("c", "compare", "Compare"),
        Binding("slash", "filter", "Filter", key_display="/"),
        Binding("s", "sort", "Sort"),
        Binding("S", "reverse", "Sort the other way round", show=False),
        Binding("r", "rename", "Rename"),
        Binding("n", "note", "Note"),
        Binding("x", "delete", "Delete"),
        Binding("delete", "delete", "Delete", show=False),
        Binding("u", "undo", "Undo"),
        Binding("e", "export", "Write a table", show=False),
        Binding("up", "move(-1)", "Run above", priority=True, show=False),
        Binding("down", "move(1)", "Run below", priority=True, show=False),
        Binding("pageup", "move(-10)", "10 runs up", priority=True, show=False),
        Binding("pagedown", "move(10)", "10 runs down", priority=True, show=False),
        Binding("escape", "back", "Back", key_display="esc"),
    ]

    class Read(Message):
        """More runs were read."""

        def __init__(self, number: int, runs: Sequence[Run], begin: int, outlines: Sequence[RunOutline]) -> None:
            super().__init__()
            self.number = number
            """Of the reading that they are from."""
            self.runs = runs
            """All, those that are going first, then the newest."""
            self.begin = begin
            self.outlines = outlines
            """Of those from `begin` on that were read since the last message."""

    def __init__(self, owners: Owners) -> None:
        """The owner of the runs deletes them; that of the model knows which one reads drawings."""
        super().__init__()
        self._owners = owners
        self._listing = RunListing()
        self._number = 0
        """Of the latest reading."""
        self._turn = asyncio.Lock()
        self._said = ""
        """What was done last; shown as long as the same run is highlighted."""
        self._said_at: Run | None = None
        """That run; None until what was done is in the list."""

    def compose(self) -> ComposeResult:
        with Vertical(id="chooser") as chooser:
            chooser.border_title = "Past runs"
            yield Input(placeholder="filter: words of its name, note, data, recipe or state", compact=True, id="filter")
            yield RunHeads(id="head")
            yield RunLines(id="runs")
            yield Static(id="chosen", markup=False)
            yield Static(id="note", markup=False)
        yield KeyFooter(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Start reading the runs; the list stands once those in sight are read."""
        self._show_heads()
        self._read()

    def on_resize(self) -> None:
        """Choose the column widths for the new size."""
        self.query_one(RunHeads).refresh()
        self._list.refresh()

    # Reading

    def _read(self) -> None:
        """Read all runs anew; what an older reading still tells is passed over."""
        self._number += 1
        self._read_all(self._number)

    @work(thread=True, exclusive=True, group="read")
    def _read_all(self, number: int) -> None:
        worker = get_current_worker()
        found = runs.list_runs()
        # Testing the locks takes microseconds and tells which runs are going; these come first.
        going = {run for run in found if run.is_running()}
        ordered = sorted(found, key=lambda run: run not in going)
        begin, chunk = 0, _CHUNKS[0]
        while not worker.is_cancelled:
            outlines = [RunOutline.of(run, run in going) for run in ordered[begin : begin + chunk]]
            self.post_message(self.Read(number, ordered, begin, outlines))
            begin, chunk = begin + chunk, _CHUNKS[1]
            if begin >= len(ordered):
                return

    def on_runs_screen_read(self, event: Read) -> None:
        """Show them; with a filter, those that match."""
        if event.number != self._number:
            return
        at = self._chosen
        self._listing.add(event.runs, event.begin, event.outlines)
        self._show()
        if (row := self._listing.row(at)) is not None:
            self._list.highlighted = row
        self._said_at = self._chosen

    # What is listed

    @on(Input.Changed)
    def _filter(self, event: Input.Changed) -> None:
        self._listing.words = event.value.split()
        self._arrange()

    def _arrange(self) -> None:
        self._listing.arrange()
        self._show()
        self._list.highlighted = 0

    def _show(self) -> None:
        listed = self._list
        listed.show(len(self._listing.shown), self._line)
        if listed.highlighted is None:
            listed.highlighted = 0
        self._tell()
        self.refresh_bindings()

    def _line(self, row: int) -> Content:
        run, shown = self._listing.run(row), columns(self.app.size.width)
        assert run is not None
        look = self._listing.marks.get(run)
        if (outline := self._listing.outline(row)) is not None:
            return line(outline, shown, look)
        return Content.assemble(mark(look), f"{name(run, shown)} …")

    @on(RunLines.Highlighted)
    def _moved(self) -> None:
        if self._said_at is not None and self._said_at != self._chosen:
            self._said = ""
        self._tell()

    def _tell(self) -> None:
        listing, run, outline = self._listing, self._chosen, self._outline
        if run is not None:
            trouble = "" if outline is None else outline.trouble
            text = f"{printable(run.name)}, " + (f"cannot be read: {trouble}" if trouble else self._count())
        elif not listing.is_read:
            text = "reading …"
        elif listing.total:
            text = "No run matches; clear the filter to see all."
        else:
            text = "No runs yet: press Escape, then d, choose data and start."
        self.query_one("#chosen", Static).update(self._said or text, layout=False)
        note = self.query_one("#note", Static)
        note.update("" if outline is None else outline.label.note)
        note.display = outline is not None and bool(outline.label.note)

    def _count(self) -> str:
        listing = self._listing
        part = f"{len(listing.shown):,} of " if len(listing.shown) != listing.total else ""
        marked = f", {len(listing.marks)} marked" if listing.marks else ""
        return f"{part}{plural(listing.total, 'run')}{marked}"

    def _say(self, words: str) -> None:
        """Say what can be done, or was done."""
        self._said, self._said_at = words, self._chosen
        self._tell()

    def _changed(self, words: str) -> None:
        """Say what was done, and read what may be different now."""
        self._say(words)
        self._said_at = None
        self._read()

    # Choosing and marking

    def action_choose(self) -> None:
        """Open the highlighted run."""
        self._list.action_choose()

    @on(RunLines.Chosen)
    def _open(self, event: RunLines.Chosen) -> None:
        if (run := self._listing.run(event.index)) is not None:
            self.dismiss(run)

    def action_mark(self) -> None:
        """Mark the highlighted run, or take its mark away, and go on to the next."""
        row = self._list.highlighted
        if row is not None and self._mark(row):
            self._list.action_move(1)

    @on(RunLines.Marked)
    def _marked(self, event: RunLines.Marked) -> None:
        self._mark(event.index)

    def _mark(self, row: int) -> bool:
        """Mark a run, or take its mark away; returns whether that could be done."""
        run = self._listing.run(row)
        if run is None:
            return False
        if not self._listing.mark(run):
            self._say(f"{len(LOOKS)} runs are marked; more could not be told apart.")
            return False
        self._list.refresh_from(row, 1)
        self._tell()
        return True

    def action_compare(self) -> None:
        """Show the curves of the marked runs over each other, and what differs between them."""
        from tui.screens.run_comparison import RunComparisonScreen

        marks = self._listing.marks
        if len(marks) < 2:
            self._say("Mark two runs or more with the space key, then press c.")
        else:
            self.app.push_screen(RunComparisonScreen(self._owners.runs, dict(marks)))

    def action_move(self, rows: int) -> None:
        """Move the highlight by this many rows."""
        self._list.action_move(rows)

    # Which and in which order

    def action_filter(self) -> None:
        """Type words that the runs are to have."""
        self.query_one("#filter").focus()

    def action_sort(self) -> None:
        """Sort by the next column."""
        every = [each.by for each in columns(self.app.size.width) if each.by]
        at = every.index(self._listing.by) + 1 if self._listing.by in every else 0
        self._sort(every[at % len(every)])

    @on(RunHeads.Clicked)
    def _sort_by(self, event: RunHeads.Clicked) -> None:
        self._sort(event.by, reverse=event.by == self._listing.by and not self._listing.reverse)

    def action_reverse(self) -> None:
        """Turn the order round."""
        self._sort(self._listing.by, reverse=not self._listing.reverse)

    def _sort(self, by: str, *, reverse: bool = False) -> None:
        self._listing.by, self._listing.reverse = by, reverse
        self._show_heads()
        self._arrange()

    def _show_heads(self) -> None:
        self.query_one(RunHeads).show(self._listing.by, reverse=self._listing.reverse)

    # Changing

    def action_rename(self) -> None:
        """Give the highlighted run a title."""
        if (outline := self._outline) is not None:
            self.app.push_screen(run_dialogs.rename(outline, self._changed))

    def action_note(self) -> None:
        """Note something about the highlighted run."""
        if (outline := self._outline) is not None:
            self.app.push_screen(run_dialogs.note(outline, self._changed))

    def action_delete(self) -> None:
        """Delete the marked runs that are listed, or else the highlighted one."""
        if (run := self._chosen) is None:
            return
        doomed = self._listing.marked or [run]
        in_use = self._owners.model.checkpoint

        def delete() -> str:
            self._owners.runs.delete(doomed, in_use)
            what = printable(doomed[0].name) if len(doomed) == 1 else plural(len(doomed), "run")
            return f"Deleted {what}; u brings back what was deleted, until the app closes."

        self._change(delete)

    def action_undo(self) -> None:
        """Bring back what was deleted last."""

        def undo() -> str:
            back = self._owners.runs.undelete()
            return f"{plural(len(back), 'run is', 'runs are')} back." if back else "Nothing was deleted."

        self._change(undo)

    @work(group="change")
    async def _change(self, change: Callable[[], str]) -> None:
        """Run `change` in a thread, since the disk may be slow, and show the sentence that it returns."""
        async with self._turn:
            try:
                self._changed(await asyncio.to_thread(change))
            except RunError as error:
                complain(self, error)
        self.refresh_bindings()

    def action_export(self) -> None:
        """Write what is listed as a table."""
        self.app.push_screen(run_dialogs.export(self._listing.listed, self._say))

    def action_back(self) -> None:
        """Leave the filter, which is emptied; then close without a choice."""
        field = self.query_one("#filter", Input)
        if field.has_focus or field.value:
            field.value = ""
            self._list.focus()
        else:
            self.dismiss(None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what applies."""
        match action:
            case "choose" | "mark" | "rename" | "note" | "delete":
                return self._chosen is not None
            case "compare" | "sort" | "reverse" | "filter" | "export":
                return self._listing.total > 0
            case "undo":
                return self._owners.runs.can_undelete
            case _:
                return True

    @property
    def _list(self) -> RunLines:
        return self.query_one("#runs", RunLines)

    @property
    def _chosen(self) -> Run | None:
        """The highlighted run."""
        return self._listing.run(self._list.highlighted)

    @property
    def _outline(self) -> RunOutline | None:
        """Of the highlighted run, once it is read."""
        return self._listing.outline(self._list.highlighted)
