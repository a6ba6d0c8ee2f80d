"""What the four screens of the app's modes have in common: how they tell the command palette what they can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.screen import Screen
from textual.widget import Widget

if TYPE_CHECKING:
    from textual.dom import DOMNode

    from tui.state.owners import Owners


class ModeScreen(Screen[None]):
    """A screen that a key of the app leads to."""

    PARTS: ClassVar[tuple[type[Widget], ...]] = ()
    """Widgets whose actions belong to the screen's; each occurs once in it."""
    SHOWN_FIRST: ClassVar[tuple[str, ...]] = ()
    """Actions that a person should see the screen before: chosen from elsewhere they only lead to it."""

    def __init__(self, owners: Owners) -> None:
        """`owners` hold what outlives the screen."""
        super().__init__()
        self.owners = owners

    @classmethod
    def would_offer(cls, owners: Owners, action: str) -> bool:  # noqa: ARG003 - screens say it
        """Whether `action` would apply on this screen, which has not been opened yet."""
        return True

    @property
    def can_be_interrupted(self) -> bool:
        """Whether a question that does not come of what the person is doing may cover the screen now."""
        return True

    def part(self, kind: type[Any]) -> DOMNode:
        """The screen itself or, of its `PARTS`, the widget of this class."""
        node: DOMNode = self if isinstance(self, kind) else self.query_one(kind)
        return node
