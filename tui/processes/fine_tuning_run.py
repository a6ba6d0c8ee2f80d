"""A fine-tuning run on the user's drawings, and a short text about its progress."""

from __future__ import annotations

from core.duration import duration
from core.runs.events import Failed, Finished
from core.runs.run import FINISHED, RUNNING, STOPPED, Run
from core.words import percent
from tui.processes.followed_run import GONE, STARTING, FollowedRun


class FineTuningRun:
    """Call `look` repeatedly, then read the properties."""

    def __init__(self, followed: FollowedRun) -> None:
        self.asked = False
        """Whether the user was asked to keep the result; after putting it off, Learn asks again."""
        self._followed = followed
        self._seen = -1

    @property
    def run(self) -> Run:
        """Its run directory."""
        return self._followed.run

    def look(self) -> bool:
        """Read what was added; returns whether anything has changed since the last look."""
        self._followed.look()
        before, self._seen = self._seen, self._followed.version
        return self._seen != before

    @property
    def is_going(self) -> bool:
        """Whether it is still learning."""
        return self._followed.is_going

    @property
    def is_gone(self) -> bool:
        """Whether its directory was deleted."""
        return self._followed.state == GONE

    @property
    def finished(self) -> Finished | None:
        """Its result; None until it has finished and its process has let go of the files."""
        end = self._followed.history.end
        return end if isinstance(end, Finished) and not self.run.is_running() else None

    @property
    def words(self) -> str:
        """Such as `learning 43%, 8 s left`."""
        state, history = self._followed.state, self._followed.history
        if state == RUNNING and history.started is not None:
            left = history.seconds_left
            return f"learning {percent(history.fraction, 0)}" + ("" if left is None else f", {duration(left)} left")
        if state in (STARTING, RUNNING, ""):
            return "learning: getting ready"
        if state == FINISHED:
            return "learned: press l"
        if isinstance(history.end, Failed):
            return "learning failed: t shows why"
        if state == STOPPED and history.end is None:
            return "learning was killed"
        return "learning was stopped" if state == STOPPED else f"learning: {state}"
