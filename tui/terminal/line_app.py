"""An app that sends only the cells that changed, and no faster than the line to the terminal can carry them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from textual import events
from textual._compositor import CompositorUpdate
from textual.app import App
from textual.driver import Driver
from textual.reactive import reactive
from textual.screen import Screen

from tui.terminal import caches
from tui.terminal.cells import TerminalCells
from tui.terminal.line_driver import LineDriver
from tui.terminal.painter import Painter
from tui.terminal.style_sheet import StyleSheet

if TYPE_CHECKING:
    from rich.console import RenderableType


class LineApp(App[None]):
    """A Textual app on a measured line. Its screens need not know about it."""

    line_words: reactive[str] = reactive("", init=False)
    """Says that the line is slow and how many frames a second it gets; empty if all is well."""

    is_coarse = False
    """Whether grey ink is shown in two levels, as without colours: a stroke then takes a quarter of the bytes."""

    def __init__(self, frames: int | None = None) -> None:
        """Paint `frames` a second, or as many as the line can carry; the focused widget is painted at once."""
        caches.keep_no_pieces()
        super().__init__()
        self.stylesheet = StyleSheet(variables=self.stylesheet._variables)
        self._painter = Painter(TerminalCells(self.console._color_system), self._tell_of_line, frames)
        self.set_reactive(LineApp.line_words, self._painter.words)

    loop: asyncio.AbstractEventLoop | None = None
    """The loop that the app runs in; None before it runs."""

    async def run_async(self, *arguments: Any, **named: Any) -> Any:
        """As Textual's; notes the loop, so that signals can wake it."""
        self.loop = asyncio.get_running_loop()
        return await super().run_async(*arguments, **named)

    def panic(self, *renderables: RenderableType) -> None:
        """As Textual's; the exit status says that something failed, in whatever thread it was."""
        self._return_code = 1
        super().panic(*renderables)

    def get_driver_class(self) -> type[Driver]:
        """`LineDriver` in place of Textual's driver for Linux and macOS."""
        usual = super().get_driver_class()
        return LineDriver if issubclass(LineDriver, usual) else usual

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        """Send only what changed, where Textual would send everything it painted."""
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
        """The terminal has answered a query, and so has shown everything sent before it."""
        self._painter.answered(event.time)

    def _tell_of_line(self) -> None:
        """Pass on that the line carries more or less than before."""
        self.line_words = self._painter.words
        if self.is_coarse != self._painter.is_coarse:
            self.is_coarse = self._painter.is_coarse
            self.screen.query("*").refresh()

    def on_resize(self, event: events.Resize) -> None:
        """Repaint everything: after a change of size and back again Textual composes nothing new."""
        self._painter.forget()
        self.screen.refresh()

    def action_repaint(self) -> None:
        """Repaint everything, whatever the terminal shows or answers: another program may have written on it."""
        self._painter.give_up()
        self._painter.forget()
        self.screen.refresh()
