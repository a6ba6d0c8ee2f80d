"""Which pixels speak for an answer and which against it: an image for each answer, side by side where they fit."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.reactive import reactive
from textual.strip import Strip

from core.config.shape import SIDE
from core.reading.questions import NOT_A_DIGIT, WhyAnswer
from core.words import probability
from tui.widgets.shared.figure import Figure
from tui.widgets.shared.signed import enlarged, proportioned, signed_blocks, signed_shades

_GAP = 2
_HEADING = 1


class SaliencyMaps(Figure):
    """Each map has its own scale: an answer that nothing speaks for has faint pixels too."""

    BINDING_GROUP_TITLE = "Why"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,up", "move(-1)", "Answer before", show=False),
        Binding("right,down", "move(1)", "Next answer"),
    ]
    cursor: reactive[int] = reactive(0, repaint=False, init=False)
    """The answer whose map comes first."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._found: WhyAnswer | None = None

    def show(self, found: WhyAnswer | None) -> None:
        """Show what was found; None while it is being found."""
        self._found = found
        if found is not None:
            self.set_reactive(SaliencyMaps.cursor, min(self.cursor, len(found.answers) - 1))
        self.renew()

    @property
    def layout_now(self) -> tuple[int, int, int]:
        """Terminal pixels per pixel of the image, maps in a row, and rows: the largest of which all fit, or one map."""
        width, height = self.content_size
        count = len(self._found.answers) if self._found is not None else 1
        for scale in range(max(1, width // SIDE), 0, -1):
            across, down = (width + _GAP) // (SIDE * scale + _GAP), height // (SIDE * scale // 2 + _HEADING)
            if across * down >= count:
                return scale, across, down
        return 1, max(1, (width + _GAP) // (SIDE + _GAP)), 1

    @property
    def count(self) -> int:
        """Maps that are shown at once."""
        _, across, down = self.layout_now
        return across * down

    def watch_cursor(self) -> None:
        """Show it first."""
        self.renew()

    def drawn(self) -> list[Strip]:
        """Row by row of maps, each below its heading."""
        if self._found is None:
            return []
        scale, across, down = self.layout_now
        last = min(self.cursor + across * down, len(self._found.answers))
        strips = []
        for first in range(self.cursor, last, across):
            maps = [self._map(self._found, place, scale) for place in range(first, min(first + across, last))]
            strips += [Strip.join(parts) for parts in zip(*maps, strict=True)]
        return strips

    def _map(self, found: WhyAnswer, place: int, scale: int) -> list[Strip]:
        """The map with its heading above it, and a gap to its right."""
        plain, room = self.rich_style, SIDE * scale
        heading = _heading(found, place)[:room].ljust(room)
        values = enlarged(proportioned(found.saliency[place]), scale)
        lines = [
            Strip([Segment(heading, plain + Style(bold=place == 0))], room),
            *signed_blocks(values, signed_shades(self), plain),
        ]
        return [line.adjust_cell_length(room + _GAP, plain) for line in lines]

    def action_move(self, by: int) -> None:
        """Show the map of another answer first."""
        if self._found is not None:
            self.cursor = max(0, min(self.cursor + by, len(self._found.answers) - self.count))

    def on_click(self, event: events.Click) -> None:
        """Show the next answer's map first, and the first one's after the last."""
        if self._found is not None and self.count < len(self._found.answers):
            self.cursor = (self.cursor + 1) % (len(self._found.answers) - self.count + 1)


def _heading(found: WhyAnswer, place: int) -> str:
    answer = found.answers[place]
    name = "not a digit" if answer == NOT_A_DIGIT else str(answer)
    return f"for {name}: {probability(found.probabilities[place])}"
