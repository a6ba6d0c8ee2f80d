"""Covers the screen while the terminal is too small. Nothing below it is lost."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from tui.screens.full_size import LEAST
from tui.screens.pushed import Dialog


class TooSmall(Dialog[None]):
    """Says which size is needed and which one the terminal has."""

    NEEDS_ROOM = False
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
