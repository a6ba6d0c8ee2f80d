"""Which pixels speak for an answer and which against it: an image for each answer, side by side where they fit."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from core.config.shape import SIDE
from core.reading.questions import NOT_A_DIGIT, WhyAnswer
from core.words import probability
from tui.widgets.inside.signed import SIGNED, enlarged, proportioned, signed_blocks, signed_shades

_GAP = 2
_HEADING = 1


class SaliencyMaps(Widget, can_focus=True):
    """Each map has its own scale: an answer that nothing speaks for has faint pixels too."""

    ALLOW_SELECT = False
    BINDING_GROUP_TITLE = "Why"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,up", "move(-1)", "Answer before", show=False),
        Binding("right,down", "move(1)", "Next answer"),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = SIGNED
    DEFAULT_CSS = """
    SaliencyMaps {
        background: $background;
        color: $foreground;
        .signed--for { color: $success; }
        .signed--against { color: $error; }
    }
    """

    cursor: reactive[int] = reactive(0)
    """The answer whose map comes first."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._found: WhyAnswer | None = None

    def show(self, found: WhyAnswer | None) -> None:
        """Show what was found; None while it is being found."""
        self._found = found
        if found is not None:
            self.set_reactive(SaliencyMaps.cursor, min(self.cursor, len(found.answers) - 1))
        self.refresh()

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

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """All that there is."""
        return container.height

    def render_line(self, y: int) -> Strip:
        """A line of the headings or of the maps."""
        width, plain = self.content_size.width, self.rich_style
        segments: list[Segment] = []
        if self._found is not None:
            scale, across, down = self.layout_now
            room = SIDE * scale
            row, line = divmod(y, room // 2 + _HEADING)
            first = self.cursor + row * across
            for place in range(first, min(first + across, len(self._found.answers)) if row < down else first):
                if line == 0:
                    heading = _heading(self._found, place)[:room].ljust(room)
                    segments.append(Segment(heading, plain + Style(bold=place == 0)))
                else:
                    large = enlarged(proportioned(self._found.saliency[place]), scale)
                    rows = large[2 * (line - _HEADING) : 2 * line]
                    segments += signed_blocks(rows, signed_shades(self), plain)[0]
                segments.append(Segment(" " * _GAP, plain))
        return Strip(segments).adjust_cell_length(width, plain)

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
