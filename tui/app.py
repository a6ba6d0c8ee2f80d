"""The app: the modes and the keys that go between them, and the run, the model and the lesson that all speak of.

What the first screen does not need is imported where it is used: each millisecond here is one before the first
cell, and the other screens bring NumPy and more.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, work
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.geometry import Size
from textual.reactive import reactive
from textual.screen import Screen

from core.errors import DigitsError
from core.runs import preferences
from tui.processes.download import Download
from tui.screens.too_small import TooSmall, fits
from tui.terminal.line_app import LineApp

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from textual.await_remove import AwaitRemove
    from textual.widget import Widget

    from core.config.configuration import TrainingConfig
    from core.runs.run import Run
    from tui.processes.run_process import RunProcessEnded
    from tui.screens.lessons import Lesson, Lessons

_SCREENS = Binding.Group("Screens", compact=True)
_CLASSES = {
    "home": ("tui.screens.home", "HomeScreen"),
    "data": ("tui.screens.datasets", "DataScreen"),
    "training": ("tui.screens.training", "TrainingScreen"),
    "drawing": ("tui.screens.drawing", "DrawingScreen"),
}
"""Of each mode the module and the class of its screen."""
_TEXTUALS = ("Theme", "Screenshot")
_AFTER_START = 0.2
"""Seconds that the first screen has to itself before a lesson of an earlier time is looked for."""


def screen_class(mode: str) -> type[Screen[None]]:
    """The class of the mode's screen, imported when it is first asked for."""
    module, name = _CLASSES[mode]
    found: type[Screen[None]] = getattr(import_module(module), name)
    return found


def _screen(mode: str) -> Screen[None]:
    return screen_class(mode)()


