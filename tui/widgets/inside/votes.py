"""The last layer as columns, one for each answer: what each value before it says for that answer, or against it."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from rich.segment import Segment
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from tui.widgets.inside.signed import FAINTEST, SIGNED, Values, proportioned, signed_blocks, signed_shades

_WIDEST = 9
"""Columns of the terminal for one answer, at most."""
_AROUND = 2
"""Lines that are no values: the answers above, their sums below."""


class VoteColumns(Widget, can_focus=True):
    """The values that tell the answers apart most come first; the last line has the sums of all."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {*SIGNED, "vote-columns--best"}
    DEFAULT_CSS = """
    VoteColumns {
        background: $background;
        color: $foreground;
        .signed--for { color: $success; }
        .signed--against { color: $error; }
        & > .vote-columns--best { color: $text-success; background: $background; text-style: bold; }
    }
    """

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._votes: Values = np.zeros((0, 10), np.float32)
        self._sums: Values = np.zeros(10, np.float32)
        self._strips: list[Strip] | None = None

    def show(self, votes: Values, biases: Values) -> None:
        """Show the votes (N, 10 or 11) of N values, and the biases (10,) or (11,)."""
        order = np.argsort(-np.ptp(votes, axis=1), kind="stable") if len(votes) else np.zeros(0, int)
        self._votes = votes[order]
        self._sums = votes.sum(axis=0) + biases
        self._strips = None
        self.refresh()

    @property
    def column(self) -> int:
        """The width of one answer's column, with the space behind it."""
        return max(2, min(_WIDEST, (self.content_size.width + 1) // len(self._sums)))

    def on_resize(self) -> None:
        """Draw the columns in another width."""
        self._strips = None

    def notify_style_update(self) -> None:
        """Draw them in other colours."""
        super().notify_style_update()
        self._strips = None

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """All that there is."""
        return container.height

    def render_line(self, y: int) -> Strip:
        """The answers, one line of votes, or the sums."""
        width, height = self.content_size
        blank = self.rich_style
        if y == 0:
            names = [str(digit) if digit < 10 else "∅" for digit in range(len(self._sums))]
            return self._texts(names).adjust_cell_length(width, blank)
        if y == height - 1:
            return self._texts([f"{each:+.0f}" for each in self._sums]).adjust_cell_length(width, blank)
        if self._strips is None:
            self._strips = self._drawn(height - _AROUND)
        found = self._strips[y - 1] if y - 1 < len(self._strips) else Strip([])
        return found.adjust_cell_length(width, blank)

    def _texts(self, texts: list[str]) -> Strip:
        best, room = int(self._sums.argmax()), self.column - 1
        chosen = self.get_component_rich_style("vote-columns--best")
        segments = []
        for place, text in enumerate(texts):
            style = chosen if place == best and self._sums.any() else self.rich_style
            segments += [Segment(text[:room].center(room), style), Segment(" ", self.rich_style)]
        return Strip(segments)

    def _drawn(self, lines: int) -> list[Strip]:
        shown = proportioned(self._votes)[: 2 * max(0, lines)]
        shown = shown[np.abs(shown).max(axis=1, initial=0) >= FAINTEST]
        if not len(shown):
            return []
        shown = shown.repeat(max(1, 2 * lines // len(shown)), axis=0)
        column = np.repeat(shown, self.column, axis=1).reshape(len(shown), -1, self.column)
        column[:, :, -1] = 0  # the space between
        return signed_blocks(column.reshape(len(shown), -1), signed_shades(self), self.rich_style)
