"""Everything shown about one run: its progress or results, curves, tables, device, pinned drawing and notes.

It sets the classes by which the training screen's style sheet arranges them: `-going` or `-ended`, `-folds`,
`-confused` if there are mistakes to show, `-pinned` if there is a pinned drawing to show, `-weights` if
all weights of a small network are shown.
"""

from __future__ import annotations

import os

import numpy as np
from numpy.typing import NDArray
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widget import Widget

from core.runs.events import Note
from core.runs.remarks import remarks
from tui.processes.followed_run import FollowedRun
from tui.processes.reader import MakeReader
from tui.state.pinned_drawing import PinnedDrawing
from tui.widgets.run.confusion import Confusion, confusion_of
from tui.widgets.run.curves import Curves
from tui.widgets.run.device import DevicePanel
from tui.widgets.run.epochs import EpochTable
from tui.widgets.run.folds import FoldTable
from tui.widgets.run.live_weights import LiveWeights, is_small
from tui.widgets.run.notes import Notes
from tui.widgets.run.pinned import PinnedBars
from tui.widgets.run.progress import RunProgress
from tui.widgets.run.results import Results
from tui.widgets.run.run_title import RunTitle

TALL = 36
"""The terminal's rows from which there is room for empty lines between the parts."""


class RunPanel(Vertical):
    """Call `show` with the followed run; only changes are painted."""

    class OfferChanged(Message):
        """The available actions have changed."""

    def __init__(
        self,
        pinned: PinnedDrawing,
        make_reader: MakeReader,
        *,
        id: str | None = None,  # noqa: A002 - Textual's name
    ) -> None:
        """`make_reader` makes the reader of the pinned drawing; it is called with the two callbacks of `Reader`."""
        super().__init__(id=id)
        self._pinned = pinned
        self._make_reader = make_reader
        self._followed: FollowedRun | None = None
        self._prefers_tables = False
        """Whether weights are not to be shown."""

    def compose(self) -> ComposeResult:
        yield RunTitle(id="title")
        yield RunProgress(id="progress")
        yield Results(id="results")
        with Horizontal(id="upper"):
            yield _section(LiveWeights(id="weights"), "All weights")
            yield Curves(id="curves")
            yield _section(Confusion(id="confusion"), "Which digit was read as which")
        with Horizontal(id="lower"):
            yield _section(EpochTable(id="epochs"), "Epochs")
            yield _section(FoldTable(id="folds"), "Folds")
            yield _section(DevicePanel(id="device"), "Device")
            yield _section(PinnedBars(id="pinned", make_reader=self._make_reader), "Pinned")
        yield Notes(id="notes")

    def on_mount(self) -> None:
        """Follow the pinned drawing."""
        self._pinned.changed.subscribe(self, self._pin)
        self._pin(self._pinned.bitmap)

    def on_resize(self) -> None:
        """Adapt the number of lines for notes."""
        self._show_notes()

    def clear(self) -> None:
        """Remove the previous run's curves."""
        self.query_one(Curves).clear()

    def show(self, followed: FollowedRun, data: str, recipe: str, line: str = "") -> None:
        """Show the figures of this run; `data` and `recipe` from its configuration, `line` as in `RunTitle`."""
        self._followed = followed
        history, going = followed.history, followed.is_going
        confusion = confusion_of(history.end)
        self._set("-going", going)
        self._set("-ended", not going)
        self._set("-confused", bool(confusion))
        self._show_weights()
        if self._set("-folds", history.started is not None and history.started.folds > 0):
            self.call_after_refresh(self._move_focus)
        self.query_one(RunTitle).show(followed, data, recipe, line)
        self.query_one(RunProgress).show(followed)
        self.query_one(Results).show(followed)
        best = None if self.has_class("-folds") else history.best  # with several stages there is no best epoch
        self.query_one(EpochTable).show(history.epochs, best)
        self.query_one(FoldTable).show(history.folds)
        self.query_one(Confusion).show(confusion)
        device = self.query_one(DevicePanel)
        if device.border_title != (title := "Device" if going else "Device, as last seen"):
            device.border_title = title  # assigning it repaints, even if it is the same
        device.show(followed)
        self.show_pinned()
        self._show_notes()

    def show_starting(self) -> None:
        """Show for how long the run has been starting."""
        self.query_one(RunProgress).renew()

    def show_curves(self) -> None:
        """Draw the curves again."""
        if self._followed is not None:
            self.query_one(Curves).show(self._followed.history, is_growing=self._followed.is_going)

    def toggle_weights(self) -> None:
        """Show all weights of a small network, or the tables instead."""
        self._prefers_tables = not self._prefers_tables
        self._show_weights()

    def _show_weights(self) -> None:
        followed = self._followed
        shows = followed is not None and is_small(followed.history) and not self._prefers_tables
        self._set("-weights", shows)
        if followed is not None and shows:
            self.query_one(LiveWeights).follow(followed.run, is_going=followed.is_going)

    def _pin(self, bitmap: NDArray[np.uint8] | None) -> None:
        self.query_one(PinnedBars).pin(bitmap)
        self.show_pinned()

    def show_pinned(self) -> None:
        """Show the pinned drawing, in the device's place or next to it, while there is something to see."""
        if self._followed is not None:
            pinned = self.query_one(PinnedBars)
            pinned.follow(self._followed.run, self._followed.is_going)
            if self._set("-pinned", pinned.has_something):
                self.remove_class("-unpinned")

    def _show_notes(self) -> None:
        followed = self._followed
        if followed is None:
            return
        notes = followed.history.notes
        if followed.is_going:
            said = remarks(followed.history, _load(), os.cpu_count() or 1)
            notes = [*(Note(each, level="warning") for each in said), *notes]
        short = 2 if followed.is_going else 1
        self.query_one(Notes).show(notes, 5 if self.app.size.height >= TALL else short)

    def _set(self, name: str, wanted: bool) -> bool:
        """Set or remove a class; returns whether that changed anything, and restyles only then."""
        if self.has_class(name) == wanted:
            return False
        self.set_class(wanted, name)
        self.post_message(self.OfferChanged())
        return True

    def _move_focus(self) -> None:
        """Move the focus off a hidden table."""
        folds, epochs = self.query_one(FoldTable), self.query_one(EpochTable)
        if self.screen.focused in (None, folds, epochs):
            (folds if folds.display else epochs).focus()


def _load() -> float | None:
    """The machine's load average over a minute; None if the system tells none."""
    try:
        return os.getloadavg()[0]
    except OSError:
        return None


def _section(widget: Widget, title: str) -> Widget:
    """`widget` with a title above it."""
    widget.add_class("section")
    widget.border_title = title
    return widget
