"""Ten probabilities as bars with figures, with the largest marked."""

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

from core.words import probability

_EIGHTHS = " ▏▎▍▌▋▊▉█"
_AROUND = len("7 ▌") - 1 + len(" 100.0%")  # cells of a bar's line that are not the bar
_GAP = 2


class Probabilities(Widget):
    """Bars in one column of ten, or in two of five if there are fewer than ten rows."""

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
    """The probabilities of the digits 0 to 9; all zero if nothing was read."""

    class Chosen(Message):
        """The bar of a digit was clicked."""

        def __init__(self, digit: int) -> None:
            super().__init__()
            self.digit = digit

    def on_click(self, event: events.Click) -> None:
        """Post the digit whose bar was clicked."""
        right = not self._is_single and event.x > (self.content_size.width - _GAP) // 2
        digit = event.y + 5 * right
        if digit < 10:
            self.post_message(self.Chosen(digit))

    def watch_values(self, old: tuple[float, ...], new: tuple[float, ...]) -> None:
        """Repaint the rows that look different."""
        width, height = self.content_size
        rows = [
            y for y in range(height) if any(self._look(digit, old) != self._look(digit, new) for digit in self._in(y))
        ]
        if rows:
            self.refresh(*(Region(0, y, width, 1) for y in rows))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Five rows, for two columns, unless the style sheet sets more."""
        return 5

    def render_line(self, y: int) -> Strip:
        """One row: one bar or two."""
        plain = self.rich_style  # computed on every access
        blank = Style.null() + plain
        segments: list[Segment] = []
        for digit in self._in(y):
            if segments:
                segments.append(Segment(" " * _GAP, blank))
            segments.extend(self._bar(digit, plain))
        return Strip(segments).adjust_cell_length(self.content_size.width, blank)

    def _in(self, y: int) -> tuple[int, ...]:
        """The digits of a row."""
        return tuple(digit for digit in ((y,) if self._is_single else (y, y + 5)) if digit < 10)

    @property
    def _is_single(self) -> bool:
        """Whether the bars are in one column."""
        return self.content_size.height >= 10

    @property
    def _room(self) -> int:
        """The longest bar in cells."""
        width = self.content_size.width
        return max(0, (width if self._is_single else (width - _GAP) // 2) - _AROUND)

    def _look(self, digit: int, values: tuple[float, ...]) -> tuple[bool, int, str]:
        """Whether a digit has the highest value, its bar's length in eighths of a cell, and its figure."""
        value = values[digit]
        best = value > 0 and value == max(values)
        return best, round(value * self._room * 8), f"{probability(value) if any(values) else '':>7}"

    def _bar(self, digit: int, plain: Style) -> list[Segment]:
        best, eighths, figure = self._look(digit, self.values)
        style = self.get_component_rich_style(f"probabilities--{'best' if best else 'bar'}")
        faint = self.get_component_rich_style("probabilities--track")
        whole, part = divmod(eighths, 8)
        bar = "█" * whole + (_EIGHTHS[part] if part else "")
        return [
            Segment(f"{digit} ", style if best else plain),
            Segment(bar, style),
            Segment("·" * (self._room - len(bar)), faint),
            Segment(figure, style if best else plain),
        ]
