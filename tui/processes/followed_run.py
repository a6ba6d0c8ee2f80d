"""One run that is followed: what it has written so far, and its state.

Reads files and tests locks; knows nothing of widgets. Several callers may share one, also from a thread.
"""

from __future__ import annotations

import threading
import time

from core.runs import events
from core.runs.follow import EventReader
from core.runs.history import History
from core.runs.run import FAILED, FINISHED, RUNNING, STOPPED, Run

STARTING, STOPPING, GONE = "starting", "stopping", "gone"
_PATIENCE = 10.0
"""Seconds after which a new run without events counts as killed, if its process was not started here."""


class FollowedRun:
    """Call `look` repeatedly; when `version` changes, read `history` and `state` again."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.version = 0
        """Increases when events were added or the state changed, whichever caller looked."""
        self.history = History()
        self.state = ""
        """A status of `core.runs.run`, or `starting`, `stopping`, `gone` (no folder); empty before the first look."""
        self.trouble = ""
        """Why the run's summary cannot be read; empty if it can."""
        self.sudden_end = ""
        """Why a run that has stopped has no ending, as a clause; empty as long as that is not so."""
        self._reader = EventReader(run)
        self._expected = False
        self._alive = False
        self._looking = threading.Lock()

    def expect(self) -> None:
        """A process was just started for this run: until it holds the lock the run counts as starting."""
        self._expected = True

    def give_up(self) -> None:
        """Stop expecting the process: it has begun or ended."""
        self._expected = False

    def look(self) -> None:
        """Read what was added since the last look; does nothing while another caller is looking."""
        if self._looking.acquire(blocking=False):
            try:
                self._look()
            finally:
                self._looking.release()

    def _look(self) -> None:
        alive = self.run.is_running()  # asked before reading, so that the last lines are not missed
        added = self._reader.read()
        for event in added:
            self.history.feed(event)
        if alive:
            self.give_up()
        before = self.state, self._alive
        self.state, self._alive = self._state_now(alive), alive
        # A run that has reported its end can be resumed only once its process has released the lock.
        if added or before != (self.state, alive):
            self.version += 1

    def _ended(self) -> str:
        """The status of a run that nobody writes; its figures are taken from whichever file has them."""
        if (ending := self.run.ending()) is None:
            self.sudden_end = self.sudden_end or self.run.sudden_end()
            return STOPPED
        if ending.event is not None and type(self.history.end) is not type(ending.event):
            self.history.feed(ending.event)  # its line among the events was damaged
        if ending.trouble and ending.trouble != self.trouble:
            self.history.feed(events.Note(f"summary.json cannot be read: {ending.trouble}", level="warning"))
        self.trouble = ending.trouble
        return ending.status

    @property
    def is_going(self) -> bool:
        """Whether the run is starting, running or stopping."""
        return self.state in (STARTING, RUNNING, STOPPING)

    def _state_now(self, alive: bool) -> str:
        end = self.history.end
        if not alive:
            if not self.run.path.exists():
                return GONE
            if self._expected or (not self.run.events.exists() and _age(self.run) < _PATIENCE):
                return STARTING
            return self._ended()
        if end is not None:
            # The summary is written after the final event, and removed first when a run is resumed.
            goes_on = self.state in ("", STARTING, FINISHED, STOPPED, FAILED) and self.run.ending() is None
            return STARTING if goes_on else end.kind
        if self.run.stop_requested():
            return STOPPING
        return RUNNING if self.history.started else STARTING


def _age(run: Run) -> float:
    """Seconds since the run was created."""
    try:
        return time.time() - (run.path / "config.json").stat().st_mtime
    except OSError:
        return float("inf")
