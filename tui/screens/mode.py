"""The base of the four screens of the app's modes: tells the command palette which actions they offer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.widget import Widget

from tui.screens.full_size import FullSizeScreen

if TYPE_CHECKING:
    from textual.dom import DOMNode

    from tui.state.owners import Owners


class ModeScreen(FullSizeScreen[None]):
    """The screen of one mode."""

    PARTS: ClassVar[tuple[type[Widget], ...]] = ()
    """Widgets whose actions count as the screen's; each occurs once in it."""
    SHOWN_FIRST: ClassVar[tuple[str, ...]] = ()
    """Actions that need the user to see the screen first: chosen from elsewhere, they only open it."""

    def __init__(self, owners: Owners) -> None:
        """`owners` hold the state that outlives the screen."""
        super().__init__()
        self.owners = owners

    @classmethod
    def would_offer(cls, owners: Owners, action: str) -> bool:  # noqa: ARG003 - for subclasses
        """Whether `action` would apply on this screen; called before the screen is first opened."""
        return True

    @property
    def can_be_interrupted(self) -> bool:
        """Whether a question unrelated to what the user is doing may cover the screen now."""
        return True

    def part(self, kind: type[Any]) -> DOMNode:
        """The screen itself, or its widget of this class, one of `PARTS`."""
        node: DOMNode = self if isinstance(self, kind) else self.query_one(kind)
        return node
