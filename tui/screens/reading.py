"""The half of the drawing screen that reads: the pad, and next to it how the network reads the drawing.

Knows the reader, not the network.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import ClassVar

import numpy as np
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.geometry import Size
from textual.timer import Timer
from textual.widgets import Static

from core.drawing.ink import Ink, Region
from core.errors import CheckpointError
from core.networks import checkpoint_file
from core.networks.checkpoint_file import written_at
from core.networks.model_name import model_name
from core.reading.questions import Id
from core.reading.reading import REJECTED, Reading
from core.runs.run import Run
from core.words import probability
from tui.processes.reader import Answered, MakeExplaining, Reader, ReaderChanged, ReaderState, posting
from tui.screens.checkpoints import CheckpointScreen
from tui.screens.mode import ModeScreen
from tui.screens.steps import StepsScreen
from tui.state.complaint import complain
from tui.state.owners import Owners
from tui.widgets.drawing.answer import Answer, sentence
from tui.widgets.drawing.pad import Mark, Pad
from tui.widgets.drawing.status import Status
from tui.widgets.inside.flip_image import Canvas
from tui.widgets.inside.inside import Inside
from tui.widgets.shared.key_footer import KeyFooter
from tui.widgets.shared.probabilities import Probabilities
from tui.widgets.shared.thumbnail import Thumbnail
from tui.widgets.steps.step_images import of_drawing

_SIDE = 38  # columns beside the pad: 28 for the bitmap, 9 for the text and one gap
_ROWS_BELOW = 2  # status and footer
_FRAME = 2  # the pad's border, both sides
_HEADINGS = 3  # rows beside the pad: two headings and a gap between bars and bitmap
_LEAST_SIDE, _SHARE_BESIDE_INSIDE = 40, 0.45
"""Pixels that the pad keeps, and the share of the columns that it may take, beside what is inside the network."""
_SHARE_BESIDE_GLASS = 0.4
"""The same beside all weights of a small network."""
_LOOK_AGAIN = 1.0  # seconds between two checks of the checkpoint's file
_SEE_AGAIN = 0.2
"""Seconds between two repaints of what the network sees: re-centring changes the whole image."""
_NOTHING = np.zeros((28, 28), np.uint8)
_PROBABLE, _SEEN, _HOW = "How probable each digit is (v: why)", "What the network sees", " (w: how)"


class ReadingScreen(ModeScreen):
    """The pad, with a new reading after every change."""

    AUTO_FOCUS = "Pad"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("k", "checkpoint", "Choose a network", show=False),
        Binding("w", "steps", "What the network sees, step by step", show=False),
        Binding("v", "inside", "View inside the network", show=False),
        Binding("full_stop", "turn(1)", "Next page of the network's inside", show=False, key_display="."),
        Binding("comma", "turn(-1)", "Page before", show=False, key_display=","),
        Binding("m", "mend", "Mend the network", show=False),
    ]
    PARTS = (Pad,)

    def __init__(self, owners: Owners, make_reader: MakeExplaining = Reader) -> None:
        """`make_reader` is called with the two callbacks of `Reader`."""
        super().__init__(owners)
        self._line = ""
        self._reader = make_reader(*posting(self))
        self._state = ReaderState("loading", "loading the network …")
        self._reading: Reading | None = None
        """The reading on screen."""
        self._reading_id: Id = None
        self._asked = 0, 0
        """The id of the newest request to the reader, and the drawing's revision at that time."""
        self._first_asked = 0, 0
        """The id of the first request on the present canvas, and the canvas's side."""
        self._written: int | None = None
        self._seeing: Timer | None = None
        """Runs after a repaint of what the network sees; until it fires, there is no further one."""

    def compose(self) -> ComposeResult:
        with Horizontal(id="board"):
            yield Pad()
            with Vertical(id="beside"):
                yield Static(_PROBABLE, id="probable-heading", classes="heading")
                yield Probabilities()
                yield Static(_SEEN + _HOW, id="seen-heading", classes="heading")
                with Horizontal(id="seen"):
                    yield Thumbnail(_NOTHING)
                    with Vertical(id="said"):
                        yield from self.compose_said()
            inside = Inside(self._reader.explain, id="inside")
            inside.display = False
            yield inside
        yield Status(id="status")
        yield KeyFooter(show_command_palette=False, compact=True)

    def compose_said(self) -> ComposeResult:
        """The widgets in the nine columns beside the 28×28 bitmap."""
        yield Answer()

    def on_mount(self) -> None:
        """Start the reader; the user can draw before it is ready."""
        self._arrange(self.app.size)
        self._timer = self.set_interval(_LOOK_AGAIN, self._follow_checkpoint, pause=True)
        pad = self.query_one(Pad)
        for name in ("pen_down", "erasing", "radius"):
            self.watch(pad, name, self.show_status, init=False)
        self.watch(self.app, "line_words", self._show_line)
        self.owners.model.changed.subscribe(self, self._load)
        self._reader.start()
        if self.owners.model.checkpoint is not None:
            self._load(self.owners.model.checkpoint)
        self.show_status()

    async def on_unmount(self) -> None:
        """End the reader, so that no process stays behind."""
        await self._reader.close()

    def on_screen_resume(self) -> None:
        """Follow the checkpoint's file while the screen is visible."""
        self._timer.resume()

    def on_screen_suspend(self) -> None:
        """Stop following the checkpoint's file."""
        self._timer.pause()

    # Layout

    def on_resize(self, event: events.Resize) -> None:
        """Make the pad as large as possible."""
        self._arrange(event.size)

    def _arrange(self, size: Size) -> None:
        """Lay out the largest square pad that leaves room beside it; bars and bitmap share the rest."""
        rows = size.height - _ROWS_BELOW
        most = size.width - _FRAME - _SIDE
        inside = self.query_one(Inside)
        if inside.display and inside.is_glass:
            most = min(most, round(size.width * _SHARE_BESIDE_GLASS))
        elif inside.display:
            most = min(most, max(_LEAST_SIDE, round(size.width * _SHARE_BESIDE_INSIDE)))
        side = max(2, min(2 * (rows - _FRAME), most) // 2 * 2)
        pad = self.query_one(Pad)
        pad.styles.width, pad.styles.height = side + _FRAME, side // 2 + _FRAME
        bars = 10 if rows >= 10 + _HEADINGS + 14 else 5
        room = size.width - side - _FRAME - (_SIDE - 28)
        scale = max(1, min(room // 28, (rows - bars - _HEADINGS) // 14))
        self.query_one(Probabilities).styles.height = bars
        self.query_one(Thumbnail).scale = scale
        said = self.query_one("#said")
        said.styles.height = 14 * scale
        said.styles.margin = (0, 0, 0, min(2, room - 28 * scale))

    # Drawing and reading

    @on(Pad.Changed)
    def _changed(self, event: Pad.Changed) -> None:
        self.drawn(event.pad.ink)

    def drawn(self, ink: Ink) -> None:
        """The drawing has changed."""
        if ink.is_empty:
            self._reader.forget()
            self._show(None)
        else:
            self._ask()

    def _ask(self) -> None:
        pad = self.query_one(Pad)
        name = self._reader.ask(pad.ink.bitmap, pad.ink.strokes)
        self._asked = name, pad.revision
        if self._first_asked[1] != pad.ink.width:
            self._first_asked = name, pad.ink.width

    def _is_current(self, answer: Id) -> bool:
        """Whether this is the answer to the newest request, and the drawing has not changed since."""
        return (answer, self.query_one(Pad).revision) == self._asked

    def _is_of_canvas(self, answer: Id) -> bool:
        """Whether this answers for a bitmap of the pad's present size; the boxes of another lie elsewhere."""
        first, side = self._first_asked
        return isinstance(answer, int) and answer >= first and side == self.query_one(Pad).ink.width

    @on(Answered)
    def _answered(self, event: Answered) -> None:
        # An answer may arrive after the drawing was cleared or the terminal has changed its size.
        if not self.query_one(Pad).ink.is_empty and self._is_of_canvas(event.id):
            self._reading_id = event.id
            self._show(event.reading)

    def _show(self, reading: Reading | None) -> None:
        self._reading = reading
        self.query_one(Probabilities).values = reading.shares if reading else (0.0,) * 10
        if reading is None or self._seeing is None:
            self._show_seen()
        self.query_one(Answer).reading = reading
        self._show_number(reading)
        self._follow_inside()
        self.show_status()

    # Inside the network

    def action_inside(self) -> None:
        """Show what is inside the network beside the pad, or the probabilities again."""
        inside, pad = self.query_one(Inside), self.query_one(Pad)
        inside.display = not inside.display
        self.query_one("#beside").display = not inside.display
        if not inside.display and inside.has_focus_within:
            pad.focus()
        self._arrange(self.app.size)
        self._follow_inside()
        self.refresh_bindings()

    def action_turn(self, by: int) -> None:
        """Show another page of it."""
        self.query_one(Inside).action_turn(by)

    def action_mend(self) -> None:
        """Undo what was done to the network."""
        self.query_one(Inside).action_mend()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Turn pages only where there are any."""
        return action not in ("turn", "mend") or (self.is_mounted and bool(self.query_one(Inside).display))

    @on(Inside.Rearranged)
    def _make_room(self) -> None:
        """Give all weights of a small network the columns that they need."""
        self._arrange(self.app.size)

    @on(Inside.Left)
    def _leave_inside(self) -> None:
        self.query_one(Pad).focus()

    @on(Pad.Lifted)
    def _follow_inside(self) -> None:
        """Have the panel look at what is read now."""
        inside, pad, reading = self.query_one(Inside), self.query_one(Pad), self._reading
        if not inside.display:
            return
        if reading is None:
            inside.follow(None, "")
            return
        canvas = None if reading.digits else Canvas(pad.ink.width, tuple(pad.ink.strokes))
        inside.follow(reading.seen, sentence(reading), canvas, is_drawing=pad.is_drawing)

    def _show_seen(self) -> None:
        """Paint what the network sees, at most once in `_SEE_AGAIN` seconds."""
        thumbnail, seen = self.query_one(Thumbnail), self._reading.seen if self._reading else _NOTHING
        if self._seeing is not None:
            self._seeing.stop()
            self._seeing = None
        if seen is not thumbnail.bitmap:
            thumbnail.bitmap = seen
            self._seeing = self.set_timer(_SEE_AGAIN, self._show_seen)

    def _show_number(self, reading: Reading | None) -> None:
        """Box each digit of a number on the pad, and say that bars and bitmap belong to the least sure one."""
        marks, probable, seen = [], _PROBABLE, _SEEN + _HOW
        if reading is not None and reading.least_sure is not None:
            for each in reading.digits:
                rejected = reading.rejects(each)
                text = REJECTED if rejected else probability(each.certainty, 0)
                marks.append(Mark(Region(*each.box), text, rejected or each.is_unsure))
            probable = f"Least sure: digit {reading.least_sure + 1} of {len(marks)}"
            seen = f"{_SEEN} of it{_HOW}"
        self.query_one(Pad).marks = tuple(marks)
        for name, text in (("#probable-heading", probable), ("#seen-heading", seen)):
            heading = self.query_one(name, Static)
            if str(heading.content) != text:
                heading.update(text, layout=False)

    @on(ReaderChanged)
    def _reader_changed(self, event: ReaderChanged) -> None:
        self._state = event.state
        self.show_status()

    def action_steps(self) -> None:
        """Show the preprocessing of the drawing, step by step."""
        ink = self.query_one(Pad).ink
        # Copied: strokes grow while the pen is down, and the steps are computed in a thread.
        strokes = [replace(each, points=list(each.points)) for each in ink.strokes]
        self.app.push_screen(StepsScreen(partial(of_drawing, ink.bitmap.copy(), strokes, self._reading)))

    # Checkpoints

    def action_checkpoint(self) -> None:
        """Choose the network that reads."""
        self.app.push_screen(CheckpointScreen(self.owners.model.checkpoint), self._chosen)

    def _chosen(self, checkpoint: Path | None) -> None:
        if checkpoint is None:
            return
        try:
            self.owners.model.choose(checkpoint)
        except CheckpointError as error:
            complain(self, error)

    def _load(self, checkpoint: Path | None) -> None:
        self._written = written_at(checkpoint)
        self._reader.load(checkpoint)
        self.query_one(Inside).begin_again()
        self._read_again()

    def _follow_checkpoint(self) -> None:
        """If a run has rewritten the chosen checkpoint, have the drawing read with the new weights."""
        checkpoint = self.owners.model.checkpoint
        if checkpoint is None:
            return
        if (run := Run(checkpoint.parent)).is_running():
            run.watch()
        written = written_at(checkpoint)
        if written is None or written == self._written:
            return
        self._written = written
        try:
            title = checkpoint_file.header(checkpoint).title
        except CheckpointError:
            return  # the reader keeps the weights that it has
        self._state = ReaderState(self._state.phase, self._state.text, str(checkpoint), title)
        self._read_again()
        self.show_status()

    def _read_again(self) -> None:
        if not self.query_one(Pad).ink.is_empty:
            self._ask()

    # Status

    def show_status(self) -> None:
        """Update the status line."""
        took = None if self._reading is None else self._reading.milliseconds
        name = model_name(self.owners.model.checkpoint).removeprefix("the ")
        self.query_one(Status).show(self.pen_words(), self._state, name, took, *self.said(), self._line)

    def _show_line(self, words: str) -> None:
        self._line = words
        self.show_status()

    def said(self) -> tuple[str, str]:
        """The last message, and the fine-tuning's progress; empty if there is none."""
        return "", ""

    def pen_words(self) -> str:
        """Whether the pen is down, and its tool and width."""
        pad = self.query_one(Pad)
        pen, tool = "Pen down" if pad.pen_down else "Pen up", "Eraser" if pad.erasing else "Brush"
        return f"{pen}  {tool} {2 * pad.radius:.1f} px"
