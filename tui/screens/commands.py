"""Key bindings as a list of named commands, for the help and the command palette."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from textual.binding import ActiveBinding
from textual.dom import DOMNode
from textual.screen import Screen

_AROUND = {"tab", "shift+tab"}
"""Textual's keys that move between the parts of every screen."""
_COPY = "screen.copy_text"
"""Textual binds it on every screen to copy text selected with the mouse; terminals do that themselves."""


@dataclass(frozen=True)
class Command:
    """One action with all the keys that call it."""

    namespace: DOMNode
    """Where the action is defined: a widget, a screen or the app."""
    action: str
    description: str
    keys: tuple[str, ...]
    """The keys as the footer shows them, such as `^p`."""
    enabled: bool


def commands(screen: Screen[Any]) -> list[Command]:
    """Every action that a key calls on `screen` now: first the screen's, then the focused widget's, then the app's."""
    found: dict[tuple[int, str], list[ActiveBinding]] = {}
    around = []
    for each in screen.active_bindings.values():
        binding = each.binding
        if binding.key in _AROUND and each.node is screen:
            around.append(each)
        elif binding.description and not binding.system and binding.action != _COPY:
            found.setdefault((id(each.node), binding.action), []).append(each)
    listed = [_command(screen, same) for same in found.values()]
    if around and len(screen.focus_chain) > 1:
        keys = _command(screen, around).keys
        listed.append(Command(screen.app, "focus_next", "Next or previous part of the screen", keys, enabled=True))
    return sorted(listed, key=lambda command: (command.namespace is screen.app, command.namespace is not screen))


def _command(screen: Screen[Any], same: list[ActiveBinding]) -> Command:
    first = same[0]
    return Command(
        namespace=first.node,
        action=first.binding.action,
        description=first.binding.description,
        keys=tuple(dict.fromkeys(screen.app.get_key_display(each.binding) for each in same)),
        enabled=first.enabled,
    )


def title(namespace: DOMNode) -> str:
    """The heading for the keys of a widget, a screen or the app."""
    if namespace.BINDING_GROUP_TITLE:
        return namespace.BINDING_GROUP_TITLE
    letters = type(namespace).__name__.removesuffix("Screen")
    return "".join(f" {each.lower()}" if each.isupper() else each for each in letters).strip().capitalize()
