"""A field for a number of epochs that takes only digits; every other key works as elsewhere."""

from __future__ import annotations

import string
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.widgets import Input


class EpochsField(Input, inherit_bindings=False):
    """Empty, or a whole number. It does not take letters, so they call the screen's and the app's actions."""

    BINDING_GROUP_TITLE = "Epochs"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Start", show=False),
        Binding("left", "cursor_left", "1 digit left", show=False),
        Binding("right", "cursor_right", "1 digit right", show=False),
        Binding("home", "home", "First digit", show=False),
        Binding("end", "end", "Last digit", show=False),
        Binding("backspace", "delete_left", "Delete the previous digit", show=False),
        Binding("delete", "delete_right", "Delete the next digit", show=False),
    ]

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, compact=True, max_length=8, restrict=f"[{string.digits}]*")

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Consume only digits, so that the bindings of other keys stay in the footer."""
        return character is not None and character in string.digits

    def on_key(self, event: events.Key) -> None:
        """Keep `Input` from consuming a letter, which would then not reach the bindings."""
        if event.is_printable and not self.check_consume_key(event.key, event.character):
            event.prevent_default()
