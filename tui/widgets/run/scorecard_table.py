"""The figures of a scorecard: one line per set if there is room, else one per checkpoint below the set's name."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from textual.content import Content

from core.evaluation.scorecard_rows import HEADS, MARKS, NOTHING, Outcome, Row, ScoredModel, Speed
from core.evaluation.scorecard_words import LEGEND, SPEED
from tui.widgets.shared.lines import Lines, fit

_WIDE = 140
"""Columns from which two checkpoints are shown side by side."""
_CELLS = (11, 14, 11, 12)
"""The columns' widths in cells."""
_VERDICT = 27
_STYLES = {
    Outcome.BETTER: "bold $text-success",
    Outcome.WORSE: "bold $text-error",
    Outcome.SAME: "bold",
    Outcome.NONE: "",
}


class ScorecardTable(Lines):
    """Shows rows as they are measured."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._models: Sequence[ScoredModel] = ()
        self._rows: Sequence[Row] = ()
        self._speeds: Sequence[Speed] = ()

    def show(self, models: Sequence[ScoredModel], rows: Sequence[Row], speeds: Sequence[Speed] = ()) -> None:
        """Show what is known about `models`, one or two."""
        self._models, self._rows, self._speeds = models, tuple(rows), tuple(speeds)
        self.renew()

    def lines(self, width: int) -> list[Content]:
        """The column heads, the sets, the time of a reading, and the meaning of the heads."""
        if not self._models:
            return []
        found = self._wide(width) if width >= _WIDE else self._narrow(width)
        if self._speeds:
            found += [Content(), Content.styled(SPEED, "bold")]
            found += [
                Content(f"  {fit(model.name, 36):<36}  {speed.words}")
                for model, speed in zip(self._models, self._speeds, strict=True)
            ]
            found += [Content(), *_muted(LEGEND, width, indent="")]
        return found

    def _narrow(self, width: int) -> list[Content]:
        name = max(12, width - sum(_CELLS) - 2)
        found = [Content.styled(" " * (name + 2) + _cells(HEADS), "$foreground-muted")]
        for row in self._rows:
            mark = MARKS[row.verdict]
            title = fit(row.title, max(12, width - len(mark) - 2))
            gap = " " * max(0, width - len(title) - len(mark))
            found.append(Content.assemble((title, "bold"), gap if mark else "", (mark, _STYLES[row.verdict])))
            for model, figures in zip(self._models, row.figures, strict=False):
                cells = NOTHING if figures is None else figures.cells
                found.append(Content(f"  {fit(model.name, name - 1):<{name}}{_cells(cells)}"))
            found += _said(row, width)
        return found

    def _wide(self, width: int) -> list[Content]:
        name = max(30, width - len(self._models) * sum(_CELLS) - _VERDICT)
        heads = "".join(f"{fit(model.name, sum(_CELLS) - 4):>{sum(_CELLS)}}" for model in self._models)
        found = [
            Content.styled(" " * name + heads, "bold"),
            Content.styled(" " * name + _cells(HEADS) * len(self._models), "$foreground-muted"),
        ]
        for row in self._rows:
            cells = "".join(_cells(NOTHING if each is None else each.cells) for each in row.figures)
            mark = MARKS[row.verdict]
            found.append(
                Content.assemble(
                    (f"{fit(row.title, name - 1):<{name}}", "bold"), cells, "  ", (mark, _STYLES[row.verdict])
                )
            )
            found += _muted(f"{row.words}." if row.words else "", width)
            found += _said(row, width)
            found.append(Content())
        return found[:-1] if self._rows else found


def _cells(cells: Sequence[str]) -> str:
    return "".join(f"{cell:>{width}}" for cell, width in zip(cells, _CELLS, strict=True))


def _said(row: Row, width: int) -> list[Content]:
    error = textwrap.wrap(f"✗ {row.error}", max(20, width - 2)) if row.error else []
    notes = [line for note in row.remarks for line in _muted(note, width)]
    return [*(Content.styled(f"  {line}", "$text-error") for line in error), *notes]


def _muted(text: str, width: int, indent: str = "  ") -> list[Content]:
    wrapped = textwrap.wrap(text, max(20, width), initial_indent=indent, subsequent_indent=indent)
    return [Content.styled(line, "$foreground-muted") for line in wrapped]
