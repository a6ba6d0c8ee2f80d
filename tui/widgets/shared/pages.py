"""The names of what can be shown of a network, in one line; the one that is shown stands out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget


class Pages(Widget):
    """Can be clicked."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"pages--shown"}
    DEFAULT_CSS = """
    Pages {
        height: 1;
        color: $foreground-muted;
        & > .pages--shown { color: $text-primary; text-style: bold reverse; }
    }
    """

    class Chosen(Message):
        """A name was clicked."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.names: tuple[str, ...] = ()
        self.shown = 0
        """The index of the one that stands out."""

    def show(self, names: Sequence[str], shown: int) -> None:
        """Show these names, of which the one at `shown` stands out."""
        if (tuple(names), shown) != (self.names, self.shown):
            self.names, self.shown = tuple(names), shown
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """All names, with a space around each."""
        plain = self.rich_style
        chosen = plain + self.get_component_rich_style("pages--shown", partial=True)
        segments = [
            Segment(f" {name} ", chosen if index == self.shown else plain) for index, name in enumerate(self.names)
        ]
        return Strip(segments or [Segment("", Style.null())]).adjust_cell_length(self.content_size.width, plain)

    def on_click(self, event: events.Click) -> None:
        """Post the name that was clicked."""
        end = 0
        for index, name in enumerate(self.names):
            end += len(name) + 2
            if event.x < end:
                self.post_message(self.Chosen(index))
                return
