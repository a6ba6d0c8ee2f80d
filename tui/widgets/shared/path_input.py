"""A field for a path, with completion from the file system."""

from __future__ import annotations

import asyncio
import os
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.suggester import Suggester
from textual.widgets import Input

from core.data import sources


class PathSuggester(Suggester):
    """Suggests the first folder, or file that may hold a data set, that starts with the text typed."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)  # folders come and go

    async def get_suggestion(self, value: str) -> str | None:
        """`value` completed to a whole path, with a trailing slash for a folder; None if nothing matches."""
        return await asyncio.to_thread(completion, value)


def completion(value: str) -> str | None:
    """The first path by name that starts with `value`; `~` may stand for the home folder."""
    if not value:
        return None
    folder, beginning = os.path.split(value)
    try:
        with os.scandir(os.path.expanduser(folder) or ".") as entries:  # noqa: PTH111 - keeps `~` as typed
            names = sorted(
                entry.name + ("/" if entry.is_dir() else "")
                for entry in entries
                if entry.name.startswith(beginning)
                and (beginning.startswith(".") or not entry.name.startswith("."))
                and (entry.is_dir() or entry.name.endswith(sources.EXTENSIONS))
            )
    except OSError:
        return None
    return value + names[0][len(beginning) :] if names else None


class PathInput(Input):
    """Tab or the right arrow takes the suggestion."""

    BINDING_GROUP_TITLE = "Path"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "complete", "Complete"),
        Binding("enter", "submit", "Add"),
    ]

    def __init__(self, *, placeholder: str, id: str, compact: bool) -> None:  # noqa: A002 - Textual's name
        super().__init__(placeholder=placeholder, id=id, compact=compact, suggester=PathSuggester())

    def action_complete(self) -> None:
        """Take the suggestion; if there is none, move to the next field, as Tab does elsewhere."""
        before = self.value
        self.cursor_position = len(before)
        self.action_cursor_right()
        if self.value == before:
            self.screen.focus_next()
