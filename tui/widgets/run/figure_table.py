"""A growing table of figures with a fixed header; only the visible rows are rendered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

_MARK = " *"


def scrolling(row: str, rows: str) -> list[BindingType]:
    """The keys of a table, with `row` and `rows` as the words for its rows in the help and the palette."""
    return [
        Binding("up", "scroll_up", f"Older {rows}", show=False),
        Binding("down", "scroll_down", f"Newer {rows}", show=False),
        Binding("pageup", "page_up", f"Older {rows}, one page", show=False),
        Binding("pagedown", "page_down", f"Newer {rows}, one page", show=False),
        Binding("home", "scroll_home", f"First {row}", show=False),
        Binding("end", "scroll_end", f"Newest {row}", show=False),
    ]


class FigureTable(ScrollView, can_focus=True, inherit_bindings=False):
    """A subclass names the columns and provides each row on request."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"figures--header", "figures--best"}
    COLUMNS: ClassVar[dict[str, int]]
    """The narrowest width of each column in cells, by its header; the mark of the best comes on top."""
    EMPTY: ClassVar[str]
    """Shown instead of rows: says when the first one comes."""
    DEFAULT_CSS = """
    FigureTable {
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        & > .figures--header { color: $text-muted; }
        & > .figures--best { color: $text-success; text-style: bold; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._count = 0

    def row(self, index: int) -> tuple[Sequence[str], bool]:
        """The cells of row `index`, from 0, and whether to mark it as the best."""
        raise NotImplementedError

    def renew(self, count: int) -> None:
        """Show `count` rows. Scrolls to the newest unless the user has scrolled to older ones."""
        at_end = self.scroll_offset.y >= self.max_scroll_y
        most = max(count, self._count)
        self._count = count
        self._arrange(at_end)
        self.refresh(Region(0, 0, self.size.width, min(self.size.height, most + 2)))

    def on_resize(self) -> None:
        """Keep the newest in sight."""
        self._arrange(at_end=True)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer no actions while the table is hidden."""
        return self.display

    def _arrange(self, at_end: bool) -> None:
        self.virtual_size = Size(self.size.width, self._count + 1)
        if at_end:
            self.scroll_end(animate=False)

    def render_line(self, y: int) -> Strip:
        """The header in the first row, figures below."""
        header = self.get_component_rich_style("figures--header")
        if y == 0:
            return self._strip(tuple(self.COLUMNS), header)
        index = self.scroll_offset.y + y - 1
        if not self._count and y == 1:
            return Strip([Segment(f"  {self.EMPTY}", header)]).adjust_cell_length(self.size.width, self.rich_style)
        if index >= self._count:
            return Strip.blank(self.size.width, self.rich_style)
        cells, best = self.row(index)
        style = self.get_component_rich_style("figures--best") if best else self.rich_style
        return self._strip(cells, style, _MARK if best else "")

    def _strip(self, cells: Sequence[str], style: Style, mark: str = "") -> Strip:
        widths = list(self.COLUMNS.values())
        more = min(6, (self.size.width - sum(widths) - len(_MARK)) // (len(widths) - 1))
        text = f"{cells[0]:>{widths[0]}}"
        text += "".join(f"{cell:>{width + more}}" for cell, width in zip(cells[1:], widths[1:], strict=True))
        text += mark
        return Strip([Segment(text, style)]).adjust_cell_length(self.size.width, self.rich_style)
