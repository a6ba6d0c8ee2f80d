"""A screen that is laid out in the terminal's present size only."""

from __future__ import annotations

from typing import TypeVar

from textual import events
from textual.screen import Screen

Result = TypeVar("Result")


class FullSizeScreen(Screen[Result]):
    """A screen that passes over sizes that the terminal no longer has.

    Textual lays out the screens below a dialog with it, and tells each screen of its new size. If the terminal changes
    twice in between, two screens would lay each other out in the two sizes by turns for ever.
    """

    async def _on_resize(self, event: events.Resize) -> None:
        """Keep an old size from Textual's handler."""
        if event.size != self.app.size:
            event.prevent_default()
