"""The pad, for drawing with the mouse or with the keyboard alone. Knows no network."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from core.drawing import ink
from core.drawing.ink import Ink, Stroke
from tui.widgets.shared.thumbnail import cells, shades

HINT = ("Draw something", "with the mouse, or with", "the arrow keys and space")
BRUSH_STEP = 1.2  # a key press makes the brush this many times wider or narrower
THINNEST = 0.5  # the smallest radius in canvas pixels
WIDEST = 0.15  # the largest radius as a fraction of the canvas's side
_RIGHT = 3  # the mouse button that erases

# A cross whose heavy upper or lower arm says which half of the cell the pen is in; with the pen down, its horizontal
# arms are heavy too.
_CURSORS = {(False, 0): "╀", (False, 1): "╁", (True, 0): "╇", (True, 1): "╈"}
_FAINT = 64  # a mark is drawn only on ink up to this grey level; it would hide stronger ink


@dataclass(frozen=True)
class Mark:
    """The corners of a box around some ink, with a text below."""

    box: ink.Region
    """In canvas pixels."""
    text: str
    """A few characters; cut to the width of the box."""
    doubtful: bool = False
    """Whether it is highlighted as doubtful."""


class Pad(Widget, can_focus=True):
    """A square canvas with two pixels per cell. Its content must be 2n columns by n rows."""

    ALLOW_SELECT = False
    BINDING_GROUP_TITLE = "Pad"
    COMPONENT_CLASSES: ClassVar[set[str]] = {"pad--mark", "pad--doubtful"}
    DEFAULT_CSS = """
    Pad {
        border: round $foreground 40%;
        background: $background;
        color: $foreground;
        &:focus { border: round $primary; }
        .pad--mark { color: $text-success; background: $background; }
        .pad--doubtful { color: $text-warning; background: $background; text-style: bold; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "pen", "Pen"),
        Binding("e", "eraser", "Eraser", show=False),
        Binding("u", "undo", "Undo"),
        Binding("r", "redo", "Redo", show=False),
        Binding("c", "clear", "Clear"),
        Binding("right_square_bracket,plus", "brush(1)", "Wider brush", show=False),
        Binding("left_square_bracket,minus", "brush(-1)", "Narrower brush", show=False),
        Binding("up", "move(0, -1)", "1 pixel up", show=False),
        Binding("down", "move(0, 1)", "1 pixel down", show=False),
        Binding("left", "move(-1, 0)", "1 pixel left", show=False),
        Binding("right", "move(1, 0)", "1 pixel right", show=False),
        Binding("home", "move(-5, 0)", "5 pixels left", show=False),
        Binding("end", "move(5, 0)", "5 pixels right", show=False),
        Binding("pageup", "move(0, -5)", "5 pixels up", show=False),
        Binding("pagedown", "move(0, 5)", "5 pixels down", show=False),
    ]

    pen_down: reactive[bool] = reactive(False, repaint=False)
    """Whether the keyboard's pen is down."""
    erasing: reactive[bool] = reactive(False, repaint=False)
    """Whether the eraser is chosen; the right mouse button always erases."""
    radius: reactive[float] = reactive(1.0, repaint=False)
    """The brush's radius in canvas pixels."""
    hint: reactive[tuple[str, ...]] = reactive(HINT, repaint=False)
    """The lines on an empty pad, the first one bold; five at most, so that they end above the pen."""
    marks: reactive[tuple[Mark, ...]] = reactive((), repaint=False)
    """Boxes around parts of the drawing; they show only where there is no ink."""

    class Changed(Message):
        """The drawing has changed; its newest state is in `pad.ink`."""

        def __init__(self, pad: Pad) -> None:
            super().__init__()
            self.pad = pad

        @property
        def control(self) -> Pad:
            """The pad."""
            return self.pad

        def can_replace(self, message: Message) -> bool:
            """Deliver only one of several waiting messages."""
            return isinstance(message, Pad.Changed)

    class Lifted(Message):
        """A stroke has ended."""

    def __init__(self, side: int = 40) -> None:
        """Start with a canvas of `side` × `side` pixels; the first layout resizes it."""
        super().__init__()
        self.ink = Ink(side, side)
        self.revision = 0
        """Increases with each change of the drawing; `Changed` comes later, and may cover several changes."""
        self._x = self._y = side // 2
        self._keyboard = True
        self._dragging = False
        self._was_empty = True
        self.set_reactive(Pad.radius, self.ink.radius)

    def _tell(self) -> None:
        self.revision += 1
        self.post_message(self.Changed(self))

    # Display

    def on_resize(self) -> None:
        """Fit the canvas and its drawing to the new size."""
        side = min(self.content_size.width, 2 * self.content_size.height) // 2 * 2
        before = self.ink.width
        if side < 2 or side == before:
            return
        self._lift()
        self.marks = ()  # they belong to the old canvas
        self.ink.resize(side, side)
        self._x, self._y = (min(side - 1, round(place * side / before)) for place in (self._x, self._y))
        self.radius = self.ink.radius
        self.refresh()
        if not self.ink.is_empty:
            self._tell()

    def render_line(self, y: int) -> Strip:
        """One row of cells, with the cursor and, on an empty pad, the hint."""
        width = self.content_size.width
        bitmap = self.ink.bitmap
        if 2 * y + 1 >= self.ink.height:
            return Strip.blank(width, self.rich_style)
        colours, style = shades(self), self.rich_style
        strip = Strip(cells(bitmap[2 * y], bitmap[2 * y + 1], colours, style), self.ink.width)
        if self._was_empty:
            strip = self._hinted(strip, y, style)
        strip = self._marked(strip, y)
        if self._shows_cursor and y == self._y // 2:
            drawn = int(bitmap[2 * y : 2 * y + 2, self._x].max()) >= 128
            glyph = _CURSORS[self.pen_down, self._y % 2]
            cursor = Strip([Segment(glyph, style + Style(bold=True, reverse=not drawn))], 1)
            strip = Strip.join([strip.crop(0, self._x), cursor, strip.crop(self._x + 1)])
        return strip.adjust_cell_length(width, style)

    def _hinted(self, strip: Strip, y: int, style: Style) -> Strip:
        line = y - (self.ink.height // 4 - 5)
        if not 0 <= line < len(self.hint) or len(self.hint[line]) > self.ink.width:
            return strip
        text = self.hint[line]
        left = (self.ink.width - len(text)) // 2
        hint = Strip([Segment(text, style + Style(bold=line == 0, dim=line > 0))], len(text))
        return Strip.join([strip.crop(0, left), hint, strip.crop(left + len(text))])

    def _marked(self, strip: Strip, y: int) -> Strip:
        for mark in self.marks:
            style = self.get_component_rich_style("pad--doubtful" if mark.doubtful else "pad--mark")
            for x, character in _cells_of(mark, self.ink.width, self.ink.height // 2).get(y, {}).items():
                if self.ink.bitmap[2 * y : 2 * y + 2, x].max() <= _FAINT:
                    sign = Strip([Segment(character, style)], 1)
                    strip = Strip.join([strip.crop(0, x), sign, strip.crop(x + 1)])
        return strip

    def watch_marks(self, old: tuple[Mark, ...], new: tuple[Mark, ...]) -> None:
        """Repaint the rows in which a box appears, disappears or moves."""
        width, rows = self.ink.width, self.ink.height // 2
        both = [each for each in (*old, *new) if (each in old) != (each in new)]
        changed = {y for mark in both for y in _cells_of(mark, width, rows)}
        if changed:
            self.refresh(*(Region(0, y, width, 1) for y in changed))

    def watch_hint(self) -> None:
        """Show the hint if the pad is empty."""
        if self._was_empty:
            self.refresh()

    @property
    def _shows_cursor(self) -> bool:
        return self._keyboard and self.has_focus

    def _repaint(self, *changed: ink.Region) -> None:
        """Repaint the cells of these canvas pixels, or everything if the hint appears or disappears."""
        if self.ink.is_empty != self._was_empty:
            self._was_empty = self.ink.is_empty
            self.refresh()
            return
        # Only these cells are sent to the terminal: a few hundred bytes instead of many thousand.
        regions = [
            Region.from_corners(x, y // 2, x + width, (y + height + 1) // 2)
            for x, y, width, height in changed
            if width and height
        ]
        if regions:
            self.refresh(*regions)

    def _repaint_cursor(self) -> None:
        self._repaint(ink.Region(self._x, self._y, 1, 1))

    def on_focus(self) -> None:
        """Show the cursor."""
        self._repaint_cursor()

    def on_blur(self) -> None:
        """Hide the cursor."""
        self._repaint_cursor()

    # Other drawings

    @property
    def is_drawing(self) -> bool:
        """Whether a stroke is being drawn, which should not be interrupted."""
        return self.pen_down or self._dragging

    def lift(self) -> None:
        """End the stroke, if there is one."""
        self._lift()
        self._repaint_cursor()

    def begin_another(self) -> None:
        """Start with an empty canvas, no history, and the pen where most digits begin; brush and eraser stay."""
        side = self.ink.width
        self._replace(Ink(side, side))
        self._x, self._y = side // 2, side // 5
        self._repaint_cursor()

    def put(self, width: int, height: int, strokes: Iterable[Stroke]) -> None:
        """Replace this drawing with one that was made on a canvas of `width` × `height` pixels; it can be continued."""
        other = Ink.of(width, height, strokes)
        other.resize(self.ink.width, self.ink.height)
        self._replace(other)

    def _replace(self, other: Ink) -> None:
        self._lift()
        other.radius = self.radius
        self.ink = other
        self._was_empty = other.is_empty
        self.refresh()
        self._tell()

    # The keyboard

    def action_move(self, across: int, down: int) -> None:
        """Move the pen by canvas pixels; it draws if it is down."""
        before = ink.Region(self._x, self._y, 1, 1)
        side = self.ink.width
        self._x = min(max(self._x + across, 0), side - 1)
        self._y = min(max(self._y + down, 0), side - 1)
        self._keyboard = True
        regions = [before, ink.Region(self._x, self._y, 1, 1)]
        if self.pen_down:
            regions.append(self.ink.drag(self._x + 0.5, self._y + 0.5))
            self._tell()
        self._repaint(*regions)

    def action_pen(self) -> None:
        """Lower the pen, which makes a dot, or lift it."""
        self._keyboard = True
        if self.pen_down:
            self._lift()
            self._repaint_cursor()
        else:
            self._lower()

    def action_eraser(self) -> None:
        """Switch between brush and eraser; if the pen is down, the new tool continues."""
        self.erasing = not self.erasing
        self._begin_stroke()

    def action_brush(self, direction: int) -> None:
        """Make the brush wider (1) or narrower (-1)."""
        radius = self.radius * BRUSH_STEP**direction
        self.radius = min(max(radius, THINNEST), self.ink.width * WIDEST)
        self.ink.radius = self.radius
        self._begin_stroke()

    def action_undo(self) -> None:
        """Undo the last stroke."""
        self._rewrite(self.ink.undo())

    def action_redo(self) -> None:
        """Redo the stroke that was undone."""
        self._rewrite(self.ink.redo())

    def action_clear(self) -> None:
        """Clear the pad; undo brings the drawing back."""
        self._rewrite(self.ink.clear())

    def _rewrite(self, changed: ink.Region | None) -> None:
        self._lift()
        self._repaint_cursor()
        if changed is not None:
            self._repaint(changed)
            self._tell()

    def _lower(self) -> None:
        self.pen_down = True
        self.ink.erasing = self.erasing
        self._repaint(self.ink.press(self._x + 0.5, self._y + 0.5), ink.Region(self._x, self._y, 1, 1))
        self._tell()

    def _begin_stroke(self) -> None:
        """If the pen is down, end its stroke and begin another with the new brush or eraser."""
        if self.pen_down:
            self._lift()
            self._lower()

    def _lift(self) -> None:
        if self.is_drawing:
            self.post_message(self.Lifted())
        self.ink.lift()
        self.pen_down = False
        if self._dragging:
            self._dragging = False
            self.release_mouse()

    # The mouse

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin a stroke, which follows the mouse until the button is released."""
        if event.button not in (1, _RIGHT):
            return
        event.stop()
        self._lift()
        self._repaint_cursor()
        self._keyboard = False
        self._dragging = True
        self.capture_mouse()
        self.ink.erasing = self.erasing or event.button == _RIGHT
        self._repaint(self.ink.press(*self._place(event)))
        self._tell()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Continue the stroke, filling the gaps that fast mice and slow lines leave."""
        if not self._dragging:
            return
        event.stop()
        if not event.button:
            self._lift()  # it was released outside the terminal, where no event is sent
            return
        self._repaint(self.ink.drag(*self._place(event)))
        self._tell()

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """End the stroke, even outside the pad."""
        if self._dragging:
            event.stop()
            self._lift()

    def _place(self, event: events.MouseEvent) -> tuple[float, float]:
        """Canvas coordinates of the centre of the cell under the mouse, which may lie outside the canvas."""
        return event.x - self.gutter.left + 0.5, 2 * (event.y - self.gutter.top) + 1.0


def _cells_of(mark: Mark, columns: int, rows: int) -> dict[int, dict[int, str]]:
    """The characters of a mark by row and column, on a canvas of this many cells: corners around the box, and the text.

    The text is centred below the box, or above it if there is no room below.
    """
    left, right = max(0, mark.box.x - 1), min(columns - 1, mark.box.x + mark.box.width)
    top, bottom = max(0, mark.box.y // 2 - 1), min(rows - 1, (mark.box.y + mark.box.height + 1) // 2)
    cells: dict[int, dict[int, str]] = {top: {left: "┌", right: "┐"}}
    cells.setdefault(bottom, {}).update({left: "└", right: "┘"})
    # The text may replace the corners: a 1 is narrow.
    room = right - left + 1
    text = mark.text if len(mark.text) <= room else mark.text.removesuffix("%")[:room]
    begin = left + (room - len(text)) // 2
    line = bottom if bottom * 2 >= mark.box.y + mark.box.height else top
    cells[line].update({begin + place: character for place, character in enumerate(text)})
    return cells
