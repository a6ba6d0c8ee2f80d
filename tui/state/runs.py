"""The runs: which one is shown, which were started here, and one shared `FollowedRun` for each."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from textual.signal import Signal

from tui.state.complaint import complain

if TYPE_CHECKING:
    from textual.app import App

    from core.config.configuration import TrainingConfig
    from core.runs.deletion import Deletions
    from core.runs.run import Run
    from tui.processes.followed_run import FollowedRun


class Runs:
    """Starts, resumes, stops and follows runs; read `current`."""

    def __init__(self, app: App[Any]) -> None:
        """`app` receives `RunProcessEnded` when a process ends, and shows errors."""
        self.changed: Signal[Run] = Signal(app, "run")
        """Published with `current` when another run is shown, or the same one is resumed."""
        self._app = app
        self._current: Run | None = None
        self._started: dict[Run, FollowedRun] = {}
        """The runs whose process was started here and has not ended."""
        self._followed: WeakValueDictionary[Run, FollowedRun] = WeakValueDictionary()
        """The runs that are being followed; dropping the last reference stops following."""
        self._deletions: Deletions | None = None
        self._lock = threading.Lock()
        """Guards `_followed`: the list of runs is made in a thread, which follows runs too."""

    @property
    def current(self) -> Run | None:
        """The run that is shown."""
        return self._current

    def choose(self, run: Run) -> None:
        """Show this run; call it again for the same run when it is resumed."""
        self._current = run
        self.changed.publish(run)

    def follow(self, run: Run) -> FollowedRun:
        """The `FollowedRun` of a run, shared by all callers."""
        from tui.processes.followed_run import FollowedRun  # not at start

        with self._lock:
            followed = self._followed.get(run)
            if followed is None:
                followed = self._followed[run] = FollowedRun(run)
            return followed

    async def start(self, config: TrainingConfig) -> Run:
        """Start a training run in a process of its own. Raises DigitsError if it cannot be created or started."""
        from core.runs import run as runs  # not at start

        run = await asyncio.to_thread(runs.create_run, config)
        self._start_process(run)
        return run

    def resume(self, run: Run) -> None:
        """Resume a run that was stopped. Raises DigitsError if it cannot be started."""
        self._start_process(run, resume=True)

    def stop(self, run: Run) -> None:
        """Ask a run to save its state and stop. Raises RunError if the request cannot be written."""
        run.request_stop()

    def delete(self, runs: Sequence[Run], in_use: Path | None) -> None:
        """Delete them, until the app closes not for good; `in_use` is the checkpoint that reads drawings.

        Blocks. Raises RunError as `Deletions.delete` does.
        """
        from core.errors import RunError
        from core.runs.deletion import Deletions  # not at start

        for run in runs:
            if run in self._started:  # its process may not hold the lock yet
                raise RunError(f"{run.name} is going; stop it, then delete it")
        if self._deletions is None:
            self._deletions = Deletions()
        self._deletions.delete(runs, in_use)

    def undelete(self) -> list[Run]:
        """Bring back what was deleted last; empty if nothing was. Blocks; raises RunError if that fails."""
        return [] if self._deletions is None else self._deletions.undo()

    @property
    def can_undelete(self) -> bool:
        """Whether there is something to bring back."""
        return self._deletions is not None and self._deletions.can_undo

    def close(self) -> None:
        """The app closes: what was deleted is removed for good."""
        if self._deletions is not None:
            self._deletions.close()

    def is_going(self, run: Run) -> bool:
        """Whether the run trains, or was started here and is about to."""
        return run in self._started or run.is_running()

    def expect(self, run: Run) -> None:
        """A process was just started for this run: until it holds the lock, the run counts as starting."""
        self._started[run] = followed = self.follow(run)
        followed.expect()

    def ended(self, run: Run, status: int) -> None:
        """A process that was started here has ended with this exit status; report it if the run did not."""
        if (followed := self._started.pop(run, None)) is not None:
            followed.give_up()
        # An expected failure is in the run's events, which the training screen shows.
        if status and run.ending() is None:
            complain(
                self._app,
                f"{run.name} ended unexpectedly, with status {status}. Its output is in {run.log}",
            )

    def _start_process(self, run: Run, *, resume: bool = False) -> None:
        from tui.processes import run_process  # not at start

        run_process.start(run, self._app, resume=resume)
        self.expect(run)
