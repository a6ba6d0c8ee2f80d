"""What the list of runs shows: which of them, in which order, and which are marked. Knows no widget."""

from __future__ import annotations

from collections.abc import Sequence

from core.runs.outline import RunOutline
from core.runs.run import Run
from core.runs.selection import NEWEST, in_order, matches
from tui.widgets.run.curve import LOOKS


class RunListing:
    """All runs, as far as they were read; by itself those that are going come first, then the newest."""

    def __init__(self) -> None:
        self.runs: Sequence[Run] | None = None
        """All, as they were found; None until they are known."""
        self.outlines: list[RunOutline] = []
        """Of the first of them, as far as they were read."""
        self.marks: dict[Run, int] = {}
        """The marked runs, each with the look of its curve, which it keeps as long as it is marked."""
        self.words: list[str] = []
        """That a run must have to be listed."""
        self.by, self.reverse = NEWEST, False
        """What they are sorted by, as in `core.runs.selection`, and whether the other way round."""
        self.shown: Sequence[int] = ()
        """Indices of the runs that are listed, in order."""

    def add(self, runs: Sequence[Run], begin: int, outlines: Sequence[RunOutline]) -> None:
        """Take in what was read: all runs, and the outlines of those from `begin` on."""
        self.runs = runs
        self.outlines[begin:] = outlines
        known = set(runs)
        self.marks = {run: look for run, look in self.marks.items() if run in known}
        self.arrange()

    def arrange(self) -> None:
        """List what is to be listed; call it when `words`, `by` or `reverse` has changed."""
        is_usual = self.by == NEWEST and not self.reverse
        if is_usual and not self.words:
            self.shown = range(self.total)
            return
        order = range(len(self.outlines)) if is_usual else in_order(self.outlines, self.by, reverse=self.reverse)
        self.shown = [index for index in order if matches(self.outlines[index], self.words)]

    @property
    def total(self) -> int:
        """Runs that there are."""
        return len(self.runs or ())

    @property
    def is_read(self) -> bool:
        """Whether all of them are."""
        return self.runs is not None and len(self.outlines) >= len(self.runs)

    def run(self, row: int | None) -> Run | None:
        """The run in a row of the list; None if there is none."""
        return None if row is None or self.runs is None or row >= len(self.shown) else self.runs[self.shown[row]]

    def outline(self, row: int | None) -> RunOutline | None:
        """Its outline; None also as long as it is not read."""
        if row is None or row >= len(self.shown) or self.shown[row] >= len(self.outlines):
            return None
        return self.outlines[self.shown[row]]

    def row(self, run: Run | None) -> int | None:
        """In which row a run stands; None if it is not listed."""
        if run is None or self.runs is None or run not in self.runs:
            return None
        index = self.runs.index(run)
        return self.shown.index(index) if index in self.shown else None

    @property
    def listed(self) -> list[RunOutline]:
        """The outlines of what is listed, in order."""
        return [self.outlines[index] for index in self.shown if index < len(self.outlines)]

    @property
    def marked(self) -> list[Run]:
        """The marked runs that are listed."""
        return [run for run in self.marks if self.row(run) is not None]

    def mark(self, run: Run) -> bool:
        """Mark a run, or take its mark away; returns False if all looks are taken."""
        if self.marks.pop(run, None) is not None:
            return True
        free = [look for look in range(len(LOOKS)) if look not in self.marks.values()]
        if free:
            self.marks[run] = free[0]
        return bool(free)
