"""The line of keys at the foot of a screen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

if TYPE_CHECKING:
    from textual.screen import Screen

# Not Textual's Footer, which looks the same but makes a widget of each key and composes them anew at each announcement
# of keys. Seven open screens have 126 widgets with this one and 254 with Textual's, and opening them takes 2.5 s of
# processor time instead of 3.4 (AMD EPYC, Python 3.11, Textual 8.2.8, 80×24, n = 2).


@dataclass(frozen=True)
class FooterItem:
    """One key in the line, or the name of a group of them."""

    key: str
    """What is pressed when it is clicked; empty for a name."""
    shown: str
    """The key as people know it."""
    text: str
    """What it does."""
    tooltip: str = ""
    enabled: bool = True
    before: int = 0
    """Empty cells before it."""
    after: int = 0
    """Empty cells after it."""

    @property
    def width(self) -> int:
        """Cells, without the empty ones around it."""
        return cell_len(self.shown + self.text)


class KeyFooter(Widget, can_focus=False):
    """The keys that work now, each of which can be clicked."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "key-footer--key",
        "key-footer--description",
        "key-footer--hover",
        "key-footer--border",
    }
    DEFAULT_CSS = """
    KeyFooter {
        dock: bottom;
        height: 1;
        color: $footer-foreground;
        background: $footer-background;
        & > .key-footer--key {
            color: $footer-key-foreground;
            background: $footer-key-background;
            text-style: bold;
        }
        & > .key-footer--description {
            color: $footer-description-foreground;
            background: $footer-description-background;
        }
        & > .key-footer--hover { background: $block-hover-background; }
        & > .key-footer--border { color: $foreground 20%; }
    }
    """

    hovered: reactive[FooterItem | None] = reactive(None)
    """What the mouse is on."""

    def __init__(self, *, show_command_palette: bool = True, compact: bool = False) -> None:
        """`compact` has fewer empty cells; the palette's key stands at the right end."""
        super().__init__()
        self._has_palette, self._compact = show_command_palette, compact
        self.items: tuple[FooterItem, ...] = ()
        """From left to right."""
        self.palette: FooterItem | None = None
        """The item at the right end."""
        self._scrolled = 0
        """Cells that the wheel has moved out of sight on the left."""

    def on_mount(self) -> None:
        """Follow what the screen announces."""
        self.screen.bindings_updated_signal.subscribe(self, self._announced)

    def _announced(self, screen: Screen[object]) -> None:
        if screen.app.app_focus and self.is_attached and screen is self.screen:
            self.call_after_refresh(self.look)

    def look(self) -> None:
        """Show the keys that work now."""
        if not self.is_attached or self._pruning:
            return  # removed since the keys were announced
        found = tuple(self._items()), self._palette()
        if found != (self.items, self.palette):
            (self.items, self.palette), self.hovered, self._scrolled = found, None, 0
            self.refresh()

    def _items(self) -> Iterator[FooterItem]:
        bindings: dict[str, tuple[Binding, bool, str]] = {}  # the first key of each action
        for _, binding, enabled, tooltip in self.screen.active_bindings.values():
            if binding.show:
                bindings.setdefault(binding.action, (binding, enabled, tooltip))
        for group, members in groupby(bindings.values(), lambda each: each[0].group):
            every = list(members)
            grouped = group is not None and len(every) > 1
            for at, (binding, enabled, tooltip) in enumerate(every):
                shown = self.app.get_key_display(binding)
                if group is not None and grouped:
                    before = 1 if at == 0 else 0
                    after = 0 if group.compact and at < len(every) - 1 else 1
                    tooltip = tooltip or binding.description
                    yield FooterItem(binding.key, shown, "", tooltip, enabled, before, after)
                elif self._compact:
                    yield FooterItem(binding.key, shown, f" {binding.description}".rstrip(), tooltip, enabled, after=1)
                elif binding.description:
                    yield FooterItem(binding.key, f" {shown} ", f"{binding.description} ", tooltip, enabled)
                else:
                    yield FooterItem(binding.key, shown, "", tooltip, enabled)
            if group is not None and grouped:
                yield FooterItem("", "", group.description, after=1)

    def _palette(self) -> FooterItem | None:
        found = self.screen.active_bindings.get(self.app.COMMAND_PALETTE_BINDING)
        if not self._has_palette or found is None:
            return None
        _, binding, enabled, _ = found
        tooltip = binding.tooltip or binding.description
        shown, text = self.app.get_key_display(binding), f" {binding.description}"
        return FooterItem(binding.key, shown, text, tooltip, enabled, after=1)

    # Painting

    def render_line(self, y: int) -> Strip:
        """The line."""
        width, base = self.size.width, self._empty
        line = Strip([each for item in self.items for each in self._segments(item)])
        line = line.adjust_cell_length(max(line.cell_length, width + self._scrolled), base)
        line = line.crop(self._scrolled, self._scrolled + width)
        if self.palette is None:
            return line
        border = Segment("▏", self.get_component_rich_style("key-footer--border"))
        end = Strip([border, *self._segments(self.palette)])
        return Strip.join([line.crop(0, max(0, width - end.cell_length)), end]).adjust_cell_length(width, base)

    @property
    def _empty(self) -> Style:
        return Style(bgcolor=self.rich_style.bgcolor)

    def _segments(self, item: FooterItem) -> Iterator[Segment]:
        base, over = self._empty, Style.null()
        if item is self.hovered:
            over += Style(bgcolor=self.get_component_rich_style("key-footer--hover").bgcolor)
        if not item.enabled:
            over += Style(dim=True)
        yield Segment(" " * item.before, base)
        yield Segment(item.shown, self.get_component_rich_style("key-footer--key") + over)
        yield Segment(item.text, self.get_component_rich_style("key-footer--description") + over)
        yield Segment(" " * item.after, base)

    # The mouse

    def item_at(self, x: int) -> FooterItem | None:
        """What stands in column `x`; None between the keys."""
        if self.palette is not None:
            end = self.size.width - self.palette.after
            if x >= end - self.palette.width:
                return self.palette if x < end else None
        place = -self._scrolled
        for item in self.items:
            place += item.before
            if item.key and place <= x < place + item.width:
                return item
            place += item.width + item.after
        return None

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Press the key."""
        item = self.item_at(event.x)
        if item is not None and item.enabled:
            self.app.simulate_key(item.key)
        elif item is not None:
            self.app.bell()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Mark the key under the mouse."""
        self.hovered = self.item_at(event.x)

    def on_leave(self) -> None:
        """Mark none."""
        self.hovered = None

    def watch_hovered(self, item: FooterItem | None) -> None:
        """Say more of it."""
        self.tooltip = item.tooltip or None if item is not None else None
        self.styles.pointer = "pointer" if item is not None else "default"

    def on_mouse_scroll_down(self) -> None:
        """Show what has no room on the right."""
        self._scroll(self._scrolled + 3)

    def on_mouse_scroll_up(self) -> None:
        """Back to the left."""
        self._scroll(self._scrolled - 3)

    def on_resize(self) -> None:
        """Leave no more out of sight than has to be."""
        self._scroll(self._scrolled)

    def _scroll(self, cells: int) -> None:
        total = sum(item.before + item.width + item.after for item in self.items)
        cells = max(0, min(cells, total - self.size.width))
        if cells != self._scrolled:
            self._scrolled = cells
            self.refresh()
