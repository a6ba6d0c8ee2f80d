"""The confusion matrix, 10 × 10, with the correct readings on the diagonal.

It needs no colours: a dot stands for zero, and mistakes are in brackets.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from textual.content import Content

from core.evaluation.confusion import Table, in_words
from core.runs.events import Finished
from core.words import percent
from tui.widgets.shared.lines import Lines

_MUTED = "$foreground-muted"
_MARGIN = 4
"""Cells to the left of the columns, for a row's digit."""
_RIGHT = 7
"""Cells to the right of the columns, for a row's share of correct readings."""


class Confusion(Lines):
    """A header, ten rows and an explanation, as wide as the figures need."""

    DEFAULT_CSS = """
    Confusion { width: auto; }
    """

    _table: Table = ()

    def show(self, table: Table) -> None:
        """Show this table; nothing if it is empty."""
        if table != self._table:
            self._table = table
            self.renew()
            self.refresh(layout=True)

    def get_content_width(self, container: object, viewport: object) -> int:
        """The width of the margins and ten columns."""
        return _MARGIN + 10 * _column(self._table) + _RIGHT if self._table else 0

    def lines(self, width: int) -> list[Content]:
        """The whole table, whatever the width."""
        if not self._table:
            return []
        wide = _column(self._table)
        header = "".join(f"{digit:>{wide - 1}} " for digit in range(10))
        rows = [Content.assemble(" " * _MARGIN, (header, "bold"), (f"{'right':>{_RIGHT}}", _MUTED))]
        rows += [_row(digit, counts, wide) for digit, counts in enumerate(self._table)]
        below = "rows: true digit; columns: digit read\n" + in_words(self._table)
        wrapped = [part for line in below.split("\n") for part in textwrap.wrap(line, rows[0].cell_length)]
        return [*rows, *(Content.styled(line, _MUTED) for line in wrapped)]


def confusion_of(end: object) -> Table:
    """The table of a finished cross-validation; empty for other runs, and if the file has no valid table."""
    if not isinstance(end, Finished) or len(end.confusion) != 10 or any(len(row) != 10 for row in end.confusion):
        return ()
    return end.confusion


def _column(table: Table) -> int:
    """Cells of a column: the longest figure and its brackets, at least 4."""
    return max(4, 2 + max(len(str(count)) for counts in table for count in counts)) if table else 4


def _row(digit: int, counts: Sequence[int], wide: int) -> Content:
    cells: list[Content | str | tuple[str, str]] = [(f"{digit:>2}", "bold"), " " * (_MARGIN - 2)]
    for read, count in enumerate(counts):
        if not count:
            cells.append((f"{'·':>{wide - 1}} ", "$foreground 40%"))
        elif read == digit:
            cells.append(f"{count:>{wide - 1}} ")
        else:
            cells.append((f"{f'[{count}':>{wide - 1}}]", "bold $text-warning"))
    total = sum(counts)
    right = percent(counts[digit] / total, 1) if total else "none"
    return Content.assemble(*cells, (f"{right:>{_RIGHT}}", _MUTED))
