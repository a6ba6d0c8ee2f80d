"""The drawing screen: draw, see the drawing read, keep it with its digit, and have the network learn from it.

`tui.state.active_set` keeps drawings and `tui.state.fine_tuning` learns from them; this screen has the keys and the
display.
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
from tui.processes.reader import Answered, MakeExplaining, Reader
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
    """The pad and its readings, with the keys that keep drawings and learn from them."""

    TITLE = "Draw"
    BINDING_GROUP_TITLE = "Draw"
    CSS_PATH = "drawing.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "confirm", "Keep"),
        # Stands for the ten keys below in the footer, the help and the palette; no terminal sends such a key.
        Binding("0-9", "which", "Keep as"),
        *(Binding(str(digit), f"keep({digit})", show=False) for digit in range(10)),
        Binding("b", "take_back", "Take back the last drawing", show=False),
        Binding("backspace", "take_back", "Take back the last drawing", show=False),
        Binding("l", "learn", "Learn"),
        Binding("s", "skip", "Skip"),
        Binding("escape", "leave", "Leave"),
        Binding("g", "guided", "Guided session", show=False),
        Binding("i", "pin", "Pin or unpin this drawing", show=False),
        Binding("o", "own", "Choose who is drawing", show=False),
        *ReadingScreen.BINDINGS,
    ]

    def __init__(self, owners: Owners, make_reader: MakeExplaining = Reader) -> None:
        """`make_reader` is called with the two callbacks of `Reader`."""
        super().__init__(owners, make_reader)
        self._active = ActiveSet(self._complain)
        self._said, self._said_at = "", 0
        """The last message, and the number of strokes at the time; the next stroke removes the message."""
        self._confirmed: tuple[int, int] | None = None
        """The digit that was confirmed and the drawing's revision, while its newest reading is still to come."""
        self._insisted: tuple[int, int] | None = None
        """The digit pressed for a number and the drawing's revision; pressing it again keeps the drawing."""

    def compose_said(self) -> ComposeResult:
        """The answer, and the active set's counts."""
        yield Answer()
        yield DigitCounts()

    def on_mount(self) -> None:
        """Put the drawing back that was on the pad when the app last ended, however that happened."""
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
        """Save the pad's drawing for the next start."""
        await self.owners.draft.close()

    def on_screen_resume(self) -> None:
        """Read the sets again: another screen or program may have changed them."""
        self._active.look()
        self._show_active_set()

    @property
    def can_be_interrupted(self) -> bool:
        """Whether the user is not in the middle of a stroke."""
        return not self.query_one(Pad).is_drawing

    def drawn(self, ink: Ink) -> None:
        """Have the drawing read, and save it for the next start until it is kept."""
        if self._said and len(ink.strokes) != self._said_at:
            self._said = ""
            self.show_status()
        super().drawn(ink)
        self.owners.draft.changed(ink)

    # Keeping drawings

    async def action_confirm(self) -> None:
        """Keep the drawing as the digit that the session asks for or, without a session, as the digit that was read."""
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
            # The reading shown is older than the drawing; the newest is on its way and may differ.
            self._confirmed = self._reading.digit, self.query_one(Pad).revision

    @on(Answered)
    async def _confirm_late(self, event: Answered) -> None:
        """Keep a drawing that was confirmed before its last strokes were read, if they did not change the reading."""
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
                self._say(f"it now reads as {event.reading.number}: Enter again?")

    async def action_keep(self, digit: int) -> None:
        """Keep the drawing as `digit`, and start the next one."""
        pad = self.query_one(Pad)
        if pad.ink.is_empty:
            self._say("draw something first")
            return
        pad.lift()
        if self._reading is not None and self._reading.digits:
            before, self._insisted = self._insisted, (digit, pad.revision)
            if before != self._insisted:
                self._say(f"{_SINGLE}; {digit} again to keep it")
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
        """Explain how to keep the drawing as a digit."""
        self._say("press its digit, or click its bar")

    async def on_probabilities_chosen(self, event: Probabilities.Chosen) -> None:
        """A click on a digit's bar keeps the drawing as that digit."""
        await self.action_keep(event.digit)

    async def action_take_back(self) -> None:
        """Take the last kept drawing out of the set, and put it on the pad to be corrected."""
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
        """Choose the active set, or create one."""

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
        """Begin or continue a guided session."""

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
        """Move this digit to the end of the session."""
        await self._active.skip()
        self._show_active_set()

    def action_leave(self) -> None:
        """Leave the session; g continues it."""
        self._active.leave()
        self._say("g continues the session")
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
                "The network can learn them now. This takes seconds to minutes; you can keep drawing.",
                yes="Learn",
                no="Later",
            ),
            answered,
        )

    # Learning

    def action_learn(self) -> None:
        """Fine-tune the network on the active set, in the background."""
        self.post_message(FineTune())

    def action_pin(self) -> None:
        """Pin this drawing, so that a run reads it as it learns; the same drawing or an empty pad unpins it."""
        bitmap, pinned = of_ink(self.query_one(Pad).ink), self.owners.pinned
        if pinned.bitmap is not None and (not bitmap.any() or np.array_equal(bitmap, pinned.bitmap)):
            pinned.unpin()
            self._say("unpinned")
        elif not bitmap.any():
            self._say("draw something to pin")
        else:
            pinned.pin(bitmap)
            self._say("pinned; t shows how a training learns it")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer a guided session's actions only during one, and the others' only outside."""
        guided = self._active.session is not None
        if action in ("skip", "leave"):
            return guided
        if action in ("which", "learn", "guided"):
            return not guided
        return super().check_action(action, parameters)

    # Showing

    def _show_active_set(self) -> None:
        """Show the set's counts and, on the pad, what to draw."""
        active, pad = self._active, self.query_one(Pad)
        self.query_one(DigitCounts).show(active.own.name, active.counts)
        session = active.session
        if session is not None and session.digit is not None:
            asked = f"Draw {'an' if session.digit == 8 else 'a'} {session.digit}"
            place = f"{session.number} of {session.total}"
            pad.border_title = f"{asked}  ({place})"
            pad.hint = (asked, place, "", "Enter keeps it", "b takes back the last one")
        else:
            left = guided_session.unfinished(active.own.folder)
            pad.border_title = ""
            more = "g starts a guided session" if left is None else "g continues the session"
            pad.hint = (*HINT, "", more)
        self.refresh_bindings()
        self.show_status()

    def pen_words(self) -> str:
        """The pen's state, and whether a drawing is pinned."""
        return super().pen_words() + ("  ◆ pinned" if self.owners.pinned.bitmap is not None else "")

    def said(self) -> tuple[str, str]:
        """The last message, and the fine-tuning's progress."""
        learning = self.owners.fine_tuning.current
        return self._said, "" if learning is None else learning.words

    def _say(self, text: str) -> None:
        self._said, self._said_at = text, len(self.query_one(Pad).ink.strokes)
        self.show_status()

    def _complain(self, error: DataError) -> None:
        complain(self, printable(str(error)))
