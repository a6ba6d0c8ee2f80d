"""The line of keys at the foot of a screen."""

from __future__ import annotations

from textual.binding import Binding
from textual.widgets import Footer


class KeyFooter(Footer):
    """Textual's footer, composed anew only when its keys change, which takes as long as painting half a screen.

    Textual announces keys at each change of focus and for each part of a screen that looks at its own; nearly always
    they are the same as before.
    """

    _composed: list[tuple[Binding, bool, str]] | None = None
    """The keys that the footer shows: each with whether it applies and its tooltip."""

    async def recompose(self) -> None:
        """Compose the footer anew if its keys have changed."""
        if not self.is_attached or self._pruning:
            return  # removed since the keys were announced, as in `Widget.recompose`
        keys = [(binding, enabled, tooltip) for _, binding, enabled, tooltip in self.screen.active_bindings.values()]
        if keys != self._composed:
            self._composed = keys
            await super().recompose()
            # Textual binds each key to the footer, which remembers those that are gone until it changes.
            self.mutate_reactive(Footer.compact)
