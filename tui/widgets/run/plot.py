"""A plot of curves that a person can read and work: zoom, pan, a cursor, a window that is live or frozen.

What is drawn where is up to `plot_drawing`. Only changed cells are sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui.widgets.run.curve import LOOKS, Curve
from tui.widgets.run.plot_cells import Frame
from tui.widgets.run.plot_drawing import AXIS, CURSOR, FIRST_LOOK, GRID, TICK, WORDS, PlotContent, PlotDrawing
from tui.widgets.run.quantity import Quantity
from tui.widgets.run.scale import Scale
from tui.widgets.run.view import View
from tui.widgets.shared.thumbnail import equal

_PARTS = {
    AXIS: "plot--axis",
    TICK: "plot--tick",
    GRID: "plot--grid",
    WORDS: "plot--words",
    CURSOR: "plot--cursor",
    **{FIRST_LOOK + look: f"plot--look-{look}" for look in range(len(LOOKS))},
}
_IN, _OUT = 0.5, 2.0
"""By what factor zooming changes what is in sight."""
_PAN = 0.25
"""How far a key pans, in parts of what is in sight."""
_FEWEST = 4
"""Points in sight at least, however far one zooms in."""


class Plot(Widget, can_focus=True):
    """Curves over a horizontal axis. Without the focus it leaves the mouse wheel to what is around it."""

    ALLOW_SELECT = False
    BINDING_GROUP_TITLE = "Plot"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(-1)", "Read values to the left", show=False),
        Binding("right", "move(1)", "Read values to the right", show=False),
        Binding("escape", "leave", "Stop reading values", show=False),
        Binding("plus,equals_sign", "zoom(1)", "Zoom in", show=False, key_display="+"),
        Binding("minus", "zoom(-1)", "Zoom out", show=False, key_display="-"),
        Binding("comma,shift+left", "pan(-1)", "Earlier", show=False),
        Binding("full_stop,shift+right", "pan(1)", "Later", show=False),
        Binding("0,home", "show_all", "Show everything", show=False),
        Binding("f", "freeze", "Live or frozen"),
        Binding("a", "rescale", "Log or linear", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = set(_PARTS.values())
    DEFAULT_CSS = (
        """
    Plot {
        height: 1fr;
        min-height: 5;
        & > .plot--axis { color: $text-muted; }
        & > .plot--tick { color: $text-muted; }
        & > .plot--grid { color: $foreground 25%; }
        & > .plot--words { color: $text-muted; }
        & > .plot--cursor { color: $foreground; text-style: bold; }
"""
        + "".join(f"        & > .plot--look-{index} {{ color: {look.colour}; }}\n" for index, look in enumerate(LOOKS))
        + "    }\n"
    )

    class ViewChanged(Message):
        """The person moved the window or the cursor."""

        def __init__(self, plot: Plot) -> None:
            super().__init__()
            self.plot = plot

        @property
        def control(self) -> Plot:
            """The plot."""
            return self.plot

    def __init__(self, quantity: Quantity, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.quantity = quantity
        self.view = View()
        self._scaling = 0
        """The index of the vertical axis among the quantity's."""
        self._curves: Sequence[Curve] = ()
        self._scale: Scale | None = None
        self._newest = 0.0
        self._is_growing = False
        self._drawing: PlotDrawing | None = None
        self._frame = Frame(0, 0)
        self._dragged: int | None = None
        """Where the mouse was, in cells, when it last moved while a button was held."""
        self._was_dragged = False

    # What is shown

    def draw(self, curves: Sequence[Curve], scale: Scale, newest: float, *, is_growing: bool = False) -> None:
        """Show these curves over `scale`, on which the run has come to `newest` and, if it is growing, goes on."""
        self._curves, self._scale, self._newest = curves, scale, newest
        if is_growing != self._is_growing:
            self._is_growing = is_growing
            self.refresh_bindings()
        self._paint()

    def show_quantity(self, quantity: Quantity) -> None:
        """Be the plot of another quantity, whose curves are drawn next."""
        if quantity != self.quantity:
            self.quantity, self._scaling, self._curves = quantity, 0, ()
            self.refresh_bindings()

    def show_view(self, view: View) -> None:
        """Show this part of the axis, with its cursor."""
        if view != self.view:
            self.view = view
            self._paint()

    def clear(self) -> None:
        """Remove the curves, show the text for an empty plot, and all of what is drawn next."""
        self._curves, self._scale, self.view = (), None, View()
        self._paint()

    def on_resize(self) -> None:
        """Draw again for the new size."""
        self._paint()

    def render_line(self, y: int) -> Strip:
        """One row of cells."""
        if y >= self._frame.height:
            return Strip.blank(self.size.width, self.rich_style)
        parts = self._frame.parts[y]
        text = "".join(self._frame.characters[y])
        segments = [Segment(text[begin:end], self._style(int(parts[begin]))) for begin, end in equal(parts)]
        return Strip(segments, len(parts))

    def _style(self, part: int) -> Style:
        return self.get_component_rich_style(_PARTS[part]) if part else self.rich_style

    def _paint(self) -> None:
        frame = self._drawn(*self.size)
        before, self._frame = self._frame, frame
        if (before.width, before.height) != (frame.width, frame.height):
            self.refresh()
        elif regions := frame.changes(before):
            self.refresh(*regions)

    def _drawn(self, width: int, height: int) -> Frame:
        self._drawing = None
        if self._scale is not None and any(len(curve.y) for curve in self._curves):
            state = ("live" if self.view.is_live else "frozen") if self._is_growing else ""
            scaling = self.quantity.scalings[self._scaling]
            window = self.view.window(self._newest, self._whole)
            content = PlotContent(self._curves, self.quantity, scaling, self._scale, window, state, self.view.cursor)
            drawing = PlotDrawing(content, width, height)
            if drawing.is_drawn:
                self._drawing = drawing
                return drawing.frame
        frame = Frame(width, height)
        empty = self.quantity.empty
        if height and width >= len(empty):
            frame.write((width - len(empty)) // 2, height // 2, empty, TICK)
        return frame

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what applies to these curves."""
        match action:
            case "leave":
                return self.view.cursor is not None
            case "freeze":
                return self._is_growing
            case "rescale":
                return len(self.quantity.scalings) > 1
            case _:
                return True

    def action_move(self, by: int) -> None:
        """Move the cursor by columns; it takes the window along. Without a cursor, read the newest values."""
        if (drawing := self._drawing) is None:
            return
        low, high = drawing.content.window
        if self.view.cursor is None or not low <= self.view.cursor <= high:
            self._look_at(self.view.pointing(min(self._newest, high)))
            return
        cursor = drawing.value(drawing.column(self.view.cursor) + by)
        cursor = min(max(cursor, 0.0), self._whole)
        view = self.view
        if not low <= cursor <= high:
            view = view.panned(by * (high - low) / drawing.columns, (low, high), self._whole)
        self._look_at(view.pointing(cursor))

    def action_leave(self) -> None:
        """Remove the cursor."""
        self._look_at(self.view.pointing(None))

    def action_zoom(self, closer: int) -> None:
        """Halve or double what is in sight."""
        self._zoom(_IN if closer > 0 else _OUT, self.view.cursor)

    def action_pan(self, by: int) -> None:
        """Move the window, which stays where it is from then on."""
        if self._drawing is not None:
            low, high = self._drawing.content.window
            self._look_at(self.view.panned(by * _PAN * (high - low), (low, high), self._whole))

    def action_show_all(self) -> None:
        """Show all of the axis again, and follow the run."""
        self._look_at(View(cursor=self.view.cursor))

    def action_freeze(self) -> None:
        """Let the window stay while the run goes on, or move along again."""
        self._look_at(self.view.frozen(self._newest) if self.view.is_live else self.view.live())

    def action_rescale(self) -> None:
        """Change the vertical axis."""
        self._scaling = (self._scaling + 1) % len(self.quantity.scalings)
        self._paint()

    @property
    def _whole(self) -> float:
        """Where the axis ends if all is in sight."""
        newest = self._newest if self.view.end is None or self.view.span is not None else self.view.end
        return 0.0 if self._scale is None else self._scale.whole(newest)

    def _zoom(self, factor: float, about: float | None) -> None:
        if self._drawing is None or self._scale is None:
            return
        low, high = self._drawing.content.window
        if (high - low) * factor >= self._least:
            self._look_at(self.view.zoomed(factor, about, (low, high), self._whole))

    @property
    def _least(self) -> float:
        """How much of the axis has to be in sight."""
        apart = [float((curve.x[1:] - curve.x[:-1]).min()) for curve in self._curves if len(curve.x) > 1]
        return _FEWEST * min(apart, default=self._whole)

    def _look_at(self, view: View) -> None:
        if view != self.view:
            self.show_view(view)
            self.post_message(self.ViewChanged(self))

    # Mouse

    def _value_at(self, event: events.MouseEvent) -> float | None:
        """The value under the mouse; None beside the curves."""
        if (drawing := self._drawing) is None:
            return None
        column = event.x - self.gutter.left - drawing.begin
        return drawing.value(column) if 0 <= column < drawing.columns else None

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Zoom in."""
        self._scroll(event, _IN)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Zoom out."""
        self._scroll(event, _OUT)

    def _scroll(self, event: events.MouseEvent, factor: float) -> None:
        if self.has_focus:
            event.stop()
            self._zoom(factor, self._value_at(event))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin to drag."""
        self._dragged, self._was_dragged = event.x, False
        self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag the window along, or read the values under the mouse."""
        if self._dragged is None or self._drawing is None:
            self._look_at(self.view.pointing(self._value_at(event)))
        elif by := self._dragged - event.x:
            low, high = self._drawing.content.window
            self._dragged, self._was_dragged = event.x, True
            self._look_at(self.view.panned(by * (high - low) / self._drawing.columns, (low, high), self._whole))

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Stop dragging; without a move it was a click, which reads values."""
        self.capture_mouse(False)
        if self._dragged is not None and not self._was_dragged:
            self._look_at(self.view.pointing(self._value_at(event)))
        self._dragged = None

    def on_leave(self) -> None:
        """Read nothing any more, unless the keys are used here."""
        if not self.has_focus:
            self.action_leave()
