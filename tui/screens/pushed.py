"""A screen on top of another one: it closes once, and closes nothing but itself."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen, Screen

from tui.screens.full_size import FullSizeScreen

Result = TypeVar("Result")


class PushedScreen(FullSizeScreen[Result]):
    """A screen that is pushed on another one and returns a result.

    A slow line delivers several keys at once. The second Enter of a burst still reaches the dialog that the first has
    closed: Textual would then close the screen below, and give the result a second time. And a key may close a dialog
    whose widgets are still being made: Textual would then make no more of them, and whatever asks for one would fail.
    """

    ONLY_SHOWS: ClassVar[bool] = False
    """Whether it asks nothing and holds no work of the user's, so that it closes when another mode is opened."""

    _is_dismissed = _is_closed = False
    _given: Result | None = None
    """The result, while another screen covers this one."""

    def is_same_as(self, other: Screen[Any]) -> bool:
        """Whether `other` asks or shows the same, so that one of them is enough."""
        return type(other) is type(self)

    def dismiss(self, result: Result | None = None) -> AwaitComplete:
        """Close the screen with `result`, once it is whole and no other one covers it. Further calls do nothing."""
        if self._is_dismissed:
            return AwaitComplete()
        self._is_dismissed, self._given = True, result
        if not self.is_mounted:
            self.call_later(self.on_screen_resume)
            return AwaitComplete()
        return self._close()

    def on_screen_resume(self) -> None:
        """Close now if it was to be closed while it was covered."""
        if self._is_dismissed and self.is_mounted:
            self._close()

    def _close(self) -> AwaitComplete:
        if self._is_closed or self.app.screen is not self:
            return AwaitComplete()
        self._is_closed = True
        asked = self._result_callbacks[-1].future if self._result_callbacks else None
        if asked is not None and asked.done():
            self._result_callbacks[-1].future = None  # whoever waited for the result has given up
        return super().dismiss(self._given)


class Dialog(ModalScreen[Result], PushedScreen[Result]):  # Textual takes styles from the first base alone
    """A pushed screen in a window of its own, with the one below showing around it."""
