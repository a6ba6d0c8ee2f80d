"""Learning the person's hand: the run that does it, how far it is, and the question whether to keep what came of it.

The run is one like any other and outlives the app; the question waits, also for the next start.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.widgets import Input

from core import paths
from core.data import own_sets
from core.data.own import own_set
from core.drawing import draft
from core.duration import duration
from core.errors import DataError, DigitsError
from core.runs import fine_tuning, preferences
from core.runs.events import Failed, Finished
from core.runs.run import FINISHED, RUNNING, STOPPED, Run
from core.words import percent
from tui.processes.followed_run import GONE, STARTING, FollowedRun
from tui.screens.mode import ModeScreen

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tui.app import DigitsApp

_LOOK = 0.3
"""Seconds between two looks at the run."""


class Lesson:
    """One run that learns an own set."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.asked = False
        """Whether the question was asked; whoever put the answer off asks for it by learning again."""
        self._followed = FollowedRun(run)

    def look(self, *, expected: bool) -> bool:
        """Read what was added; whether anything was. `expected`: its process was started here and may not be up yet."""
        if expected:
            self._followed.expect()
        else:
            self._followed.give_up()
        return self._followed.look()

    @property
    def is_going(self) -> bool:
        """Whether it still learns."""
        return self._followed.is_going

    @property
    def is_gone(self) -> bool:
        """Whether its directory was deleted."""
        return self._followed.state == GONE

    @property
    def finished(self) -> Finished | None:
        """What came of it; None before it has finished, and while its process is still at the files."""
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
            return "learnt: l shows what"
        if isinstance(history.end, Failed):
            return "learning failed: t shows why"
        return "learning was stopped" if state == STOPPED else "learning was interrupted"


class Lessons:
    """The app's; `app.lesson` is the one that goes on, or whose question is open."""

    def __init__(self, app: DigitsApp) -> None:
        self._app = app
        self._timer = app.set_interval(_LOOK, self.look, pause=True)
        self._said = False

    def attach(self) -> None:
        """Go on with what was begun before the app was last left."""
        if (path := preferences.lesson()) is not None:
            self._follow(Run(path))

    async def begin(self) -> None:
        """Start learning the active set; where an answer is still due, ask for that first. Raises DigitsError."""
        app = self._app
        if app.lesson is not None and app.lesson.finished is not None:
            app.lesson.asked = False
            self.look()
            return
        if app.lesson is not None and app.lesson.is_going:
            app.notify("It is learning already. You can go on drawing meanwhile.")
            return
        taught = own_sets.active()
        config = await asyncio.to_thread(fine_tuning.plan, taught.folder, own_sets.counts(taught), app.checkpoint)
        run = await app.begin_run(config)
        if run is not None:
            app.current_run = run
            self._follow(run)
            preferences.await_answer(run.path)

    def look(self) -> None:
        """See how far it is, and ask when it is done."""
        app = self._app
        learning = app.lesson
        if learning is None:
            self._timer.pause()
            return
        if learning.look(expected=app.is_going(learning.run)):
            app.lesson = learning
        if learning.is_gone:
            self._close()
        elif (finished := learning.finished) is not None and not learning.asked:
            if self._may_ask():
                self._ask(learning, finished)
            elif not self._said:
                self._said = True
                app.notify("What you taught is learnt. The drawing screen shows what came of it.")

    def _follow(self, run: Run) -> None:
        self._said = False
        self._app.lesson = Lesson(run)
        self._timer.resume()
        self.look()

    def _may_ask(self) -> bool:
        """Not over a dialog, nor where an answer's key means something else, text is typed or a stroke is drawn."""
        screen = self._app.screen
        if not isinstance(screen, ModeScreen) or not screen.is_mounted or not screen.can_be_interrupted:
            return False
        parts = (type(screen), *screen.PARTS)
        keys = {binding.key for part in parts for binding in Binding.make_bindings(part.BINDINGS)}
        return not isinstance(screen.focused, Input) and not {"y", "n"} & keys

    def _ask(self, learning: Lesson, finished: Finished) -> None:
        from tui.screens.learnt import Learnt, LearntScreen

        learning.asked = True
        try:
            config = learning.run.config()
        except DigitsError as error:
            self._app.complain(error)
            self._close()
            return
        before = Path(config.fine_tune) if config.fine_tune is not None else paths.shipped_checkpoint()
        found = own_set.at(Path(config.data))
        taught = found.name if found is not None else Path(config.data).name
        learnt = Learnt(taught, finished, before, learning.run.model, self._drawing())

        def answered(keep: bool | None) -> None:
            if keep is not None:
                self._close(learning.run.model if keep else None)

        self._app.push_screen(LearntScreen(learnt), answered)

    def _close(self, model: Path | None = None) -> None:
        """The question is answered; `model` is kept where it is one."""
        app = self._app
        app.lesson = None
        if model is not None:
            app.checkpoint = model
            app.notify("From now on the new model reads, also after another start. On the drawing screen k chooses.")
        try:
            if model is not None:
                preferences.keep(model)
            preferences.answered()
        except DigitsError as error:
            app.complain(error)

    def _drawing(self) -> NDArray[np.uint8] | None:
        """What is on the pad or, where that was not shown since the start, what will be; then what is pinned."""
        from core.drawing.clean_copy import of_ink
        from core.drawing.ink import Ink
        from tui.screens.reading import ReadingScreen
        from tui.widgets.drawing.pad import Pad

        app = self._app
        for screen in app.opened_screens("drawing"):
            if isinstance(screen, ReadingScreen) and screen.is_mounted:
                ink = screen.query_one(Pad).ink
                return app.pinned if ink.is_empty else of_ink(ink)
        try:
            left = draft.load()
        except DataError:
            left = None  # the drawing screen will say so
        if left is None:
            return app.pinned
        return of_ink(Ink.of(*left))
