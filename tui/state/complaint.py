"""How errors are shown to the user, wherever they happen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.app import App
    from textual.widget import Widget

    from core.errors import DigitsError


def complain(node: App[Any] | Widget, error: DigitsError | str) -> None:
    """Show an error's message unchanged, long enough to read it."""
    node.notify(str(error), severity="error", timeout=12, markup=False)
