"""What is shown in a terminal that is too small, until it is large enough again. Nothing below it is lost."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.widgets import Static

LEAST = Size(80, 24)
"""Columns and rows from which every screen shows all of itself."""


def fits(size: Size) -> bool:
    """Whether a terminal of this size is large enough."""
    return size.width >= LEAST.width and size.height >= LEAST.height


class TooSmall(ModalScreen[None]):
    """Says what is needed and what there is."""

    BINDING_GROUP_TITLE = "Terminal too small"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("q", "app.quit", "Quit")]
    DEFAULT_CSS = """
    TooSmall {
        align: center middle;
        background: $background;
        & > Static { width: 100%; text-align: center; }
    }
    """

    def compose(self) -> ComposeResult:
        yield Static(markup=False)

    def on_resize(self) -> None:
        """Say it anew, for the size that there is now."""
        there = self.app.size
        self.query_one(Static).update(
            f"digits-tui needs {LEAST.width}×{LEAST.height},\n"
            f"this terminal is {there.width}×{there.height}.\n\n"
            "Enlarge it to go on; q quits."
        )
