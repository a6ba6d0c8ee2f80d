"""Bindings as things that can be listed and called by name, for the help and for the command palette."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from textual.app import App, SystemCommand
from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import Screen


@dataclass(frozen=True)
class Command:
    """One action with all the keys that call it."""

    namespace: DOMNode
    """Where the action is defined: a widget, a screen or the app."""
    action: str
    description: str
    keys: tuple[str, ...]
    """As the footer shows them, such as `^p`."""
    enabled: bool


def commands(screen: Screen[Any]) -> list[Command]:
    """Every action that a key calls on `screen` now: the focused widget's first, then the screen's and the app's."""
    found: dict[tuple[int, str], list[tuple[DOMNode, Binding, bool]]] = {}
    for namespace, binding, enabled, _tooltip in screen.active_bindings.values():
        if binding.description and not binding.system:
            found.setdefault((id(namespace), binding.action), []).append((namespace, binding, enabled))
    return [
        Command(
            namespace=same[0][0],
            action=same[0][1].action,
            description=same[0][1].description,
            keys=tuple(dict.fromkeys(screen.app.get_key_display(binding) for _, binding, _ in same)),
            enabled=same[0][2],
        )
        for same in found.values()
    ]


def title(namespace: DOMNode) -> str:
    """What to call the keys of a widget, a screen or the app."""
    if namespace.BINDING_GROUP_TITLE:
        return namespace.BINDING_GROUP_TITLE
    letters = type(namespace).__name__.removesuffix("Screen")
    return "".join(f" {each.lower()}" if each.isupper() else each for each in letters).strip().capitalize()


def actions_here(app: App[Any], screen: Screen[Any]) -> Iterator[SystemCommand]:
    """Our actions as commands of the palette; what moves a cursor in Textual's own widgets is left out."""
    for command in commands(screen):
        ours = not type(command.namespace).__module__.startswith("textual.")
        if ours and command.enabled and command.action != "command_palette":
            yield SystemCommand(
                f"{title(command.namespace)}: {command.description}",
                f"Key {' or '.join(command.keys)}",
                partial(app.run_action, command.action, command.namespace),
            )


def actions_elsewhere(screen: type[Screen[Any]], act: Callable[[str], Awaitable[None]]) -> Iterator[SystemCommand]:
    """The actions of a screen that is not shown; `act` goes there and does one."""
    for binding in Binding.make_bindings(screen.BINDINGS):
        if binding.show and not binding.action.startswith("app."):
            yield SystemCommand(
                f"{screen.BINDING_GROUP_TITLE}: {binding.description}",
                "Goes to that screen first",
                partial(act, binding.action),
            )
