"""Fine-tuning on the user's drawings: its run, its progress, and the question whether to keep the result.

The run is an ordinary run and outlives the app; the question waits, if need be for the next start. How it is asked is
decided elsewhere.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from textual.signal import Signal

from core.errors import DigitsError
from core.runs import preferences
from tui.state.complaint import complain

if TYPE_CHECKING:
    from textual.app import App
    from textual.timer import Timer

    from core.config.configuration import TrainingConfig
    from core.runs.run import Run
    from tui.processes.fine_tuning_run import FineTuningRun
    from tui.state.model import Model
    from tui.state.runs import Runs

_LOOK = 0.3
"""Seconds between two looks at the run."""


class FineTuning:
    """Call `attach` once the app is running, then `begin` and `answer`; read `current`."""

    def __init__(self, app: App[Any], runs: Runs, model: Model) -> None:
        """`app` runs the timer and shows the notifications."""
        self.changed: Signal[FineTuningRun | None] = Signal(app, "fine-tuning")
        """Published with `current`, also when the run has made progress."""
        self.due: Signal[FineTuningRun] = Signal(app, "fine-tuning result")
        """Published repeatedly while the question is due; the subscriber that asks it sets `asked`."""
        self._app, self._runs, self._model = app, runs, model
        self._current: FineTuningRun | None = None
        self._timer: Timer | None = None
        self._said = False

    @property
    def current(self) -> FineTuningRun | None:
        """The run that is going or waits for an answer; None if there is none."""
        return self._current

    def attach(self) -> None:
        """Follow the run whose answer was still due when the app was last left."""
        if (path := preferences.unanswered_run()) is not None:
            from core.runs.run import Run  # not at start

            self._follow(Run(path))

    async def begin(self, start: Callable[[TrainingConfig], Awaitable[Run | None]]) -> None:
        """Start learning the active set; if an answer is still due, ask for that instead. Raises DigitsError.

        `start` starts a run, or returns None if the user declines.
        """
        from core.data import own_sets  # not at start
        from core.runs import fine_tuning

        current = self._current
        if current is not None and current.finished is not None:
            current.asked = False
            self.look()
            return
        if current is not None and current.is_going:
            self._app.notify("It is already learning. You can keep drawing meanwhile.")
            return
        active = own_sets.active()
        checkpoint = self._model.checkpoint
        config = await asyncio.to_thread(fine_tuning.plan, active.folder, own_sets.counts(active), checkpoint)
        run = await start(config)
        if run is not None:
            self._runs.choose(run)
            self._follow(run)
            preferences.await_answer(run.path)

    def look(self) -> None:
        """Read the run's progress, and publish `due` if the question is due."""
        current = self._current
        if current is None:
            return
        if current.look():
            self.changed.publish(current)
        if current.is_gone:
            self.answer(keep=False)
        elif current.finished is not None and not current.asked:
            self.due.publish(current)

    def put_off(self) -> None:
        """The question cannot be asked now: notify the user once that the result is ready."""
        if not self._said:
            self._said = True
            self._app.notify("The network has learned your drawings. The drawing screen shows the result.")

    def answer(self, *, keep: bool) -> None:
        """Read with the new model from now on, or change nothing. Either way this run's question is settled."""
        current = self._current
        if current is None:
            return
        self._set(None)
        try:
            if keep:
                self._app.notify(
                    "The new model reads from now on, even after a restart. On the drawing screen, k chooses another."
                )
                self._model.choose(current.run.model)
            preferences.answered()
        except DigitsError as error:
            complain(self._app, error)

    def _follow(self, run: Run) -> None:
        from tui.processes.fine_tuning_run import FineTuningRun  # not at start

        self._said = False
        self._set(FineTuningRun(self._runs.follow(run)))
        self.look()

    def _set(self, current: FineTuningRun | None) -> None:
        self._current = current
        if self._timer is None:
            self._timer = self._app.set_interval(_LOOK, self.look)
        elif current is None:
            self._timer.pause()
        else:
            self._timer.resume()
        self.changed.publish(current)
