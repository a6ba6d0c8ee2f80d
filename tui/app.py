"""The app: its modes, the keys that switch between them, and its screens' requests. Its state belongs to the owners.

Whatever the first screen does not need is imported where it is used: each millisecond here delays the first cell, and
the other screens import NumPy and more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, work
from textual._styles_cache import StylesCache
from textual.actions import ActionParseResult
from textual.app import ScreenStackError, SystemCommand
from textual.binding import Binding, BindingType
from textual.css.query import NoMatches
from textual.dom import DOMNode
from textual.geometry import Size
from textual.screen import Screen
from textual.widget import AwaitMount, MountError
from textual.widgets import OptionList
from textual.worker import WorkerFailed, get_current_worker

from core.errors import DigitsError
from core.system import gc_policy
from tui.screens.full_size import fits
from tui.screens.pushed import PushedScreen
from tui.screens.too_small import TooSmall
from tui.screens.workers import Workers
from tui.state.complaint import complain
from tui.state.owners import Owners
from tui.terminal import caches, closed
from tui.terminal.line_app import LineApp

if TYPE_CHECKING:
    from textual.await_remove import AwaitRemove
    from textual.widget import Widget

    from core.config.configuration import TrainingConfig
    from core.runs.run import Run
    from tui.processes.fine_tuning_run import FineTuningRun
    from tui.processes.run_process import RunProcessEnded
    from tui.state.requests import DrawWith, LookInside, OpenRun, ResumeRun, StartRun

_SCREENS = Binding.Group("Screens", compact=True)
_CLASSES = {
    "home": ("tui.screens.home", "HomeScreen"),
    "data": ("tui.screens.datasets", "DataScreen"),
    "training": ("tui.screens.training", "TrainingScreen"),
    "drawing": ("tui.screens.drawing", "DrawingScreen"),
}
"""Module and class of each mode's screen."""
_TEXTUALS = ("Theme", "Screenshot")
_LET_GO = 20.0
"""Seconds between two times at which caches are emptied."""
_TIDY = 0.1
"""Seconds between two searches for garbage, if much was made. Python gives back to the system little of what it took at
once, so what matters is how much garbage ever lies about: beside eight thousand random events the app came to 76 MiB
with a tenth of a second, 77 with a fifth, and 80 with a second (Python 3.11, Textual 8.2.8, n = 1)."""
_FORGET = 1.0
"""Seconds between two times at which what Textual keeps of closed screens is let go."""
_PRELOAD = 1.0
"""Seconds that whoever starts the app has to themselves before the other screens are imported."""
_AFTER_START = 0.2
"""Seconds that the first screen has to itself before the app looks for an earlier fine-tuning."""


def screen_class(mode: str) -> type[Screen[None]]:
    """The class of a mode's screen, imported on first use."""
    module, name = _CLASSES[mode]
    found: type[Screen[None]] = getattr(import_module(module), name)
    return found


def _screen(mode: str, owners: Owners) -> Screen[None]:
    made: Callable[[Owners], Screen[None]] = screen_class(mode)
    return made(owners)


