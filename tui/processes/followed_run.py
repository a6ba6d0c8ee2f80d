"""One run that is followed: what it has written so far, and its state.

Reads files and tests locks; knows nothing of widgets. Several callers may share one, also from a thread.
"""

from __future__ import annotations

import math
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
        self._began: float | None = None
        """When the run began to start, in Unix seconds; None while it does not start."""
        self._earlier_end: events.Event | None = None
        """How the run ended before the process that starts now."""
        self._looking = threading.Lock()

    def expect(self) -> None:
        """A process was just started for this run: until it holds the lock the run counts as starting."""
        self._expected = True
        self._began = time.time()

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
        if not self.is_starting:
            self._began = None
        elif self._began is None:
            age = _age(self.run)
            is_new = self.history.started is None and math.isfinite(age)
            self._began = time.time() - (age if is_new else 0.0)
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

    @property
    def is_starting(self) -> bool:
        """Whether the run is going but does not train yet, in this process."""
        return self.is_going and not (self._alive and self._trains)

    @property
    def seconds_starting(self) -> float:
        """For how long the run has been starting; 0 if it is not."""
        return 0.0 if self._began is None else max(0.0, time.time() - self._began)

    @property
    def doing(self) -> str:
        """What a run that is starting does."""
        if (loading := self.history.loading) is not None and loading.total:
            return f"reading image {loading.done:,} of {loading.total:,}"
        if self._alive and (starting := self.history.starting) is not None:
            return starting.doing
        return "loading Python"

    def _state_now(self, alive: bool) -> str:
        end = self.history.end
        if not alive:
            if not self.run.path.exists():
                return GONE
            if self._expected or (not self.run.events.exists() and _age(self.run) < _PATIENCE):
                self._earlier_end = end
                return STOPPING if self.run.stop_requested() else STARTING
            return self._ended()
        if end is not None and not self._goes_on(end):
            return end.kind
        if self.run.stop_requested():
            return STOPPING
        return RUNNING if self._trains else STARTING

    @property
    def _trains(self) -> bool:
        """Whether the last that was reported is neither an end nor what comes before training."""
        history = self.history
        return history.started is not None and history.end is None and history.starting is None

    def _goes_on(self, end: events.Event) -> bool:
        """Whether a process that is alive goes on with a run that had ended so."""
        # The summary is written after the final event, and removed first when a run is resumed.
        if self.state in ("", STARTING, FINISHED, STOPPED, FAILED) and self.run.ending() is None:
            self._earlier_end = end
        return end is self._earlier_end


def _age(run: Run) -> float:
    """Seconds since the run was created."""
    try:
        return time.time() - (run.path / "config.json").stat().st_mtime
    except OSError:
        return float("inf")
