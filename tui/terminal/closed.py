"""What Textual keeps of closed widgets: until a hidden screen is shown again, or an attribute changes."""

from __future__ import annotations

from typing import Any

from textual.app import App


def forget(app: App[Any]) -> None:
    """Let go of it: a screen that is hidden for an hour would keep each key that its footer had in that time."""
    for watchers in vars(app).get("__watchers", {}).values():
        watchers[:] = [(node, callback) for node, callback in watchers if not node._closing]
    for stack in app._screen_stacks.values():
        for screen in stack:
            screen._dirty_widgets = {widget for widget in screen._dirty_widgets if not widget._closing}
            for node, widgets in list(screen._layout_widgets.items()):
                widgets.difference_update([widget for widget in widgets if widget._closing])
                if node._closing:
                    del screen._layout_widgets[node]
