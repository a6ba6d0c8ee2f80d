"""The keys of what holds more than its room shows."""

from __future__ import annotations

from textual.binding import Binding, BindingType

SCROLL_KEYS: tuple[BindingType, ...] = (
    Binding("up", "scroll_up", "Scroll up", show=False),
    Binding("down", "scroll_down", "Scroll down", show=False),
    Binding("pageup", "page_up", "Page up", show=False),
    Binding("pagedown", "page_down", "Page down", show=False),
    Binding("home", "scroll_home", "Top", show=False),
    Binding("end", "scroll_end", "Bottom", show=False),
)
