"""A list whose options may be replaced at any moment, also between a click on one and the click's arrival."""

from __future__ import annotations

from textual import events
from textual.widgets import OptionList


class LiveList(OptionList):
    """An option list that passes over a click on an option that is gone; Textual's takes it for one that is there."""

    def on_click(self, event: events.Click) -> None:
        """Keep such a click from Textual's handler."""
        if event.style.meta.get("option", 0) >= self.option_count:
            event.prevent_default()
