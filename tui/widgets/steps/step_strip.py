"""The steps of an image side by side, each with its name, and a cursor to choose one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Offset, Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from tui.widgets.shared.thumbnail import half_blocks, shades
from tui.widgets.shared.wrapping import folded
from tui.widgets.steps.step_images import StepImage, StepImages
from tui.widgets.steps.step_pixels import Grey, Inks, step_pixels

_NAME = 2  # lines for a name
_ROWS = 2  # of steps
_SEEN = "the network sees this"


@dataclass(frozen=True)
class Arrangement:
    """The layout of the thumbnails, and the size of the chosen step next to them."""

    side: int
    """A thumbnail's pixels on a side; a cell shows one across and two down."""
    columns: int
    cell: int
    """Terminal columns from one thumbnail to the next."""
    scale: int
    """The chosen step is shown with 28 × scale pixels on a side."""

    @property
    def row(self) -> int:
        """Terminal rows from one row of thumbnails to the next."""
        return self.side // 2 + _NAME

    @classmethod
    def within(cls, size: Size, count: int) -> Arrangement:
        """The layout of `count` steps in `size` cells, at the largest scale that leaves thumbnails 12 pixels wide."""
        columns = max(1, -(-count // _ROWS))
        found = [cls._beside(size, columns, scale) for scale in range(max(1, size.height // 14), 0, -1)]
        return next((each for each in found if each.side >= 12), found[-1])

    @classmethod
    def _beside(cls, size: Size, columns: int, scale: int) -> Arrangement:
        cell = max(3, (size.width - 28 * scale) // columns)
        side = min(28, cell - 1, 2 * (size.height // _ROWS - _NAME)) // 2 * 2
        return cls(max(2, side), columns, cell, scale)

    def at(self, offset: Offset) -> int:
        """The index of the step at a cell."""
        return offset.y // self.row * self.columns + min(offset.x // self.cell, self.columns - 1)


class StepStrip(Widget, can_focus=True):
    """Thumbnails in two rows, from left to right."""

    ALLOW_SELECT = False
    BINDING_GROUP_TITLE = "Steps"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(-1)", "Previous step"),
        Binding("right", "move(1)", "Next step"),
        Binding("up", "move_row(-1)", "Row above", show=False),
        Binding("down", "move_row(1)", "Row below", show=False),
        Binding("home", "go(0)", "First step", show=False),
        Binding("end", "go(-1)", "What the network sees", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {"step-strip--page", "step-strip--name", "step-strip--cursor"}
    # As in the check-up: images have the theme's background and the page is a shade off, so that their borders show.
    DEFAULT_CSS = """
    StepStrip {
        background: $background;
        color: $foreground;
        & > .step-strip--page { background: $surface; color: $foreground; }
        & > .step-strip--name { background: $surface; color: $foreground-muted; }
        & > .step-strip--cursor { background: $surface; color: $text-primary; text-style: bold; }
    }
    """

    cursor: reactive[int] = reactive(0, init=False)
    """The index of the chosen step."""

    class Moved(Message):
        """Another step was chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.arrangement = Arrangement(12, 1, 13, 1)
        self._steps: tuple[StepImage, ...] = ()
        self._last = ""
        self._images: dict[tuple[int, int, Inks], Grey] = {}

    def show(self, found: StepImages) -> None:
        """Show these steps, and choose the first."""
        self._steps = found.steps
        self._images.clear()
        self._last = _SEEN if found.is_seen else ""
        self.set_reactive(StepStrip.cursor, 0)
        self.watch_cursor()

    def lay_out(self, arrangement: Arrangement) -> None:
        """Lay out the thumbnails."""
        self.arrangement = arrangement
        self.styles.width, self.styles.height = arrangement.columns * arrangement.cell, _ROWS * arrangement.row
        self.refresh()

    @property
    def current(self) -> StepImage | None:
        """The chosen step; None before there are any."""
        return self._steps[self.cursor] if self.cursor < len(self._steps) else None

    @property
    def place(self) -> str:
        """The chosen step's number, such as `3 of 7`."""
        return f"{self.cursor + 1} of {len(self._steps)}"

    def watch_cursor(self) -> None:
        """Mark the chosen step."""
        self.refresh()
        self.post_message(self.Moved())

    # Rendering

    def render_line(self, y: int) -> Strip:
        """One line of cells: for each step in the row, a part of its image or its name."""
        arrangement, page = self.arrangement, self.get_component_rich_style("step-strip--page")
        row, line = divmod(y, arrangement.row)
        first = row * arrangement.columns
        segments: list[Segment] = []
        for index in range(first, min(first + arrangement.columns, len(self._steps))):
            drawn = self._drawn(index, line)
            segments += Strip(drawn).adjust_cell_length(arrangement.cell, page)
        return Strip(segments).adjust_cell_length(self.size.width, page)

    def _drawn(self, index: int, line: int) -> list[Segment]:
        side = self.arrangement.side
        if line >= side // 2:
            lines = self._caption(index, self.arrangement.cell - 1)
            at = line - side // 2
            kind = "cursor" if index == self.cursor else "name"
            text = lines[at] if at < len(lines) else ""
            return [Segment(text, self.get_component_rich_style(f"step-strip--{kind}"))]
        page = self.get_component_rich_style("step-strip--page")
        image = self._image(index, side)
        height, width = image.shape
        at = line - (side - height) // 4
        if not 0 <= at < height // 2:
            return [Segment(" " * side, page)]
        cells = half_blocks(image[2 * at : 2 * at + 2], shades(self), self.rich_style)[0]
        return [Segment(" " * ((side - width) // 2), page), *cells]

    def _image(self, index: int, side: int) -> Grey:
        """The image of a step, computed once: reducing a photograph takes milliseconds, and every line needs it."""
        key = index, side, Inks.of(self)
        if key not in self._images:
            self._images[key] = step_pixels(self._steps[index], side, key[2])
        return self._images[key]

    def _caption(self, index: int, width: int) -> list[str]:
        mark = "▸" if index == self.cursor else ""
        name = mark + self._steps[index].name
        if not self._last or index < len(self._steps) - 1:
            return folded(name, width, _NAME)
        # If there is no room for both, the name is left out: it is shown below as well.
        both = folded(f"{name}: {self._last}", width, _NAME + 1)
        return both if len(both) <= _NAME else folded(mark + self._last, width, _NAME)

    # Keys and mouse

    def action_move(self, by: int) -> None:
        """Choose the next or the previous step."""
        self.cursor = max(0, min(self.cursor + by, len(self._steps) - 1))

    def action_move_row(self, by: int) -> None:
        """Choose the step below or above."""
        if 0 <= self.cursor + by * self.arrangement.columns < len(self._steps):
            self.action_move(by * self.arrangement.columns)

    def action_go(self, index: int) -> None:
        """Choose the step with this index, or the last one for −1."""
        self.cursor = max(0, len(self._steps) - 1 if index < 0 else index)

    def on_click(self, event: events.Click) -> None:
        """Choose the step that was clicked."""
        index = self.arrangement.at(event.offset)
        if index < len(self._steps):
            self.cursor = index
