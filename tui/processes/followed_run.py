"""One run as it is followed: what was written so far, and the state it is in.

It reads files and asks for locks, and knows nothing of widgets. Several may follow the same one, also from a thread.
"""

from __future__ import annotations

import threading
import time

from core.runs.follow import EventReader
from core.runs.history import History
from core.runs.run import FAILED, FINISHED, INTERRUPTED, RUNNING, STOPPED, Run

STARTING, STOPPING, GONE = "starting", "stopping", "gone"
_PATIENCE = 10.0
"""Seconds after which a new run that nobody writes counts as killed, where we do not know its process."""


class FollowedRun:
    """Call `look` again and again; where `version` is another one, read `history` and `state` again."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.version = 0
        """Rises whenever something was added or the state changed, whoever looked."""
        self.history = History()
        self.state = ""
        """A status of `core.runs.run`, `starting`, `stopping`, or `gone` with its folder; empty before a first look."""
        self._reader = EventReader(run)
        self._expected = False
        self._alive = False
        self._looking = threading.Lock()

    def expect(self) -> None:
        """A process was just started for this run: until it holds the lock the run counts as starting."""
        self._expected = True

    def give_up(self) -> None:
        """The process that was started has begun, or has ended; wait for it no longer."""
        self._expected = False

    def look(self) -> None:
        """Read what was added since the last look; nothing where somebody else is looking just now."""
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
        # A run that has said how it ended can be resumed only once its process has let go of it.
        if added or before != (self.state, alive):
            self.version += 1

    @property
    def is_going(self) -> bool:
        """Whether more is to come."""
        return self.state in (STARTING, RUNNING, STOPPING)

    def _state_now(self, alive: bool) -> str:
        end = self.history.end
        if not alive:
            if not self.run.path.exists():
                return GONE
            if self._expected or (not self.run.events.exists() and _age(self.run) < _PATIENCE):
                return STARTING
            return str(self.run.summary().get("status", INTERRUPTED))
        if end is not None:
            # The summary follows its event, and is removed first when a run goes on.
            goes_on = self.state in ("", STARTING, FINISHED, STOPPED, FAILED) and not self.run.summary()
            return STARTING if goes_on else end.kind
        if self.run.stop_requested():
            return STOPPING
        return RUNNING if self.history.started else STARTING


def _age(run: Run) -> float:
    """Seconds since the run was asked for."""
    try:
        return time.time() - (run.path / "config.json").stat().st_mtime
    except OSError:
        return float("inf")