class DigitsApp(LineApp):
    """digits-tui."""

    TITLE = "digits-tui"
    CSS_PATH = "app.tcss"
    BINDING_GROUP_TITLE = "Everywhere"
    DEFAULT_MODE = "home"
    SCREENS_OF_MODES: ClassVar[Mapping[str, Callable[[Owners], Screen[Any]]]] = {
        mode: partial(_screen, mode) for mode in _CLASSES
    }
    """The factory of each mode's screen."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("h", "go('home')", "Home", group=_SCREENS),
        Binding("d", "go('data')", "Data", group=_SCREENS),
        Binding("t", "go('training')", "Training", group=_SCREENS),
        Binding("p", "go('drawing')", "Draw", group=_SCREENS),
        Binding("f2", "go('data')", "Data", show=False),
        Binding("f3", "go('training')", "Training", show=False),
        Binding("f4", "go('drawing')", "Draw", show=False),
        # Not y: that answers the question about a fine-tuning, which may open at the same moment.
        Binding("j", "scorecard", "Scorecard", show=False),
        Binding("question_mark", "help", "Help"),
        # Priority, so that it works in dialogs and text fields too.
        Binding("f1", "help", "Help", show=False, priority=True),
        Binding("q", "quit", "Quit"),
        Binding("ctrl+l", "repaint", "Redraw the screen", show=False, priority=True),
        Binding("ctrl+q", "quit", "Quit", show=False, priority=True),
    ]

    def __init__(self, frames: int | None = None) -> None:
        """`frames` as for `LineApp`."""
        super().__init__(frames)
        self._behind: list[Screen[Any]] = []
        self._workers: Workers = Workers(self)
        self.owners = Owners.of(self)
        for mode, screen in self.SCREENS_OF_MODES.items():
            self.add_mode(mode, partial(screen, self.owners))
        self._starting = asyncio.Lock()
        self._tidying: asyncio.TimerHandle | None = None
        self.begun: Callable[[], None] | None = None
        """Called when the first screen has been painted."""

    def on_mount(self) -> None:
        """Follow what the owners announce."""
        self.screen_change_signal.subscribe(self, lambda _: self._cover(self.size))
        self.owners.fine_tuning.due.subscribe(self, self._ask_about_fine_tuning)
        self.set_timer(_AFTER_START, self.owners.fine_tuning.attach)
        self.set_interval(_LET_GO, caches.let_go)
        self.set_interval(_FORGET, partial(closed.forget, self))
        self._tidy()

    def _tidy(self) -> None:
        """Not by a timer of Textual's, whose message waits behind the keys that make the garbage."""
        if gc_policy.tidy():
            from core.system import heap  # not at start

            caches.let_go()
            heap.give_back()
        self._tidying = asyncio.get_running_loop().call_later(_TIDY, self._tidy)

    def on_unmount(self) -> None:
        """Leave the loop; a signal during the start may have ended the app before it was in it."""
        if self._tidying is not None:
            self._tidying.cancel()
        self.owners.runs.close()

    def on_ready(self) -> None:
        """The first screen has been painted."""
        if self.begun is not None:
            self.begun()
        self.set_timer(_PRELOAD, self._preload)

    @work(thread=True)
    def _preload(self) -> None:
        from tui.screens.preload import preload

        worker = get_current_worker()
        preload(lambda: not worker.is_cancelled)

    def _prune(self, *nodes: Widget, parent: DOMNode | None = None) -> AwaitRemove:
        """Cancel the workers of the nodes, then remove the nodes, of which nothing is kept."""
        self._workers.cancel_in(nodes)
        # It would keep what a thousand widgets last looked like, a hundred MiB: its keys are the widgets' own caches.
        StylesCache.get_inner_outer.cache_clear()
        return super()._prune(*nodes, parent=parent)

    @property
    def _background_screens(self) -> list[Screen[Any]]:
        """The screens that the uppermost one lets through; the list is emptied once they are others, or fewer.

        Whoever paints leaves it in its context, of which each widget that is made there has a copy for as long as it
        lives: with it would live all screens that were open then, and those of which their widgets have a copy.
        """
        if (behind := super()._background_screens) != self._behind:
            self._behind.clear()
            self._behind = behind
        return self._behind

    # Requests from screens

    def on_open_run(self, asked: OpenRun) -> None:
        """Show a run, present or past, on the training screen."""
        self._open(asked.run)

    def on_draw_with(self, asked: DrawWith) -> None:
        """Open the drawing screen and read with this checkpoint."""
        self.owners.model.use(asked.checkpoint)
        self.switch_mode("drawing")

    def on_look_inside(self, asked: LookInside) -> None:
        """Show what a network makes of an image."""
        from tui.screens.inside import InsideScreen

        self.push_screen(InsideScreen(asked.image, asked.title, asked.checkpoint or self.owners.model.checkpoint))

    @work
    async def on_start_run(self, asked: StartRun) -> None:
        """Start a training run and show it; if the user declines because one is going, show that."""
        from tui.processes.run_list import run_to_follow

        if self._starting.locked():
            return
        try:
            run = await self._start(asked.config) or await asyncio.to_thread(run_to_follow)
        except DigitsError as error:
            complain(self, error)
        else:
            if run is not None:
                self._open(run)

    def on_resume_run(self, asked: ResumeRun) -> None:
        """Resume a run that was stopped."""
        try:
            self.owners.runs.resume(asked.run)
        except DigitsError as error:
            complain(self, error)
        else:
            self._open(asked.run)

    @work
    async def on_fine_tune(self) -> None:
        """Fine-tune on the active set in the background, or ask again about the last fine-tuning."""
        try:
            await self.owners.fine_tuning.begin(self._start)
        except DigitsError as error:
            self.notify(str(error), severity="warning", timeout=12, markup=False)

    def _open(self, run: Run) -> None:
        self.owners.runs.choose(run)
        self.switch_mode("training")

    async def _start(self, config: TrainingConfig) -> Run | None:
        """Start a run; returns None if one is going and the user declines another. Raises DigitsError.

        A slow line delivers the key for it twice: while one is being started, no other is.
        """
        from tui.screens.questions import may_start

        if self._starting.locked():
            return None
        async with self._starting:
            return await self.owners.runs.start(config) if await may_start(self) else None

    def on_run_process_ended(self, event: RunProcessEnded) -> None:
        """Pass it on to the owner of the runs."""
        self.owners.runs.ended(event.run, event.status)

    def _ask_about_fine_tuning(self, _: FineTuningRun) -> None:
        from tui.screens.fine_tuning_question import ask

        ask(self, self.owners)

    # Screens

    def push_screen(self, screen: Screen[Any] | str, *given: Any, mode: str | None = None, **named: Any) -> Any:
        """Open a screen, unless it is open already: a slow line delivers the key for it twice.

        What is not opened gives no result at once.
        """
        open_already = self._screen_stacks.get(mode or self.current_mode, ())
        if isinstance(screen, PushedScreen) and any(screen.is_same_as(each) for each in open_already):
            nothing = asyncio.get_running_loop().create_future()
            nothing.set_result(None)
            return nothing
        return super().push_screen(screen, *given, mode=mode, **named)

    def action_go(self, mode: str) -> None:
        """Show this mode's screen."""
        self.switch_mode(mode)

    def switch_mode(self, mode: str) -> AwaitMount:
        """Close what only shows something on the screen that is left, so that it is itself when it is shown again."""
        if mode == self.current_mode:
            return super().switch_mode(mode)
        for screen in reversed(self.screen_stack[1:]):
            if not isinstance(screen, PushedScreen) or not screen.ONLY_SHOWS:
                break
            screen.dismiss()
        left = self.screen_stack
        mounted = super().switch_mode(mode)
        for screen in left:
            caches.forget_lines(screen.walk_children(with_self=True))
        return mounted

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide the key of the screen that is already shown."""
        if action == "scorecard":
            return not any(screen.has_class("-scorecard") for screen in self.screen_stack)
        return not (action == "go" and parameters == (self.current_mode,))

    def action_scorecard(self) -> None:
        """Open the scorecard of the model that reads."""
        from tui.screens.scorecard import ScorecardScreen

        self.push_screen(ScorecardScreen(self.owners.model.checkpoint))

    def action_help(self) -> None:
        """List the keys of the current screen."""
        from tui.screens.help import HelpScreen

        if not isinstance(self.screen, HelpScreen | TooSmall):
            self.push_screen(HelpScreen(self.screen))

    def action_command_palette(self) -> None:
        """Open the palette, unless it is open already, perhaps under the help or in another mode, or just closing."""
        from tui.screens.palette import Palette

        # A terminal that is too small has no room for it, and Textual's list fails there.
        if not isinstance(self.screen, TooSmall) and not any(isinstance(each, Palette) for each in self._nodes):
            self.push_screen(Palette())

    def search_themes(self) -> None:
        """Open the palette of themes, which closes as ours does."""
        from textual.theme import ThemeProvider

        from tui.screens.palette import Palette

        self.push_screen(Palette(providers=[ThemeProvider], placeholder="Search for themes…"))

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Every action of every screen, and those of Textual's own commands that ours do not cover."""
        from tui.screens.palette import palette

        yield from palette(self, self.owners, screen, {mode: screen_class(mode) for mode in _CLASSES})
        for command in super().get_system_commands(screen):
            if command.title in _TEXTUALS:
                yield command

    def on_resize(self, event: events.Resize) -> None:
        """Check whether the screen still fits; `self.size` is the old size until this is handled."""
        caches.forget_sizes(self._registry)
        self._cover(event.size)

    def _cover(self, size: Size) -> None:
        """Cover the screen while the terminal is too small for it, and uncover it when it is large enough."""
        cover = self.screen
        if not isinstance(cover, TooSmall):
            if not fits(size):
                self.push_screen(TooSmall())
        elif fits(size):
            cover.dismiss()

    # Leaving

    @work
    async def action_quit(self) -> None:  # type: ignore[override]  # a worker, because it waits for an answer
        """Quit; asks first only if quitting would lose something."""
        from tui.screens.questions import may_leave

        if await may_leave(self, self.owners.downloads.current):
            self.exit()

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Run an action, but turn no page of a list that has no room yet: Textual's has no lines then, and fails.

        A screen's own action waits until its widgets are there. A key that the screen below has passed on is one of the
        new screen by then: a slow line delivers the key that opens a screen together with the next one.
        """
        match default_namespace:
            case OptionList(scrollable_content_region=region) if not region and action in ("page_up", "page_down"):
                return True
            case Screen(is_mounted=False) as opening:
                opening.call_later(self._run_when_open, action, opening)
                return True
        return await super().run_action(action, default_namespace, namespaces)

    async def _run_when_open(self, action: str | ActionParseResult, opened: Screen[Any]) -> None:
        if self.screen is opened:  # it may have been closed at once, or covered
            await self.run_action(action, opened)

    async def on_event(self, event: events.Event) -> None:
        """Ignore input once the app is exiting."""
        if not (self._exit and isinstance(event, events.InputEvent)):
            await super().on_event(event)

    def _handle_exception(self, error: Exception) -> None:
        """Ignore missing widgets once the app is exiting: from then on Textual mounts none."""
        cause = error.error if isinstance(error, WorkerFailed) else error
        if not (self._exit and isinstance(cause, NoMatches | MountError | ScreenStackError)):
            super()._handle_exception(error)
