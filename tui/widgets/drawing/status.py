"""The line below the pad: the pen, which network reads how well or what was just done, and how far a fine-tuning is.

At its end, where the line to the terminal is slow, that it is.
"""

from __future__ import annotations

from textual.content import Content

from tui.processes.reader import ReaderState
from tui.widgets.shared.lines import Lines, fit


class Status(Lines):
    """One line. Where room is short, the name and the accuracy of the network stay the longest."""

    _pen = _reader = _said = _learning = _line = ""
    _state = ReaderState("loading")
    _milliseconds: float | None = None

    def show(
        self,
        pen: str,
        state: ReaderState,
        name: str,
        milliseconds: float | None,
        said: str = "",
        learning: str = "",
        line: str = "",
    ) -> None:
        """Show these: the pen in words, the reader, whose network it reads with, and how long the last reading took.

        `said`, where there is anything, takes the network's place; `learning` and `line` stand at the end.
        """
        self._pen, self._state, self._reader, self._milliseconds = pen, state, name, milliseconds
        self._said, self._learning, self._line = said, learning, line
        self.renew()

    def lines(self, width: int) -> list[Content]:
        """The line."""
        begin = f"{self._pen}  │  "
        if self._state.text:
            style = "$text-error" if self._state.phase == "failed" else "$text-warning"
            return [Content.assemble(begin, (self._state.text, style), ("  │  " + self._line if self._line else ""))]
        end = "".join(f"  │  {each}" for each in (self._learning, self._line) if each)
        room = width - len(begin) - len(end)
        middle = (fit(self._said, room), "$text-success") if self._said else self._network(room)
        return [Content.assemble(begin, middle, end)]

    def _network(self, room: int) -> str:
        # A title is "data, recipe: result"; a run's name says data and recipe already.
        result = self._state.title.rpartition(": ")[2]
        short = result.partition(", ")[0]
        whole = f"{self._reader}: {result}"
        took = "" if self._milliseconds is None else f", {self._milliseconds:.0f} ms"
        choices = (whole + took, whole, f"{self._reader}: {short}", f"{self._reader}: {short.partition(' ')[0]}")
        last = choices[-1].removeprefix(self._reader)
        return next((text for text in choices if len(text) <= room), fit(self._reader, room - len(last)) + last)
