"""An app that sends to the terminal what differs from what it shows, and no more than the line to it can carry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual import events
from textual._compositor import CompositorUpdate
from textual.app import App
from textual.driver import Driver
from textual.reactive import reactive
from textual.screen import Screen

from tui.terminal.cells import TerminalCells
from tui.terminal.line_driver import LineDriver
from tui.terminal.painter import Painter

if TYPE_CHECKING:
    from rich.console import RenderableType


class LineApp(App[None]):
    """Its screens need not know of it."""

    line_words: reactive[str] = reactive("", init=False)
    """That the line is slow, and how many frames a second it gets; empty where it is as it should be."""

    is_coarse = False
    """Whether grey ink is to be shown in two levels, as without colours: a stroke is then a quarter of the bytes."""

    def __init__(self, frames: int | None = None) -> None:
        """`frames` a second are painted, or as many as the line can carry; what has the focus is painted at once."""
        super().__init__()
        self._painter = Painter(TerminalCells(self.console._color_system), self._tell_of_line, frames)
        self.set_reactive(LineApp.line_words, self._painter.words)

    def get_driver_class(self) -> type[Driver]:
        """The usual one, made to ask the terminal how far it is."""
        usual = super().get_driver_class()
        return LineDriver if issubclass(LineDriver, usual) else usual

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        """Send what differs, where Textual would send what was painted."""
        driver = self._driver
        if not isinstance(renderable, CompositorUpdate) or not isinstance(driver, LineDriver):
            super()._display(screen, renderable)
            return
        if self._batch_count or not self._running or self._closed:
            return
        focused = self.screen.focused
        typing = hasattr(type(focused), "cursor_screen_offset")
        cursor = self.screen.outer_size.clamp_offset(self.cursor_position) if typing else None
        self._painter.attend(focused.region if focused else None, cursor)
        self._painter.show(renderable, driver, self.screen.outer_size, self._sync_available)
        self.post_display_hook()

    def on_cursor_position(self, event: events.CursorPosition) -> None:
        """The terminal has answered, and so has shown all that was sent before it was asked."""
        self._painter.answered(event.time)

    def _tell_of_line(self) -> None:
        """What the line can carry is something else now."""
        self.line_words = self._painter.words
        if self.is_coarse != self._painter.is_coarse:
            self.is_coarse = self._painter.is_coarse
            self.screen.query("*").refresh()

    def on_resize(self, event: events.Resize) -> None:
        """Paint all anew: after another size and back again, nothing is composed that would tell of it."""
        self._painter.forget()
        self.screen.refresh()

    def action_repaint(self) -> None:
        """Paint all of it, whatever the terminal shows and answers: it may be another by now, or written on."""
        self._painter.give_up()
        self._painter.forget()
        self.screen.refresh()
