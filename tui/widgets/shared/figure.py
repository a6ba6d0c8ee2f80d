"""A widget whose lines are drawn all at once, and again when what it shows, its size or its colours have changed."""

from __future__ import annotations

from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from tui.widgets.shared.signed import SIGNED
from tui.widgets.shared.thumbnail import Shades, shades


class Figure(Widget, can_focus=True):
    """Base of what shows an image: a subclass draws its lines."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES = SIGNED
    DEFAULT_CSS = """
    Figure {
        background: $background;
        color: $foreground;
        .signed--for { color: $success; }
        .signed--against { color: $error; }
    }
    """

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._strips: list[Strip] | None = None
        self._colours: Shades = ()

    def drawn(self) -> list[Strip]:
        """Its lines, from the first one; what is missing is blank."""
        raise NotImplementedError

    def renew(self) -> None:
        """Draw it again."""
        self._strips = None
        self.refresh()

    def on_resize(self) -> None:
        """Draw it in another size."""
        self._strips = None

    def notify_style_update(self) -> None:
        """Draw it in other colours."""
        super().notify_style_update()
        self._strips = None

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """All that there is."""
        return container.height

    def render_line(self, y: int) -> Strip:
        """One of its lines."""
        colours = shades(self)  # which a line that has become slow does not get
        if self._strips is None or colours != self._colours:
            self._strips, self._colours = self.drawn(), colours
        strip = self._strips[y] if y < len(self._strips) else Strip([])
        return strip.adjust_cell_length(self.size.width, self.rich_style)
