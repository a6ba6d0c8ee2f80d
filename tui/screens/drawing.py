"""The drawing screen: draw, see it read, say what it is, and have the network learn it.

What is kept lies in `tui.state.active_set`, how it is learned in `tui.state.fine_tuning`; here are the keys and what
they show.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from core.data import own_sets
from core.data.own_sets import OwnSet
from core.drawing import guided_session
from core.drawing.clean_copy import of_ink
from core.drawing.ink import Ink
from core.errors import DataError
from core.printable import printable
from tui.processes.reader import Answered, MakeReader, Reader
from tui.screens.confirm import Confirm
from tui.screens.guided import GuidedScreen
from tui.screens.own_sets import OwnSetsScreen
from tui.screens.reading import ReadingScreen
from tui.state.active_set import ActiveSet
from tui.state.complaint import complain
from tui.state.owners import Owners
from tui.state.requests import FineTune
from tui.widgets.drawing.answer import Answer
from tui.widgets.drawing.digit_counts import DigitCounts
from tui.widgets.drawing.pad import HINT, Pad
from tui.widgets.shared.probabilities import Probabilities

_SINGLE = "only single digits are kept"


class DrawingScreen(ReadingScreen):
    """Draw, see it read, and keep it."""

    TITLE = "Draw"
    BINDING_GROUP_TITLE = "Draw"
    CSS_PATH = "drawing.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "confirm", "Keep"),
        # Stands for the ten below, in the footer, the help and the palette; no terminal sends such a key.
        Binding("0-9", "which", "It is"),
        *(Binding(str(digit), f"keep({digit})", show=False) for digit in range(10)),
        Binding("b", "take_back", "Take the last one back", show=False),
        Binding("backspace", "take_back", "Take the last one back", show=False),
        Binding("l", "learn", "Learn"),
        Binding("s", "skip", "Skip"),
        Binding("escape", "leave", "Leave"),
        Binding("g", "guided", "Guided session", show=False),
        Binding("i", "pin", "Pin this drawing, or unpin it", show=False),
        Binding("o", "own", "Whose hand it is", show=False),
        *ReadingScreen.BINDINGS,
    ]

    def __init__(self, owners: Owners, make_reader: MakeReader = Reader) -> None:
        """`make_reader` is called with the two callbacks of `Reader`."""
        super().__init__(owners, make_reader)
        self._active = ActiveSet(self._complain)
        self._said, self._said_at = "", 0
        """What was just done, and how many strokes there were then: with the next one it is old."""
        self._confirmed: tuple[int, int] | None = None
        """The digit that was confirmed, and the drawing's revision, while it is not read yet as it is."""
        self._insisted: tuple[int, int] | None = None
        """The digit as which a number was to be kept, and the drawing's revision: the same once more keeps it."""

    def compose_said(self) -> ComposeResult:
        """The answer, and how many drawings the active set has."""
        yield Answer()
        yield DigitCounts()

    def on_mount(self) -> None:
        """Put back what was on the pad when the app was last left, however that happened."""
        self.owners.fine_tuning.changed.subscribe(self, lambda _: self.show_status())
        self.owners.pinned.changed.subscribe(self, lambda _: self.show_status())
        try:
            left = self.owners.draft.left()
        except DataError as error:
            self._complain(error)
            return
        if left is not None:
            self.query_one(Pad).put(*left)
            self._say("your last drawing is back")

    async def on_unmount(self) -> None:
        """What is on the pad stays for the next start."""
        await self.owners.draft.close()

    def on_screen_resume(self) -> None:
        """The sets may have been changed on another screen, or by another program."""
        self._active.look()
        self._show_active_set()

    @property
    def can_be_interrupted(self) -> bool:
        """Not in the middle of a stroke."""
        return not self.query_one(Pad).is_drawing

    def drawn(self, ink: Ink) -> None:
        """Have it read, and keep it for the next start until it is kept for good."""
        if self._said and len(ink.strokes) != self._said_at:
            self._said = ""
            self.show_status()
        super().drawn(ink)
        self.owners.draft.changed(ink)

    # Keeping drawings

    async def action_confirm(self) -> None:
        """Keep the drawing as the digit that was asked for or, where none was, as what it was read as."""
        if self._active.asked is not None:
            await self.action_keep(self._active.asked)
        elif self.query_one(Pad).ink.is_empty:
            self._say("draw something first")
        elif self._reading is None or self._reading.digit is None:
            self._say("it is not read yet: press its digit")
        elif self._reading.digits:
            self._say(_SINGLE)
        elif self._is_current(self._reading_id):
            await self.action_keep(self._reading.digit)
        else:
            # The reading shown is of a moment ago, and the newest is on its way: it may say something else.
            self._confirmed = self._reading.digit, self.query_one(Pad).revision

    @on(Answered)
    async def _confirm_late(self, event: Answered) -> None:
        """Keep what was confirmed before its last strokes were read, where they changed nothing."""
        if self._confirmed is None:
            return
        digit, revision = self._confirmed
        if revision != self.query_one(Pad).revision:
            self._confirmed = None
        elif event.reading.digits:
            self._confirmed = None
            self._say(_SINGLE)
        elif self._is_current(event.id):
            self._confirmed = None
            if event.reading.digit == digit:
                await self.action_keep(digit)
            else:
                self._say(f"it was a {digit}, then more came: Enter again?")

    async def action_keep(self, digit: int) -> None:
        """Keep the drawing as `digit`, and clear the pad for the next one."""
        pad = self.query_one(Pad)
        if pad.ink.is_empty:
            self._say("draw something first")
            return
        pad.lift()
        if self._reading is not None and self._reading.digits:
            before, self._insisted = self._insisted, (digit, pad.revision)
            if before != self._insisted:
                self._say(f"{_SINGLE}; {digit} again if it is one")
                return
        try:
            await self._active.keep(digit, pad.ink)
        except DataError as error:
            self._complain(error)  # the drawing stays on the pad
            return
        pad.begin_another()
        self._say(f"kept as {digit}; b takes it back")
        self._show_active_set()
        session = self._active.session
        if session is not None and session.digit is None:
            self._end_session(session.total)

    def action_which(self) -> None:
        """Say how to say which digit it is."""
        self._say("press the digit that it is, or click its bar")

    async def on_probabilities_chosen(self, event: Probabilities.Chosen) -> None:
        """A click on a digit's bar says that it is this one."""
        await self.action_keep(event.digit)

    async def action_take_back(self) -> None:
        """Take the drawing that was kept last out of the set, and put it on the pad to be corrected."""
        pad = self.query_one(Pad)
        if not pad.ink.is_empty:
            self._say("keep or clear this one first")
            return
        try:
            taken = await self._active.take_back()
        except DataError as error:
            self._complain(error)
            return
        if taken is None:
            self._say("nothing is kept yet")
            return
        pad.put(taken.width, taken.height, taken.strokes)
        self._say(f"the {taken.label} is taken back" + ("" if taken.strokes else "; its strokes are lost"))
        self._show_active_set()

    def action_own(self) -> None:
        """Choose the active set, or make another."""

        def chosen(found: OwnSet | None) -> None:
            if found is None:
                return
            try:
                own_sets.activate(found)
            except DataError as error:
                self._complain(error)
            self._active.look()
            self._show_active_set()

        self.app.push_screen(OwnSetsScreen(), chosen)

    # The guided session

    def action_guided(self) -> None:
        """Be asked for each digit, or go on with being asked."""

        async def chosen(each: int | None) -> None:
            if each is None:
                return
            await self._active.begin(each or None)
            self._said = ""
            if self.query_one(Pad).ink.is_empty:
                self.query_one(Pad).begin_another()
            self._show_active_set()

        self.app.push_screen(GuidedScreen(guided_session.unfinished(self._active.own.folder)), chosen)

    async def action_skip(self) -> None:
        """Be asked for this digit last."""
        await self._active.skip()
        self._show_active_set()

    def action_leave(self) -> None:
        """Be asked no more; g goes on."""
        self._active.leave()
        self._say("g goes on with the session")
        self._show_active_set()

    def _end_session(self, total: int) -> None:
        def answered(learn: bool | None) -> None:
            if learn:
                self.action_learn()

        self._active.leave()
        self._show_active_set()
        self.app.push_screen(
            Confirm(
                f"All {total} digits are drawn and kept.",
                "The network can learn them now; it takes seconds to minutes, and you can go on drawing.",
                yes="Learn",
                no="Later",
            ),
            answered,
        )

    # Learning

    def action_learn(self) -> None:
        """Have the network learn the active set, in the background."""
        self.post_message(FineTune())

    def action_pin(self) -> None:
        """Have this drawing followed while a run learns; the same again, or an empty pad, unpins."""
        bitmap, pinned = of_ink(self.query_one(Pad).ink), self.owners.pinned
        if pinned.bitmap is not None and (not bitmap.any() or np.array_equal(bitmap, pinned.bitmap)):
            pinned.unpin()
            self._say("unpinned")
        elif not bitmap.any():
            self._say("draw something to pin")
        else:
            pinned.pin(bitmap)
            self._say("pinned: t shows how it is learned")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What belongs to a guided session is offered there, and there alone."""
        guided = self._active.session is not None
        if action in ("skip", "leave"):
            return guided
        if action in ("which", "learn", "guided"):
            return not guided
        return True

    # Showing

    def _show_active_set(self) -> None:
        """The set's counts and, on the pad, what is to be drawn."""
        active, pad = self._active, self.query_one(Pad)
        self.query_one(DigitCounts).show(active.own.name, active.counts)
        session = active.session
        if session is not None and session.digit is not None:
            asked = f"Draw {'an' if session.digit == 8 else 'a'} {session.digit}"
            place = f"{session.number} of {session.total}"
            pad.border_title = f"{asked}  ({place})"
            pad.hint = (asked, place, "", "Enter keeps it", "b takes the last one back")
        else:
            left = guided_session.unfinished(active.own.folder)
            pad.border_title = ""
            more = "g asks you for each digit" if left is None else "g goes on with the session"
            pad.hint = (*HINT, "", more)
        self.refresh_bindings()
        self.show_status()

    def pen_words(self) -> str:
        """Where the pen is, what it does, and whether a drawing is pinned."""
        return super().pen_words() + ("  ◆ pinned" if self.owners.pinned.bitmap is not None else "")

    def said(self) -> tuple[str, str]:
        """What was just done, and what is being learned."""
        learning = self.owners.fine_tuning.current
        return self._said, "" if learning is None else learning.words

    def _say(self, text: str) -> None:
        self._said, self._said_at = text, len(self.query_one(Pad).ink.strokes)
        self.show_status()

    def _complain(self, error: DataError) -> None:
        complain(self, printable(str(error)))
