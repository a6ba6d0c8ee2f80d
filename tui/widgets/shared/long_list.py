"""A list of any length: a line is made when it is shown, so that a thousand open as fast as ten."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

# Not Textual's OptionList, which makes and measures all its options: a quarter of a second for a thousand.


class LongList(ScrollView):
    """Lines of equally many rows, of which one is highlighted."""

    DEFAULT_CSS = """
    LongList {
        text-wrap: nowrap;
        text-overflow: ellipsis;
        & > .long-list--highlighted {
            color: $block-cursor-blurred-foreground;
            background: $block-cursor-blurred-background;
            text-style: $block-cursor-blurred-text-style;
        }
        &:focus > .long-list--highlighted {
            color: $block-cursor-foreground;
            background: $block-cursor-background;
            text-style: $block-cursor-text-style;
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Line above", show=False),
        Binding("down", "move(1)", "Line below", show=False),
        Binding("pageup", "turn(-1)", "Page up", show=False),
        Binding("pagedown", "turn(1)", "Page down", show=False),
        Binding("home", "first", "First line", show=False),
        Binding("end", "last", "Last line", show=False),
        Binding("enter", "choose", "Choose", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {"long-list--highlighted"}

    highlighted: reactive[int | None] = reactive(None)
    """The index of the highlighted line; None if there are no lines, or none is highlighted yet."""

    class Highlighted(Message):
        """Another line is highlighted, or none."""

    class Chosen(Message):
        """A line is chosen, by Enter or a click."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index
            """Of the line: by now another one may be highlighted."""

    def __init__(self, *, rows: int = 1, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Lines of `rows` rows."""
        super().__init__(id=id)
        self._rows = rows
        self.count = 0
        """Lines."""
        self._line: Callable[[int], Content] = lambda _: Content("")

    def show(self, count: int, line: Callable[[int], Content]) -> None:
        """Show `count` lines in place of those before; `line` makes each from its index.

        The highlight stays where it was, or on the last line.
        """
        self.count, self._line = count, line
        self.virtual_size = Size(0, count * self._rows)
        self.highlighted = self.validate_highlighted(self.highlighted)
        self.refresh()

    def refresh_from(self, first: int, count: int) -> None:
        """Make those of `count` lines from `first` on again that are in sight: they look different."""
        self.refresh_lines(first * self._rows, count * self._rows)

    def validate_highlighted(self, index: int | None) -> int | None:
        """The nearest line that exists."""
        return None if index is None or not self.count else max(0, min(self.count - 1, index))

    def watch_highlighted(self) -> None:
        """Keep the highlighted line in sight."""
        self._show_highlighted()
        self.refresh()
        self.post_message(self.Highlighted())

    def on_resize(self) -> None:
        """Likewise."""
        self._show_highlighted()

    def _show_highlighted(self) -> None:
        if self.highlighted is not None:
            line = Region(0, self.highlighted * self._rows, 1, self._rows)
            self.scroll_to_region(line, animate=False, force=True, immediate=True)

    def on_click(self, event: events.Click) -> None:
        """Choose the line; a click below the last one is passed over."""
        place = event.get_content_offset(self)
        if place is not None and (index := (place.y + self.scroll_offset.y) // self._rows) < self.count:
            self.highlighted = index
            self.action_choose()

    def action_move(self, lines: int) -> None:
        """Highlight the line so many below, or the first if none is highlighted."""
        self.highlighted = 0 if self.highlighted is None else self.highlighted + lines

    def action_turn(self, pages: int) -> None:
        """Highlight the line so many pages below."""
        self.action_move(pages * max(1, self.scrollable_content_region.height // self._rows))

    def action_first(self) -> None:
        """Highlight the first line."""
        self.highlighted = 0

    def action_last(self) -> None:
        """Highlight the last line."""
        self.highlighted = self.count - 1

    def action_choose(self) -> None:
        """Choose the highlighted line."""
        if self.highlighted is not None:
            self.post_message(self.Chosen(self.highlighted))

    def render_line(self, y: int) -> Strip:
        """One row of what is in sight."""
        (index, row), width = divmod(y + self.scroll_offset.y, self._rows), self.scrollable_content_region.width
        style = self.visual_style
        if index >= self.count:
            return Strip.blank(width, style.rich_style)
        if index == self.highlighted:
            style = self.get_visual_style("long-list--highlighted")
        strip = Visual.to_strips(self, self._line(index), width, self._rows, style)[row]
        return strip.adjust_cell_length(width, style.rich_style)
