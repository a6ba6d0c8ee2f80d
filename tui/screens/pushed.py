"""A screen on top of another one: it closes once, and closes nothing but itself."""

from __future__ import annotations

from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen, Screen

Result = TypeVar("Result")


class PushedScreen(Screen[Result]):
    """A screen that is pushed on another one and returns a result.

    A slow line delivers several keys at once: the second Enter of a burst still reaches the dialog that the first has
    closed. Textual would then close the screen below, and give the result a second time.
    """

    _is_dismissed = False
    _given: Result | None = None
    """The result, while another screen covers this one."""

    def dismiss(self, result: Result | None = None) -> AwaitComplete:
        """Close the screen with `result`, as soon as no other one covers it. Further calls do nothing."""
        if self._is_dismissed:
            return AwaitComplete()
        self._is_dismissed, self._given = True, result
        return self._close() if self.app.screen is self else AwaitComplete()

    def on_screen_resume(self) -> None:
        """Close now if it was to be closed while it was covered."""
        if self._is_dismissed:
            self._close()

    def _close(self) -> AwaitComplete:
        asked = self._result_callbacks[-1].future if self._result_callbacks else None
        if asked is not None and asked.done():
            self._result_callbacks[-1].future = None  # whoever waited for the result has given up
        return super().dismiss(self._given)


class Dialog(PushedScreen[Result], ModalScreen[Result]):
    """A pushed screen in a window of its own, with the one below showing around it."""
