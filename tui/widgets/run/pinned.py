"""The pinned drawing, read again with each checkpoint of the followed run: watch it learn this digit.

Uses one reader process of its own, and only while a drawing is pinned, a run is going and the widget is visible.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal

from core.networks.checkpoint_file import written_at
from core.reading.questions import Id
from core.reading.reading import Reading
from core.runs.run import Run
from tui.processes.reader import Answered, MakeReader, Reader, ReaderChanged, ReaderLike, posting
from tui.widgets.shared.probabilities import Probabilities
from tui.widgets.shared.samples import shrunk
from tui.widgets.shared.thumbnail import Thumbnail

_LOOK = 0.5
"""Seconds between two looks at the run's checkpoint."""
_WATCH = 4
"""Looks between two signals to the run that it is being watched (2 s), so that it saves more often."""
_PATIENCE = 20
"""Looks to wait for the last checkpoint of a run that has ended."""
_BARS = 26
"""Columns that the bars need beside the drawing."""
_NONE = (0.0,) * 10
_WAITS = "waiting for weights"


class PinnedBars(Horizontal):
    """Ten bars and, if there is room, the pinned drawing. The last reading stays when the run ends."""

    DEFAULT_CSS = """
    PinnedBars {
        & > Thumbnail { margin-right: 2; }
        & > Probabilities { width: 1fr; }
    }
    """

    def __init__(
        self,
        *,
        id: str | None = None,  # noqa: A002 - Textual's name
        make_reader: MakeReader = Reader,
    ) -> None:
        """`make_reader` is called with the two callbacks of `Reader`."""
        super().__init__(id=id)
        self._make_reader = make_reader
        self._reader: ReaderLike | None = None
        self._bitmap: NDArray[np.uint8] | None = None
        self._run: Run | None = None
        self._going = self._was_going = False
        """Whether the run is going, and whether it has been at any time while it was followed."""
        self._reading: Reading | None = None
        self._loaded: Run | None = None
        """The run whose checkpoint the reader has loaded."""
        self._asked: int | None = None
        """The write time in nanoseconds of the checkpoint that the reader was last asked to read with."""
        self._asked_id: Id = None
        """The id of that request."""
        self._answered: int | None = None
        """The write time of the checkpoint that the bars are from."""
        self._failed = False
        self._looks = 0

    def compose(self) -> ComposeResult:
        yield Thumbnail()
        yield Probabilities()

    def on_mount(self) -> None:
        """Create the timer; it is paused while nothing is pinned."""
        self._say(_WAITS)
        self._timer = self.set_interval(_LOOK, self._look, pause=True)

    async def on_unmount(self) -> None:
        """End the reader, so that no process stays behind."""
        await self._rest()

    def on_resize(self) -> None:
        """Show the drawing as large as possible, and the bars in one column or two."""
        self.query_one(Probabilities).styles.height = 10 if self.content_size.height >= 10 else 5
        self._show_seen()

    @property
    def has_something(self) -> bool:
        """Whether there is something to see, or will be."""
        return self._bitmap is not None and (self._going or self._reading is not None)

    def follow(self, run: Run, going: bool) -> None:
        """Read with the checkpoints of this run while it is going."""
        if run != self._run:
            self._run, self._was_going = run, False
            self._forget()
        if going != self._going:
            self._going, self._looks = going, 0
        self._was_going |= going
        self._wake()

    def pin(self, bitmap: NDArray[np.uint8] | None) -> None:
        """Read this (H, W) uint8 drawing, ink bright on 0, in place of any other; None for none."""
        self._bitmap = bitmap
        self._forget()
        self._wake()

    def _forget(self) -> None:
        """Discard the reading: it is of another drawing or by another run."""
        self._reading = self._asked = self._asked_id = self._answered = None
        self.query_one(Probabilities).values = _NONE
        self._show_seen()
        self._say(_WAITS)

    # The reader. Only `_look` starts and ends it, and looks never overlap, so there is never a second one.

    @property
    def _is_wanted(self) -> bool:
        """Whether there is more to read, with weights that are still to come or with the last ones."""
        if self._bitmap is None or self._run is None:
            return False
        last = self._was_going and self._answered != written_at(self._run.model) and self._looks < _PATIENCE
        return self._going or last

    def on_show(self) -> None:
        """Continue when the widget is visible again."""
        self._wake()

    def _wake(self) -> None:
        if self._is_wanted:
            self._timer.resume()

    async def _look(self) -> None:
        if not (self._is_wanted and self.display and self.screen.is_active):
            await self._rest()
            return
        run, bitmap = self._run, self._bitmap
        assert run is not None and bitmap is not None
        if self._going and self._looks % _WATCH == 0:
            run.watch()
        self._looks += 1
        written = written_at(run.model)
        if written is None or written == self._asked:
            return
        if self._reader is None:
            self._reader = self._make_reader(*posting(self))
            self._reader.start()
        if self._loaded != run or self._failed:
            self._reader.load(run.model)
            self._loaded, self._failed = run, False
        self._asked = written
        self._asked_id = self._reader.ask(bitmap)

    async def _rest(self) -> None:
        """End the reader process; its last reading stays."""
        self._timer.pause()
        if self._reader is not None:
            reader, self._reader = self._reader, None
            self._loaded = self._asked = None
            await reader.close()

    @on(ReaderChanged)
    def _reader_changed(self, event: ReaderChanged) -> None:
        event.stop()
        self._failed = event.state.phase == "failed"
        if self._failed or (event.state.phase != "ready" and self._reading is None):
            self._say(event.state.text)

    @on(Answered)
    def _show(self, event: Answered) -> None:
        event.stop()
        if event.id != self._asked_id or self._run is None or self._bitmap is None:
            return  # the answer is about a drawing that is no longer pinned
        if Path(event.reading.checkpoint) != self._run.model:
            return  # before it has the run's weights, the reader uses the shipped ones
        self._reading, self._answered = event.reading, self._asked
        self.query_one(Probabilities).values = event.reading.shares
        self._show_seen()
        self._say("nothing is drawn" if event.reading.digit is None else f"read as {event.reading.digit}")

    # Showing

    def _show_seen(self) -> None:
        width, height = self.content_size
        side = next((side for side in (28, 14) if side // 2 <= height and side + 2 + _BARS <= width), 0)
        seen = self._reading.seen if self._reading is not None and side else None
        thumbnail = self.query_one(Thumbnail)
        thumbnail.display = seen is not None
        thumbnail.bitmap = None if seen is None else shrunk(seen, side)

    def _say(self, words: str) -> None:
        title = f"Pinned: {words}"
        if self.border_title != title:
            self.border_title = title  # assigning it repaints, even if it is the same
