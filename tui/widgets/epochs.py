"""The table of epochs: one row each, the newest in sight, the best marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from core.events import EpochEnded

_HEADER = ("epoch", "train loss", "val. loss", "val. acc.", "seconds")
_WIDTHS = (5, 11, 10, 10, 8)
"""Cells of each column where there is no more room, and of nothing but the mark of the best beside them."""
_MARK = " *"


class EpochTable(ScrollView, can_focus=True, inherit_bindings=False):
    """A header that stays and a row for each epoch; only the rows in sight are ever made."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"epochs--header", "epochs--best"}
    BINDING_GROUP_TITLE = "Table of epochs"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "scroll_up", "Older epochs", show=False),
        Binding("down", "scroll_down", "Newer epochs", show=False),
        Binding("pageup", "page_up", "Older epochs, a page", show=False),
        Binding("pagedown", "page_down", "Newer epochs, a page", show=False),
        Binding("home", "scroll_home", "First epoch", show=False),
        Binding("end", "scroll_end", "Newest epoch", show=False),
    ]
    DEFAULT_CSS = """
    EpochTable {
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        & > .epochs--header { color: $text-muted; }
        & > .epochs--best { color: $text-success; text-style: bold; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._epochs: Sequence[EpochEnded] = ()
        self._best: EpochEnded | None = None

    def show(self, epochs: Sequence[EpochEnded], best: EpochEnded | None) -> None:
        """Show these epochs, in order. The newest comes into sight unless somebody looks at older ones."""
        if tuple(epochs) == self._epochs and self._best is best:
            return
        at_end = self.scroll_offset.y >= self.max_scroll_y
        self._epochs, self._best = tuple(epochs), best
        self._arrange(at_end)
        self.refresh(Region(0, 0, self.size.width, min(self.size.height, len(epochs) + 2)))

    def on_resize(self) -> None:
        """Keep the newest in sight."""
        self._arrange(at_end=True)

    def _arrange(self, at_end: bool) -> None:
        self.virtual_size = Size(self.size.width, len(self._epochs) + 1)
        if at_end:
            self.scroll_end(animate=False)

    def render_line(self, y: int) -> Strip:
        """The header in the first row, epochs below."""
        if y == 0:
            return self._strip(_HEADER, self.get_component_rich_style("epochs--header"))
        index = self.scroll_offset.y + y - 1
        if not self._epochs and y == 1:
            style = self.get_component_rich_style("epochs--header")
            return Strip([Segment("  after the first epoch", style)]).adjust_cell_length(self.size.width)
        if index >= len(self._epochs):
            return Strip.blank(self.size.width, self.rich_style)
        epoch = self._epochs[index]
        best = epoch is self._best
        cells = (
            f"{epoch.epoch:,}",
            f"{epoch.train_loss:.4f}",
            f"{epoch.validation_loss:.4f}",
            f"{epoch.validation_accuracy:.2%}",
            f"{epoch.epoch_seconds:,.1f}",
        )
        style = self.get_component_rich_style("epochs--best") if best else self.rich_style
        return self._strip(cells, style, _MARK if best else "")

    def _strip(self, cells: Sequence[str], style: Style, mark: str = "") -> Strip:
        more = min(6, (self.size.width - sum(_WIDTHS) - len(_MARK)) // (len(_WIDTHS) - 1))
        text = f"{cells[0]:>{_WIDTHS[0]}}"
        text += "".join(f"{cell:>{width + more}}" for cell, width in zip(cells[1:], _WIDTHS[1:], strict=True))
        text += mark
        return Strip([Segment(text, style)]).adjust_cell_length(self.size.width, self.rich_style)
