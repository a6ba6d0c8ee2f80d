"""The list of runs, in which some are marked, and the line above it that sorts it."""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from tui.widgets.run.run_columns import MARK, columns, heads
from tui.widgets.shared.long_list import LongList


class RunLines(LongList):
    """A click on the mark before a run marks it; anywhere else it chooses the run."""

    class Marked(Message):
        """A run is to be marked, or not any more."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index
            """Of the line."""

    def on_click(self, event: events.Click) -> None:
        """Mark the run, or choose it."""
        place = event.get_content_offset(self)
        if place is None or place.x >= MARK:
            return  # the base class chooses it
        event.prevent_default()
        if (index := place.y + self.scroll_offset.y) < self.count:
            self.highlighted = index
            self.post_message(self.Marked(index))


class RunHeads(Widget):
    """The names of the columns; a click sorts by one, a second click the other way round."""

    ALLOW_SELECT = False

    class Clicked(Message):
        """The runs are to be sorted by this."""

        def __init__(self, by: str) -> None:
            super().__init__()
            self.by = by

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._by, self._reverse = "", False

    def show(self, by: str, *, reverse: bool) -> None:
        """Say what the runs are sorted by."""
        self._by, self._reverse = by, reverse
        self.refresh()

    def render(self) -> Content:
        """The names."""
        return heads(columns(self.app.size.width), self._by, reverse=self._reverse)

    def on_click(self, event: events.Click) -> None:
        """Sort by the column."""
        place = event.x - MARK
        for each in columns(self.app.size.width):
            if 0 <= place < each.width and each.by:
                self.post_message(self.Clicked(each.by))
            place -= each.width