class DigitsApp(LineApp):
    """digits-tui."""

    TITLE = "digits-tui"
    CSS_PATH = "app.tcss"
    BINDING_GROUP_TITLE = "Everywhere"
    DEFAULT_MODE = "home"
    MODES: ClassVar[dict[str, str | Callable[[], Screen[Any]]]] = {mode: partial(_screen, mode) for mode in _CLASSES}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("h", "go('home')", "Home", group=_SCREENS),
        Binding("d", "go('data')", "Data", group=_SCREENS),
        Binding("t", "go('training')", "Training", group=_SCREENS),
        Binding("p", "go('drawing')", "Draw", group=_SCREENS),
        Binding("f2", "go('data')", "Data", show=False),
        Binding("f3", "go('training')", "Training", show=False),
        Binding("f4", "go('drawing')", "Draw", show=False),
        # Not y: that is an answer to the question about what was learnt, which may open just then.
        Binding("j", "scorecard", "Scorecard", show=False),
        Binding("question_mark", "help", "Help"),
        # Priority: also in dialogs and where text is typed.
        Binding("f1", "help", "Help", show=False, priority=True),
        Binding("q", "quit", "Quit"),
        Binding("ctrl+l", "repaint", "Paint the screen anew", show=False, priority=True),
        Binding("ctrl+q", "quit", "Quit", show=False, priority=True),
    ]

    current_run: reactive[Run | None] = reactive(None, init=False, always_update=True)
    """The run that is looked at; set again, to the same run, when that run goes on."""
    checkpoint: reactive[Path | None] = reactive(None, init=False, always_update=True)
    """The checkpoint that was last chosen to draw with; None is the shipped one. At first the one that was kept."""
    lesson: reactive[Lesson | None] = reactive(None, init=False, always_update=True)
    """The run that learns the person's hand, or has learnt it and waits for an answer; set again as it goes on."""
    pinned: reactive[NDArray[np.uint8] | None] = reactive(None, init=False, always_update=True)
    """(H, W) uint8, ink bright on 0: the drawing whose reading is followed while a run learns."""
    download: reactive[Download | None] = reactive(None, init=False)
    """The download that is under way, or the last one where that failed."""

    def __init__(self, frames: int | None = None) -> None:
        """`frames` are those of `LineApp`."""
        super().__init__(frames)
        self._starting: set[Run] = set()
        self._lessons: Lessons | None = None
        self.begun: Callable[[], None] | None = None
        """Called once the first screen has been painted."""
        self.set_reactive(DigitsApp.checkpoint, preferences.checkpoint())

    def on_mount(self) -> None:
        """Leave in order, with the terminal restored, when the line is lost or somebody ends the process."""
        for each in (signal.SIGHUP, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(each, self.exit, None, 128 + each)
        self.screen_change_signal.subscribe(self, lambda _: self._cover(self.size))
        self.set_timer(_AFTER_START, self._attach_lesson)

    def on_ready(self) -> None:
        """The first screen is there."""
        if self.begun is not None:
            self.begun()

    def _prune(self, *nodes: Widget, parent: DOMNode | None = None) -> AwaitRemove:
        """End the workers of what is removed, then remove it.

        Textual removes a screen from the inside out and ends its workers last, so that one which is answered meanwhile
        would ask for widgets that are gone.
        """
        going = {each for node in nodes for each in node.walk_children(with_self=True)}
        for worker in list(self.workers):
            if worker.node in going:
                worker.cancel()
        return super()._prune(*nodes, parent=parent)

    # Runs

    @work
    async def start_run(self, config: TrainingConfig) -> None:
        """Start a training run of its own process and look at it; asks first where another one is going."""
        from tui.processes.run_list import last_run

        try:
            run = await self.begin_run(config) or await asyncio.to_thread(last_run)
        except DigitsError as error:
            self.complain(error)
        else:
            if run is not None:
                self.open_run(run)

    async def begin_run(self, config: TrainingConfig) -> Run | None:
        """Start a training run of its own process; None where another one is going and the person leaves it at that.

        Call it from a worker, since it may ask. Raises DigitsError where no run can be made or started.
        """
        from core.runs import run as runs
        from tui.processes.run_list import running_runs
        from tui.screens.confirm import Confirm

        going = await asyncio.to_thread(running_runs)
        if going and not await self.push_screen_wait(
            Confirm(
                f"{going[0].name} is still training.",
                "Two runs at once share the processor, and both become slower.",
                yes="Start another",
            )
        ):
            return None
        run = await asyncio.to_thread(runs.create_run, config)
        self._start_process(run)
        return run

    def resume_run(self, run: Run) -> None:
        """Go on with a run that was stopped or interrupted."""
        try:
            self._start_process(run, resume=True)
        except DigitsError as error:
            self.complain(error)
        else:
            self.open_run(run)

    def open_run(self, run: Run) -> None:
        """Look at a run, of the present or the past, on the training screen."""
        self.current_run = run
        self.switch_mode("training")

    def stop_run(self, run: Run) -> None:
        """Ask a run to save its state and stop."""
        run.request_stop()
        self.notify(f"{run.name} saves its state and stops.")

    def is_going(self, run: Run) -> bool:
        """Whether the run trains, or was started here and is about to."""
        return run in self._starting or run.is_running()

    def draw_with(self, checkpoint: Path) -> None:
        """Draw, and have this checkpoint read it."""
        self.checkpoint = checkpoint
        self.switch_mode("drawing")

    def _start_process(self, run: Run, *, resume: bool = False) -> None:
        from tui.processes import run_process

        run_process.start(run, self, resume=resume)
        self._starting.add(run)

    def on_run_process_ended(self, event: RunProcessEnded) -> None:
        """Tell of a process that died without a word."""
        self._starting.discard(event.run)
        # A run that fails in a way that we foresaw says so in its events, which the training screen shows.
        if event.status and not event.run.summary():
            self.complain(
                f"{event.run.name} ended unexpectedly, with status {event.status}. "
                f"What it printed is in {event.run.log}"
            )

    def complain(self, error: DigitsError | str) -> None:
        """Show an error's message as it is, long enough to read it."""
        self.notify(str(error), severity="error", timeout=12, markup=False)

    # Learning the person's hand

    @work
    async def learn(self) -> None:
        """Learn what was taught, in the background; or ask what was not answered yet about what was learnt."""
        try:
            await self._teacher().begin()
        except DigitsError as error:
            self.notify(str(error), severity="warning", timeout=12, markup=False)

    def _attach_lesson(self) -> None:
        if preferences.lesson() is not None:
            self._teacher().attach()

    def _teacher(self) -> Lessons:
        from tui.screens.lessons import Lessons

        self._lessons = self._lessons or Lessons(self)
        return self._lessons

    # Screens

    def action_go(self, mode: str) -> None:
        """Show this mode's screen."""
        self.switch_mode(mode)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer no way to where we are."""
        if action == "scorecard":
            return not any(screen.has_class("-scorecard") for screen in self.screen_stack)
        return not (action == "go" and parameters == (self.current_mode,))

    def action_scorecard(self) -> None:
        """Compare the model that reads with the shipped one."""
        from tui.screens.scorecard import ScorecardScreen

        self.push_screen(ScorecardScreen(self.checkpoint))

    def action_help(self) -> None:
        """List the keys of the screen in focus."""
        from tui.screens.help import HelpScreen

        if not isinstance(self.screen, HelpScreen | TooSmall):
            self.push_screen(HelpScreen(self.screen))

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Every action of every screen, and those of Textual's own commands that are not said by ours already."""
        from tui.screens.palette import palette

        yield from palette(self, screen, {mode: screen_class(mode) for mode in _CLASSES})
        for command in super().get_system_commands(screen):
            if command.title in _TEXTUALS:
                yield command

    def opened_screens(self, mode: str) -> list[Screen[Any]]:
        """The screens of `mode`, from the bottom up; none before it is shown for the first time."""
        try:
            return self.get_screen_stack(mode)
        except KeyError:
            return []

    @work
    async def act_on(self, mode: str, name: str, task: tuple[type[DOMNode], str] | None) -> None:
        """Show the screen of `mode`, and there do `task`: an action, and the class of what defines it.

        `name` is what the action is called in the palette.
        """
        from tui.screens.mode import ModeScreen
        from tui.screens.palette import act, close_dialogs

        close_dialogs(self)
        await self.switch_mode(mode)
        close_dialogs(self)
        screen = self.opened_screens(mode)[0]
        if task is not None and isinstance(screen, ModeScreen):
            await act(screen, name, *task)

    def on_resize(self, event: events.Resize) -> None:
        """See whether the screen still fits; `size` is that of before."""
        self._cover(event.size)

    def _cover(self, size: Size) -> None:
        """Cover the screen while there is too little room for it, and uncover it when there is enough."""
        covered = isinstance(self.screen, TooSmall)
        if not fits(size) and not covered:
            self.push_screen(TooSmall())
        elif fits(size) and covered:
            self.pop_screen()

    # Downloads

    def get_data(self, name: str) -> None:
        """Download the data set `name`; one at a time."""
        if self.download is not None and self.download.is_under_way:
            self.notify(f"{self.download.name} is still coming; one download at a time.", severity="warning")
        else:
            self.download = Download(name)
            self._get_data(name)

    def cancel_download(self) -> None:
        """End the download that is under way; nothing of it is kept."""
        self.workers.cancel_group(self, "download")

    @work(group="download")
    async def _get_data(self, name: str) -> None:
        from tui.processes import child

        def report(done: int, total: int | None) -> None:
            self.download = Download(name, done, total)

        try:
            await child.ask("datasets", "--download", name, "--json", progress=report)
        except DigitsError as error:
            self.download = Download(name, error=str(error))
        except asyncio.CancelledError:
            self.download = None
            raise
        else:
            self.download = None
            self.notify(f"{name} is here.")

    # Leaving

    @work
    async def action_quit(self) -> None:  # type: ignore[override]  # a worker, since it waits for an answer
        """Leave; asks only where leaving would lose something."""
        from tui.screens.confirm import Confirm

        download = self.download
        if (
            download is None
            or not download.is_under_way
            or await self.push_screen_wait(
                Confirm(
                    f"The download of {download.name} is not done.",
                    "Leaving ends it, and nothing of it is kept.",
                    yes="Leave",
                    no="Stay",
                )
            )
        ):
            self.exit()


def parting_words() -> str:
    """What to say on the terminal after the app has closed: that runs go on, and how to find them; else empty."""
    from tui.processes.run_list import running_runs

    return "\n".join(
        f"{run.name} goes on training without the app.\n"
        f"  see it:  digits-tui watch {run.name}   (or open digits-tui again)\n"
        f"  end it:  digits-tui stop {run.name}"
        for run in running_runs()
    )
