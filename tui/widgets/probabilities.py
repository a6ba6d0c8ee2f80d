"""Ten probabilities as bars with figures, the largest one marked."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

_EIGHTHS = " ▏▎▍▌▋▊▉█"
_AROUND = len("7 ▌") - 1 + len(" 100.0%")  # cells of a bar's line that are not the bar
_GAP = 2


class Probabilities(Widget):
    """In one column of ten, or in two of five where it is less than ten rows high."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "probabilities--bar",
        "probabilities--best",
        "probabilities--track",
    }
    DEFAULT_CSS = """
    Probabilities {
        height: 5;
        .probabilities--bar { color: $primary; background: $background; }
        .probabilities--best { color: $text-success; background: $background; text-style: bold; }
        .probabilities--track { color: $text-muted; background: $background; }
    }
    """

    values: reactive[tuple[float, ...]] = reactive((0.0,) * 10, repaint=False)
    """Ten probabilities, of 0 to 9; all zero where nothing was read."""

    class Chosen(Message):
        """The bar of a digit was clicked."""

        def __init__(self, digit: int) -> None:
            super().__init__()
            self.digit = digit

    def on_click(self, event: events.Click) -> None:
        """Say which digit's bar it was."""
        width, height = self.content_size
        right = height < 10 and event.x > (width - _GAP) // 2
        digit = event.y + 5 * right
        if digit < 10:
            self.post_message(self.Chosen(digit))

    def watch_values(self, old: tuple[float, ...], new: tuple[float, ...]) -> None:
        """Paint the rows that look different."""
        width, height = self.content_size
        if width:
            rows = [self._row(y, old) != self._row(y, new) for y in range(height)]
            self.refresh(*(Region(0, y, width, 1) for y, differs in enumerate(rows) if differs))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Two columns, unless the style sheet gives it more."""
        return 5

    def render_line(self, y: int) -> Strip:
        """One row: one bar, or two."""
        return self._row(y, self.values)

    def _row(self, y: int, values: tuple[float, ...]) -> Strip:
        width, height = self.content_size
        blank = Style.null() + self.rich_style
        if height >= 10:
            digits, each = [y], width
        else:
            digits, each = [y, y + 5], (width - _GAP) // 2
        segments: list[Segment] = []
        for digit in digits:
            if digit < 10:
                if segments:
                    segments.append(Segment(" " * _GAP, blank))
                segments.extend(self._bar(digit, each, values))
        return Strip(segments).adjust_cell_length(width, blank)

    def _bar(self, digit: int, width: int, values: tuple[float, ...]) -> list[Segment]:
        value = values[digit]
        best = value > 0 and value == max(values)
        name = "best" if best else "bar"
        style = self.get_component_rich_style(f"probabilities--{name}")
        faint = self.get_component_rich_style("probabilities--track")
        room = max(0, width - _AROUND)
        eighths = round(value * room * 8)
        whole, part = divmod(eighths, 8)
        bar = "█" * whole + (_EIGHTHS[part] if part else "")
        # Never 100%, which no network can know.
        figure = f"{min(value, 0.999):7.1%}" if any(values) else " " * 7
        return [
            Segment(f"{digit} ", style if best else self.rich_style),
            Segment(bar, style),
            Segment("·" * (room - len(bar)), faint),
            Segment(figure, style if best else self.rich_style),
        ]
