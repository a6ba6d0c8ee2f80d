"""The training screen: shows the chosen run as it trains or as it ended.

It only reads the run's files; starting, resuming and stopping is up to the owner of the runs.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from core.errors import DigitsError
from core.runs import run as runs
from core.runs.events import Event
from core.runs.run import FAILED, RUNNING, Run
from tui.processes.followed_run import STARTING, FollowedRun
from tui.processes.reader import MakeReader, Reader
from tui.processes.run_list import run_to_follow
from tui.screens.mode import ModeScreen
from tui.state.complaint import complain
from tui.state.requests import DrawWith, OpenRun, ResumeRun
from tui.widgets.run.confusion import confusion_of
from tui.widgets.run.epochs import EpochTable
from tui.widgets.run.folds import FoldTable
from tui.widgets.run.live_weights import is_small
from tui.widgets.run.run_panel import TALL, RunPanel
from tui.widgets.shared.key_footer import KeyFooter

if TYPE_CHECKING:
    from tui.state.owners import Owners

_LOOK = 0.2
"""Seconds between two looks at a run that is going, and so between two updates of its figures."""
_REDRAW = 5
"""Looks between two redraws of the curves, and between two looks at a run that has ended."""
_AT_ONCE = 256 * 1024
"""Bytes of events that are read without a thread, which takes about 20 ms."""


class TrainingScreen(ModeScreen):
    """Progress, curves, epochs or folds, device, pinned drawing and finally the results of one run."""

    CSS_PATH = "training.tcss"
    BINDING_GROUP_TITLE = "Training"
    AUTO_FOCUS = "#epochs"
    VERTICAL_BREAKPOINTS = [(0, "-short"), (TALL, "-tall")]  # noqa: RUF012 - as Textual declares it
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide"), (150, "-widest")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "stop", "Stop"),
        Binding("r", "resume", "Resume"),
        Binding("w", "draw_with", "Draw with it"),
        Binding("m", "mistakes", "Mistakes"),
        Binding("b", "bars", "Pinned"),
        Binding("v", "weights", "Weights"),
        Binding("o", "open", "Past runs"),
        Binding("l", "log", "Log"),
    ]
    PARTS = (EpochTable, FoldTable)

    class Opened(Message):
        """Everything that a run has written so far was read."""

        def __init__(self, followed: FollowedRun) -> None:
            super().__init__()
            self.followed = followed

    def __init__(self, owners: Owners, make_reader: MakeReader = Reader) -> None:
        """`make_reader` makes the reader of the pinned drawing; it is called with the two callbacks of `Reader`."""
        super().__init__(owners)
        self._make_reader = make_reader
        self._followed: FollowedRun | None = None
        self._shown = -1, ""
        """The run's version when its figures were last shown, and its state when its curves were last drawn."""
        self._line = ""
        self._ticks = 0
        self._offered: object = None
        """The run's state that the footer's keys were last chosen for."""
        self._asked = ("", "")
        """The run's data and recipe, from its configuration."""

    def compose(self) -> ComposeResult:
        with Vertical(id="none"):
            yield Static(id="advice", markup=False)
        yield RunPanel(self.owners.pinned, self._make_reader, id="run")
        yield KeyFooter(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Follow the chosen run from now on."""
        self._timer = self.set_interval(_LOOK, self._look)
        self.watch(self.app, "line_words", self._show_line)
        self.owners.runs.changed.subscribe(self, self._follow)
        self._follow(self.owners.runs.current)

    def on_screen_suspend(self) -> None:
        """Read and draw nothing while out of sight."""
        self._timer.pause()

    def on_screen_resume(self) -> None:
        """Catch up at once."""
        self._timer.resume()
        if self._followed is None and self.owners.runs.current is None:
            self._follow(None)  # a run may have been started elsewhere
        self._look(now=True)
        self._show_figures()  # it may have another title
        self.query_one(RunPanel).show_pinned()

    # Following

    def _follow(self, run: Run | None) -> None:
        """Follow `run`; None for the newest one that is going, else the newest of all."""
        if run is None:
            self._followed = None
            if (last := run_to_follow()) is None:
                self._show_none()
            else:
                self.owners.runs.choose(last)
            return
        if self._followed is not None and self._followed.run == run:
            self._look(now=True)  # it was resumed; its history is already known
            return
        followed = self.owners.runs.follow(run)
        self._followed = None
        if followed.version or _size(run.events) <= _AT_ONCE:
            followed.look()
            self._open(followed)
        else:
            self._show_instead(Content(f"Reading {run.name} …"))
            self._read(followed)

    @work(thread=True, exclusive=True, group="read")
    def _read(self, followed: FollowedRun) -> None:
        followed.look()
        self.post_message(self.Opened(followed))

    def on_training_screen_opened(self, event: Opened) -> None:
        """Show a run whose events took a while to read, unless another was opened meanwhile."""
        if event.followed.run == self.owners.runs.current:
            self._open(event.followed)

    def _open(self, followed: FollowedRun) -> None:
        self._followed = followed
        self.query_one("#none").display = False
        self.query_one(RunPanel).display = True
        try:
            config = followed.run.config()
            self._asked = (config.data, config.recipe)
        except DigitsError as error:
            self._asked = (followed.run.name, "")
            self.notify(str(error), severity="error", markup=False)
        self.query_one(RunPanel).clear()
        self._show_figures()
        self._show_curves()

    def _look(self, now: bool = False) -> None:
        self._ticks += 1
        followed = self._followed
        if followed is None or not self.is_current:
            return
        if not (now or followed.is_going or self._ticks % _REDRAW == 0):
            return
        followed.look()
        version, state = self._shown
        if followed.version != version:
            self._show_figures()
        elif followed.is_starting:
            self.query_one(RunPanel).show_starting()
        if now or followed.state != state or self._ticks % _REDRAW == 0:
            self._show_curves()

    # Showing

    def _show_none(self) -> None:
        advice = "\n\nPress d, choose data and start;\nhere you will see the network learn."
        self._show_instead(Content.assemble(("No run yet", "bold $text-primary"), advice))

    def _show_instead(self, words: Content) -> None:
        """Show these words in place of a run."""
        self.query_one(RunPanel).display = False
        self.query_one("#none").display = True
        self.query_one("#advice", Static).update(words)
        self.refresh_bindings()

    def _show_line(self, words: str) -> None:
        self._line = words
        self._show_figures()

    def _show_curves(self) -> None:
        if self._followed is not None:
            self._shown = self._shown[0], self._followed.state
            self.query_one(RunPanel).show_curves()

    def _show_figures(self) -> None:
        followed = self._followed
        if followed is None:
            return
        self._shown = followed.version, self._shown[1]
        self.query_one(RunPanel).show(followed, *self._asked, self._line)
        run = followed.run
        offered = (run, followed.state, run.is_resumable(), run.model.exists(), bool(followed.history.notes))
        if offered != self._offered:
            self._offered = offered
            self.refresh_bindings()

    @on(RunPanel.OfferChanged)
    def _offer(self) -> None:
        self.refresh_bindings()

    # Keys

    @classmethod
    def would_offer(cls, owners: Owners, action: str) -> bool:
        """Whether `action` applies to the run that would be shown, judged by its files."""
        run = owners.runs.current or run_to_follow()
        if run is None:
            return False
        match action:
            case "stop":
                return owners.runs.is_going(run)
            case "resume":
                return not owners.runs.is_going(run) and run.is_resumable()
            case "draw_with":
                return run.model.exists()
            case "mistakes":
                ending = run.ending()
                return _has_mistakes(run, None if ending is None else ending.event, folds=run.asked().folds)
            case "bars":
                return owners.pinned.bitmap is not None and run.is_running()
            case "weights":
                return False  # known once its events are read
            case _:
                return True

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only the actions that apply to this run now."""
        followed = self._followed
        match action:
            case "open":
                return bool(runs.list_runs()) if followed is None else True
            case "stop":
                return followed is not None and followed.state in (STARTING, RUNNING)
            case "resume":
                return followed is not None and not followed.is_going and followed.run.is_resumable()
            case "draw_with":
                return followed is not None and followed.run.model.exists()
            case "mistakes":
                if followed is None:
                    return False
                started, end = followed.history.started, followed.history.end
                return _has_mistakes(followed.run, end, folds=0 if started is None else started.folds)
            case "bars":
                return self.query_one(RunPanel).has_class("-pinned") and not self.has_class("-widest")
            case "weights":
                return followed is not None and is_small(followed.history)
            case "log":
                return followed is not None and bool(followed.history.notes or followed.state == FAILED)
            case _:
                return True

    def action_stop(self) -> None:
        """Ask the run to save its state and stop."""
        if self._followed is not None:
            run = self._followed.run
            try:
                self.owners.runs.stop(run)
            except DigitsError as error:
                complain(self, error)
            else:
                first = "" if self._followed.is_starting else "saving its state and "
                self.notify(f"{run.name} is {first}stopping.")
            self._look(now=True)

    def action_resume(self) -> None:
        """Resume the run from its snapshot."""
        if self._followed is not None:
            self.post_message(ResumeRun(self._followed.run))

    def action_draw_with(self) -> None:
        """Draw with the weights that this run wrote last."""
        if self._followed is not None:
            self.post_message(DrawWith(self._followed.run.model))

    def action_mistakes(self) -> None:
        """Show which images are read wrong."""
        from tui.screens.mistakes import MistakesScreen

        if self._followed is not None:
            run, table = self._followed.run, confusion_of(self._followed.history.end)
            self.app.push_screen(MistakesScreen(run.model, self._asked[0], table))

    def action_bars(self) -> None:
        """Switch between the pinned drawing's bars and the device."""
        self.query_one(RunPanel).toggle_class("-unpinned")

    def action_weights(self) -> None:
        """Show all weights of a small network, or the tables instead."""
        self.query_one(RunPanel).toggle_weights()

    def action_open(self) -> None:
        """Choose another run."""
        from tui.screens.runs import RunsScreen

        def chosen(run: Run | None) -> None:
            if run is not None:
                self.post_message(OpenRun(run))

        self.app.push_screen(RunsScreen(self.owners), chosen)

    def action_log(self) -> None:
        """Show the run's notes and its log."""
        from tui.screens.log import LogScreen

        if self._followed is not None:
            self.app.push_screen(LogScreen(self._followed.run, self._followed.history))


def _has_mistakes(run: Run, end: Event | None, folds: int) -> bool:
    """Whether its mistakes are known, or its network can be measured; that of a cross-validation has learned all."""
    return bool(confusion_of(end)) or (run.model.exists() and not folds)


def _size(path: Path) -> int:
    """Size of a file in bytes; 0 if it does not exist."""
    try:
        return path.stat().st_size
    except OSError:
        return 0
