"""The confusion matrix with a cursor: each cell has its images.

It needs no colours: a dot stands for zero, mistakes are in brackets, and the cell of the cursor is reversed.
"""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.color import Color
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from core.config.shape import CLASSES
from core.evaluation.confusion import mistakes
from core.evaluation.measurement import Measurement
from core.words import percent
from tui.widgets.shared.thumbnail import shades

_MARGIN = 3
"""Cells to the left of the columns, for a row's digit."""
_FIGURE = 7
"""Cells of each figure to the right of the columns."""
_FIGURES = ("recall", "F1")
_HEAT, _COLD, _NAME = "matrix--heat", "matrix--none", "matrix--name"


class Matrix(Widget, can_focus=True):
    """Rows are true digits, columns what was read; recall and F1 to the right, precision below."""

    ALLOW_SELECT = False
    BINDING_GROUP_TITLE = "Confusion matrix"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(0, -1)", "Cell to the left", show=False),
        Binding("right", "move(0, 1)", "Cell to the right", show=False),
        Binding("up", "move(-1, 0)", "Cell above", show=False),
        Binding("down", "move(1, 0)", "Cell below", show=False),
        Binding("n", "next(1)", "Next mistake"),
        Binding("N", "next(-1)", "Mistake before", show=False),
        Binding("enter", "open", "Its images", key_display="⏎"),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {_HEAT, _COLD, _NAME}
    DEFAULT_CSS = """
    Matrix {
        height: auto;
        background: $background;
        color: $foreground;
        & > .matrix--heat { color: $warning; }
        & > .matrix--none { color: $foreground 40%; background: $background; }
        & > .matrix--name { color: $foreground-muted; background: $background; }
    }
    """

    chosen: reactive[tuple[int, int]] = reactive((0, 0), init=False)
    """The row and the column of the cursor: true digit and digit read."""

    class Moved(Message):
        """The cursor is on another cell."""

    class Opened(Message):
        """The images of the cell are to be looked at."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._measured: Measurement | None = None
        self._kinds: list[tuple[int, int]] = []
        """The cells with mistakes, the most frequent first."""

    def show(self, measured: Measurement) -> None:
        """Show this one; the cursor begins at the most frequent mistake."""
        self._measured = measured
        self._kinds = [(label, read) for _, label, read in mistakes(measured.confusion)]
        if self._kinds:
            self.chosen = self._kinds[0]
        self.refresh(layout=True)
        self.post_message(self.Moved())

    def watch_chosen(self) -> None:
        """Say so."""
        self.post_message(self.Moved())

    # Layout

    @property
    def _column(self) -> int:
        """Cells of a column: the longest count in its brackets, at least 4."""
        assert self._measured is not None
        return max(4, 2 + max(len(str(count)) for row in self._measured.confusion for count in row))

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """The margins and ten columns."""
        return _MARGIN + CLASSES * self._column + _FIGURE * len(_FIGURES) if self._measured else 0

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """A header, ten rows, and the precision."""
        return CLASSES + 2

    def render_line(self, y: int) -> Strip:
        """One row."""
        plain = self.rich_style
        if self._measured is None:
            return Strip.blank(self.size.width, plain)
        name = self.get_component_rich_style(_NAME)
        if y == 0:
            segments = [Segment(" " * _MARGIN, plain)]
            segments += [Segment(f"{digit:>{self._column - 1}} ", plain + Style(bold=True)) for digit in range(CLASSES)]
            segments += [Segment(f"{each:>{_FIGURE}}", name) for each in _FIGURES]
        elif y <= CLASSES:
            segments = self._row(y - 1, plain, name)
        else:
            figures = [_share(each.precision) for each in self._measured.figures]
            segments = [Segment("pr.".ljust(_MARGIN), name)]
            segments += [Segment(f"{each:>{self._column - 1}} ", name) for each in figures]
        return Strip(segments).adjust_cell_length(self.size.width, plain)

    def _row(self, digit: int, plain: Style, name: Style) -> list[Segment]:
        assert self._measured is not None
        counts, figures = self._measured.confusion[digit], self._measured.figures[digit]
        segments = [Segment(f"{digit:>2} ", plain + Style(bold=True))]
        for read, count in enumerate(counts):
            style = self._cell_style(digit, read, count, plain)
            if (digit, read) == self.chosen:
                style += Style(reverse=True, bold=True)
            segments.append(Segment(self._cell(digit, read, count), style))
        return [*segments, *(Segment(f"{_share(each):>{_FIGURE}}", name) for each in (figures.recall, figures.f1))]

    def _cell(self, digit: int, read: int, count: int) -> str:
        wide = self._column - 1
        if not count:
            return f"{'·':>{wide}} "
        return f"{count:>{wide}} " if digit == read else f"{f'[{count}':>{wide}}]"

    def _cell_style(self, digit: int, read: int, count: int, plain: Style) -> Style:
        """Mistakes glow the more of them there are."""
        if not count:
            return self.get_component_rich_style(_COLD)
        if digit == read or not shades(self) or not self._kinds:
            return plain
        assert self._measured is not None
        first, second = self._kinds[0]
        share = count / self._measured.confusion[first][second]
        _, _, paper, ink = self.colors
        glow: Color = paper.blend(self.get_component_styles(_HEAT).color, 0.15 + 0.6 * share)
        return Style(bgcolor=glow.rich_color, color=(paper + ink).rich_color if share < 0.6 else paper.rich_color)

    # Keys and mouse

    def action_move(self, rows: int, columns: int) -> None:
        """Move the cursor."""
        row, column = self.chosen
        last = CLASSES - 1
        self.chosen = min(last, max(0, row + rows)), min(last, max(0, column + columns))

    def action_next(self, by: int) -> None:
        """Move the cursor to the next kind of mistake, or the one before, by how many there are."""
        if self._kinds:
            at = self._kinds.index(self.chosen) + by if self.chosen in self._kinds else 0
            self.chosen = self._kinds[at % len(self._kinds)]

    def action_open(self) -> None:
        """Look at the images of the cell."""
        self.post_message(self.Opened())

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to the cell that was clicked; a second click opens it."""
        if self._measured is None:
            return
        row, column = event.y - 1, (event.x - _MARGIN) // self._column
        if 0 <= row < CLASSES and 0 <= column < CLASSES:
            if (row, column) == self.chosen:
                self.action_open()
            self.chosen = row, column


def _share(share: float | None) -> str:
    return "–" if share is None else percent(share, 1).removesuffix("%")
