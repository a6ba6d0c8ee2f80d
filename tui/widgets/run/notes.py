"""A run's notes to the user: fallbacks, divisions of the data, skipped files."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from textual.content import Content

from core.runs.events import Note
from tui.widgets.shared.lines import Lines


class Notes(Lines):
    """The notes, warnings first, in at most `most` lines; a key shows the rest."""

    most = 2
    """The largest number of lines."""

    _notes: Sequence[Note] = ()

    def show(self, notes: Sequence[Note], most: int) -> None:
        """Show these notes in at most `most` lines."""
        self._notes, self.most = tuple(notes), most
        self.renew()

    def lines(self, width: int) -> list[Content]:
        """The lines; if there are more, the last one says so."""
        ordered = sorted(self._notes, key=lambda note: note.level != "warning")
        rows = []
        for note in ordered:
            warns = note.level == "warning"
            for index, part in enumerate(textwrap.wrap(note.text, max(20, width - 2))):
                mark = ("! " if warns else "· ") if index == 0 else "  "
                rows.append((mark + part, "$text-warning" if warns else "$foreground-muted"))
        if len(rows) > self.most:
            more = " … (l: all notes)"
            text, style = rows[self.most - 1]
            rows = [*rows[: self.most - 1], (text[: max(0, width - len(more))] + more, style)]
        return [Content.styled(text, style) for text, style in rows]
