"""Learning the person's hand: the run that does it, how far it is, and the question whether to keep what came of it.

The run is one like any other and outlives the app; the question waits, also for the next start. How it is asked is
none of this module's business.
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
    """Call `attach` once the app is there, then `begin` and `answer`; read `current`."""

    def __init__(self, app: App[Any], runs: Runs, model: Model) -> None:
        """`app` keeps the time, and says in passing what is to be known."""
        self.changed: Signal[FineTuningRun | None] = Signal(app, "fine-tuning")
        """Published with `current`, also where that is further than before."""
        self.due: Signal[FineTuningRun] = Signal(app, "fine-tuning result")
        """Published again and again while the question is due and not asked; whoever asks it sets `asked`."""
        self._app, self._runs, self._model = app, runs, model
        self._current: FineTuningRun | None = None
        self._timer: Timer | None = None
        self._said = False

    @property
    def current(self) -> FineTuningRun | None:
        """The run that is going, or has finished and waits for an answer."""
        return self._current

    def attach(self) -> None:
        """Go on with what was begun before the app was last left."""
        if (path := preferences.unanswered_run()) is not None:
            from core.runs.run import Run  # not at start

            self._follow(Run(path))

    async def begin(self, start: Callable[[TrainingConfig], Awaitable[Run | None]]) -> None:
        """Start learning the active set; where an answer is still due, ask for that first. Raises DigitsError.

        `start` starts a run, or returns None where the person would rather not.
        """
        from core.data import own_sets  # none of them at start
        from core.runs import fine_tuning

        current = self._current
        if current is not None and current.finished is not None:
            current.asked = False
            self.look()
            return
        if current is not None and current.is_going:
            self._app.notify("It is learning already. You can go on drawing meanwhile.")
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
        """See how far it is, and whether the question is due."""
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
        """The question cannot be asked just now: say once that there is one."""
        if not self._said:
            self._said = True
            self._app.notify("Your drawings are learned. The drawing screen shows the result.")

    def answer(self, *, keep: bool) -> None:
        """Read with the new model from now on, or leave all as it was; nothing is asked about this run again."""
        current = self._current
        if current is None:
            return
        self._set(None)
        try:
            if keep:
                self._app.notify(
                    "From now on the new model reads, also after another start. On the drawing screen k chooses."
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
