"""The command palette's entries: every action of every screen, whichever screen is open.

An action of another screen opens that screen first. An action that does not apply now is not offered; if that is known
only once its screen is open, the screen says so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from textual import actions, events
from textual.app import App, SystemCommand
from textual.await_complete import AwaitComplete
from textual.binding import Binding
from textual.command import CommandList, CommandPalette
from textual.dom import DOMNode
from textual.errors import NoWidget
from textual.screen import Screen
from textual.widgets import Input

from tui.screens.commands import commands, title
from tui.screens.mode import ModeScreen
from tui.screens.pushed import PushedScreen
from tui.screens.too_small import TooSmall
from tui.widgets.shared.live_list import LiveList

if TYPE_CHECKING:
    from tui.state.owners import Owners

_Task = tuple[type[DOMNode], str]
"""The class that defines an action, and the action."""
_PATIENCE, _LOOK = 3.0, 0.05
"""Seconds to wait until an action applies on its screen, and between two checks."""


def palette(
    app: App[Any], owners: Owners, screen: Screen[Any], modes: dict[str, type[Screen[None]]]
) -> Iterator[SystemCommand]:
    """The app's commands, seen from `screen`: its own if it is a dialog, those of the screens of `modes`, the app's."""
    if isinstance(screen, TooSmall):
        return
    if not isinstance(screen, ModeScreen):
        for command in commands(screen):
            if command.namespace is not app and command.enabled and _is_ours(type(command.namespace)):
                yield SystemCommand(
                    f"{title(command.namespace)}: {command.description}",
                    f"Key {' or '.join(command.keys)}",
                    partial(app.run_action, command.action, command.namespace),
                )
    for mode, kind in modes.items():
        if issubclass(kind, ModeScreen):
            yield from _of_mode(app, owners, mode, kind)
    for bindings in _by_action(app.BINDINGS):
        if _is_offered(app, bindings[0].action):
            act = partial(app.run_action, bindings[0].action)
            yield SystemCommand(f"Everywhere: {bindings[0].description}", _keys(app, bindings), act)


def _of_mode(app: App[Any], owners: Owners, mode: str, kind: type[ModeScreen]) -> Iterator[SystemCommand]:
    opened = _opened(app, mode)
    here = mode == app.current_mode
    for part in (kind, *kind.PARTS):
        for bindings in _by_action(part.BINDINGS):
            action, description = bindings[0].action, bindings[0].description
            if action.startswith("app."):
                continue  # an action of the app, repeated for the footer
            if not (_is_offered(opened.part(part), action) if opened else kind.would_offer(owners, action)):
                continue
            name = f"{kind.BINDING_GROUP_TITLE}: {description}"
            where = "" if here else f" on the {kind.BINDING_GROUP_TITLE} screen, which opens first"
            task = None if action in kind.SHOWN_FIRST and not here else (part, action)
            yield SystemCommand(name, _keys(app, bindings) + where, partial(_begin, app, mode, name, task))


class MatchingCommands(CommandList, LiveList):  # Textual takes styles from the first base alone
    """The commands that match, which each key that is typed replaces."""


class Palette(CommandPalette, PushedScreen[None]):
    """Textual's command palette, which closes once and nothing but itself."""

    ONLY_SHOWS = True

    def on_mount(self, event: events.Mount) -> None:
        """Put our list in the place of Textual's, before its own handler looks for commands to show in it.

        That looks for the commands of the screen below; if another screen has covered this one, close instead.
        """
        if self.app.screen is not self:
            event.prevent_default()
            self.dismiss()
            return
        theirs = self.query_one(CommandList)
        self.query_one("#--results").mount(MatchingCommands(), before=theirs)
        theirs.remove()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Turn no page of a list that has no room yet, as in `DigitsApp.run_action`."""
        if action == "command_list" and parameters[0] in ("page_up", "page_down"):
            return any(each.scrollable_content_region for each in self.query(CommandList))
        return super().check_action(action, parameters)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Keep from Textual's handler what was typed while the palette closed: its list is gone."""
        if self._is_dismissed:
            event.prevent_default()

    def _close(self) -> AwaitComplete:
        """End the search, which would show in a list that is gone that it has ended, and the waits for its words."""
        self._cancel_gather_commands()
        self._stop_busy_countdown()
        self._stop_no_matches_countdown()
        return super()._close()

    async def _watch__show_busy(self) -> None:
        """Show whether a search is under way, as long as there is a list."""
        if not self._is_dismissed:
            await super()._watch__show_busy()

    def on_click(self, event: events.Click) -> None:
        """Keep from Textual's handler a click that waited until the palette had closed, or was laid out anew."""
        try:
            self.get_widget_at(event.x, event.y)
        except NoWidget:
            event.prevent_default()


def _begin(app: App[Any], mode: str, name: str, task: _Task | None) -> None:
    app.run_worker(_act_on(app, mode, name, task))


async def _act_on(app: App[Any], mode: str, name: str, task: _Task | None) -> None:
    """Open the screen of `mode` and run `task` there, unless a key opens another one; `name` is the command's name."""
    close_dialogs(app)
    await app.switch_mode(mode)
    if app.current_mode != mode:
        return
    close_dialogs(app)
    screen = app.screen_stack[0]
    if task is not None and isinstance(screen, ModeScreen):
        await _act(screen, name, *task)


async def _act(screen: ModeScreen, name: str, part: type[DOMNode], action: str) -> None:
    """Run `action` on `screen`, or on its widget of class `part`, once it applies; if it does not, say so."""
    for _ in range(round(_PATIENCE / _LOOK)):
        if screen not in screen.app.screen_stack:
            return  # a key has opened another screen
        if screen.is_mounted and _is_offered(node := screen.part(part), action):
            await screen.app.run_action(action, node)
            return
        await asyncio.sleep(_LOOK)
    screen.notify(f"“{name}” does not apply now.", severity="warning", markup=False)


def close_dialogs(app: App[Any]) -> None:
    """Close the dialogs over this mode's screen without an answer."""
    for screen in reversed(app.screen_stack[1:]):
        if not isinstance(screen, TooSmall):
            screen.dismiss(None)


def _opened(app: App[Any], mode: str) -> ModeScreen | None:
    """The screen of `mode`; None before it is first opened."""
    try:
        screen = next(iter(app.get_screen_stack(mode)), None)
    except KeyError:
        return None
    return screen if isinstance(screen, ModeScreen) and screen.is_mounted else None


def _is_offered(node: DOMNode, action: str) -> bool:
    _, name, parameters = actions.parse(action)
    return node.check_action(name, parameters) is True


def _by_action(bindings: Iterable[Any]) -> list[list[Binding]]:
    """The bindings that have a description, grouped by action."""
    found: dict[str, list[Binding]] = {}
    for binding in Binding.make_bindings(bindings):
        if binding.description:
            found.setdefault(binding.action, []).append(binding)
    return list(found.values())


def _keys(app: App[Any], bindings: list[Binding]) -> str:
    return f"Key {' or '.join(dict.fromkeys(map(app.get_key_display, bindings)))}"


def _is_ours(kind: type[DOMNode]) -> bool:
    """Whether the class is ours; Textual's widgets only move cursors."""
    return not kind.__module__.startswith("textual.")
