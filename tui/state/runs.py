"""The runs: which one is looked at, which were started here, and one `FollowedRun` for all who follow the same."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from textual.signal import Signal

from tui.state.complaint import complain

if TYPE_CHECKING:
    from textual.app import App

    from core.config.configuration import TrainingConfig
    from core.runs.run import Run
    from tui.processes.followed_run import FollowedRun


class Runs:
    """Starts, resumes and stops runs; read `current`."""

    def __init__(self, app: App[Any]) -> None:
        """`app` is told of processes that end, by `RunProcessEnded`, and says what went wrong."""
        self.changed: Signal[Run] = Signal(app, "run")
        """Published with `current`: another run is looked at, or the same one goes on."""
        self._app = app
        self._current: Run | None = None
        self._started: dict[Run, FollowedRun] = {}
        """The runs whose process was started here and has not ended."""
        self._followed: WeakValueDictionary[Run, FollowedRun] = WeakValueDictionary()
        """Those that somebody follows; whoever stops following just lets go of it."""
        self._lock = threading.Lock()
        """The list of runs is made in a thread, which follows runs too."""

    @property
    def current(self) -> Run | None:
        """The run that is looked at."""
        return self._current

    def choose(self, run: Run) -> None:
        """Look at this run; again at the same one where it goes on."""
        self._current = run
        self.changed.publish(run)

    def follow(self, run: Run) -> FollowedRun:
        """What is known of a run, shared by all who follow it."""
        from tui.processes.followed_run import FollowedRun  # not at start

        with self._lock:
            followed = self._followed.get(run)
            if followed is None:
                followed = self._followed[run] = FollowedRun(run)
            return followed

    async def start(self, config: TrainingConfig) -> Run:
        """Start a training run of its own process. Raises DigitsError where none can be made or started."""
        from core.runs import run as runs  # not at start

        run = await asyncio.to_thread(runs.create_run, config)
        self._start_process(run)
        return run

    def resume(self, run: Run) -> None:
        """Go on with a run that was stopped or interrupted. Raises DigitsError where it cannot be started."""
        self._start_process(run, resume=True)

    def stop(self, run: Run) -> None:
        """Ask a run to save its state and stop. Raises RunError where it cannot be asked."""
        run.request_stop()

    def is_going(self, run: Run) -> bool:
        """Whether the run trains, or was started here and is about to."""
        return run in self._started or run.is_running()

    def expect(self, run: Run) -> None:
        """A process was just started for this run: until it writes, the run counts as starting."""
        self._started[run] = followed = self.follow(run)
        followed.expect()

    def ended(self, run: Run, status: int) -> None:
        """The process that was started here has ended with this exit status; tell of one that died without a word."""
        if (followed := self._started.pop(run, None)) is not None:
            followed.give_up()
        # A run that fails in a way that we foresaw says so in its events, which the training screen shows.
        if status and not run.summary():
            complain(
                self._app,
                f"{run.name} ended unexpectedly, with status {status}. What it printed is in {run.log}",
            )

    def _start_process(self, run: Run, *, resume: bool = False) -> None:
        from tui.processes import run_process  # not at start

        run_process.start(run, self._app, resume=resume)
        self.expect(run)
