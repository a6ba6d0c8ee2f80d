"""The last layer as columns, one for each answer: what each value before it says for that answer, or against it."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from rich.segment import Segment
from textual.strip import Strip

from tui.widgets.shared.figure import Figure
from tui.widgets.shared.signed import FAINTEST, Values, proportioned, signed_blocks, signed_shades

_WIDEST = 9
"""Columns of the terminal for one answer, at most."""
_AROUND = 2
"""Lines that are no values: the answers above, their sums below."""


class VoteColumns(Figure):
    """The values that tell the answers apart most come first; the last line has the sums of all."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"vote-columns--best"}
    DEFAULT_CSS = """
    VoteColumns > .vote-columns--best { color: $text-success; background: $background; text-style: bold; }
    """

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._votes: Values = np.zeros((0, 10), np.float32)
        self._sums: Values = np.zeros(10, np.float32)

    def show(self, votes: Values, biases: Values) -> None:
        """Show the votes (N, 10 or 11) of N values, and the biases (10,) or (11,)."""
        order = np.argsort(-np.ptp(votes, axis=1), kind="stable") if len(votes) else np.zeros(0, int)
        self._votes = votes[order]
        self._sums = votes.sum(axis=0) + biases
        self.renew()

    @property
    def column(self) -> int:
        """The width of one answer's column, with the space behind it."""
        return max(2, min(_WIDEST, (self.content_size.width + 1) // len(self._sums)))

    def drawn(self) -> list[Strip]:
        """The answers, their votes, and the sums."""
        lines = max(0, self.size.height - _AROUND)
        names = [str(digit) if digit < 10 else "∅" for digit in range(len(self._sums))]
        votes = self._votes_drawn(lines)
        between = [Strip([])] * (lines - len(votes))
        return [self._texts(names), *votes, *between, self._texts([f"{each:+.0f}" for each in self._sums])]

    def _texts(self, texts: list[str]) -> Strip:
        best, room = int(self._sums.argmax()), self.column - 1
        chosen = self.get_component_rich_style("vote-columns--best")
        segments = []
        for place, text in enumerate(texts):
            style = chosen if place == best and self._sums.any() else self.rich_style
            segments += [Segment(text[:room].center(room), style), Segment(" ", self.rich_style)]
        return Strip(segments)

    def _votes_drawn(self, lines: int) -> list[Strip]:
        shown = proportioned(self._votes)[: 2 * lines]
        shown = shown[np.abs(shown).max(axis=1, initial=0) >= FAINTEST]
        if not len(shown):
            return []
        shown = shown.repeat(max(1, 2 * lines // len(shown)), axis=0)
        column = np.repeat(shown, self.column, axis=1).reshape(len(shown), -1, self.column)
        column[:, :, -1] = 0  # the space between
        return signed_blocks(column.reshape(len(shown), -1), signed_shades(self), self.rich_style)
