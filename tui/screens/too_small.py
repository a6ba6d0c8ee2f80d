"""Covers the screen while the terminal is too small. Nothing below it is lost."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.widgets import Static

from core.doctor.terminal_size import LEAST_COLUMNS, LEAST_ROWS
from tui.screens.pushed import Dialog

LEAST = Size(LEAST_COLUMNS, LEAST_ROWS)
"""The smallest size, in columns and rows, at which every screen fits."""


def fits(size: Size) -> bool:
    """Whether a terminal of this size is large enough."""
    return size.width >= LEAST.width and size.height >= LEAST.height


class TooSmall(Dialog[None]):
    """Says which size is needed and which one the terminal has."""

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
        """Update the text for the current size."""
        size = self.app.size
        self.query_one(Static).update(
            f"digits-tui needs {LEAST.width}×{LEAST.height},\n"
            f"this terminal is {size.width}×{size.height}.\n\n"
            "Enlarge it to continue; q quits."
        )
