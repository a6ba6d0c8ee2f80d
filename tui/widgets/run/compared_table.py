"""The table of what differs between runs: a column for each, below its mark and its title."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.cells import cell_len, set_cell_size
from textual.content import Content
from textual.geometry import Size

from core.evaluation.runs_compared import ComparedRow, ComparedRun
from core.runs.run import Run
from tui.widgets.run.curve import LOOKS
from tui.widgets.shared.lines import Lines, fit

_LEAST, _MOST = 18, 34
"""Cells of a run's column."""
_GAP = 2


class ComparedTable(Lines):
    """As wide as it needs to be: whoever holds it scrolls."""

    DEFAULT_CSS = """
    ComparedTable { width: auto; }
    """

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._heads: list[tuple[str, int]] = []
        self._rows: Sequence[ComparedRow] = ()

    def show(self, runs: Sequence[ComparedRun], looks: Mapping[Run, int], rows: Sequence[ComparedRow]) -> None:
        """Show these rows; `looks` are those of the runs' curves."""
        self._heads = [(each.title, looks[each.run]) for each in runs]
        self._rows = rows
        self.refresh(layout=True)
        self.renew()

    @property
    def _first(self) -> int:
        """Cells of the rows' names."""
        return max((cell_len(row.name) for row in self._rows), default=0) + _GAP

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """All columns, which share the room that there is."""
        return self._first + len(self._heads) * self._column(container.width)

    def _column(self, width: int) -> int:
        return max(_LEAST, min(_MOST, (width - self._first) // max(1, len(self._heads))))

    def lines(self, width: int) -> list[Content]:
        """The runs, then the results in bold, then the settings."""
        column = self._column(width)
        head = [Content(" " * self._first)]
        for title, look in self._heads:
            mark = (f"{LOOKS[look].mark} ", LOOKS[look].colour)
            head.append(Content.assemble(mark, (_cell(title, column - 2), "bold")))
        found = [Content("").join(head)]
        for row in self._rows:
            values = "".join(_cell(value, column) for value in row.values)
            name = (set_cell_size(row.name, self._first), "$foreground-muted")
            found.append(Content.assemble(name, (values, "bold" if row.is_result else "")))
        return found


def _cell(text: str, width: int) -> str:
    return set_cell_size(fit(text, width - _GAP), width)
