"""The status line below the pad: the pen, the network and its accuracy or the last message, a fine-tuning's progress.

If the line to the terminal is slow, the end of the status line says so.
"""

from __future__ import annotations

from textual.content import Content

from tui.processes.reader import ReaderState
from tui.widgets.shared.lines import Lines, fit


class Status(Lines):
    """One line. If room is short, the network's name and accuracy are the last to be cut."""

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
        """Show the pen in words, the reader's state, its network's name, and the milliseconds of the last reading.

        `said`, if not empty, replaces the network; `learning` and `line` go to the end.
        """
        self._pen, self._state, self._reader, self._milliseconds = pen, state, name, milliseconds
        self._said, self._learning, self._line = said, learning, line
        self.renew()

    def lines(self, width: int) -> list[Content]:
        """The status line."""
        begin = f"{self._pen}  │  "
        if self._state.text:
            style = "$text-error" if self._state.phase == "failed" else "$text-warning"
            return [Content.assemble(begin, (self._state.text, style), ("  │  " + self._line if self._line else ""))]
        end = "".join(f"  │  {each}" for each in (self._learning, self._line) if each)
        room = width - len(begin) - len(end)
        middle = (fit(self._said, room), "$text-success") if self._said else self._network(room)
        return [Content.assemble(begin, middle, end)]

    def _network(self, room: int) -> str:
        # A title is "data, recipe: result"; a run's name already says data and recipe.
        result = self._state.title.rpartition(": ")[2]
        short = result.partition(", ")[0]
        whole = f"{self._reader}: {result}"
        took = "" if self._milliseconds is None else f", {self._milliseconds:.0f} ms"
        choices = (whole + took, whole, f"{self._reader}: {short}", f"{self._reader}: {short.partition(' ')[0]}")
        last = choices[-1].removeprefix(self._reader)
        return next((text for text in choices if len(text) <= room), fit(self._reader, room - len(last)) + last)
