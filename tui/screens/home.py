"""The first screen: the three things to do, each one key away, and what is going on.

What needs files or much code is shown, and imported, only after the first paint.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Footer, Static

from tui.screens.mode import ModeScreen

if TYPE_CHECKING:
    from tui.widgets.run.recent_runs import RecentRuns

BANNER = """\
▄▀▀▀▄   ▄█    ▄▀▀▀▄  ▀▀▀▀▄    ▄█   █▀▀▀▀  ▄▀▀▀   ▀▀▀▀█  ▄▀▀▀▄  ▄▀▀▀▄
█   █    █      ▄▀    ▀▀▀▄  ▄█▄█▄  ▀▀▀▀▄  █▀▀▀▄    ▄▀   ▄▀▀▀▄  ▀▄▄▄█
▀▄▄▄▀   ▄█▄   ▄█▄▄▄  ▄▄▄▄▀     █   ▀▄▄▄▀  ▀▄▄▄▀   █     ▀▄▄▄▀   ▄▄▄▀"""
TAGLINE = "Watch a network learn to read digits, draw one, and see it read."
_FIRST_PAINT = 0.1  # seconds


class Destination(Static, can_focus=True):
    """One of the things to do: its key, its name, and what happens there."""

    BINDING_GROUP_TITLE = "Destination"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space", "choose", "Go there", show=False)]

    def __init__(self, key: str, name: str, text: str, mode: str) -> None:
        super().__init__(Content.assemble((key, "bold $text-accent"), "  ", (name, "bold"), "\n", text), id=mode)
        self._mode = mode

    def on_click(self) -> None:
        """A click chooses as Enter does."""
        self.action_choose()

    def action_choose(self) -> None:
        """Show the screen."""
        self.app.switch_mode(self._mode)


class HomeScreen(ModeScreen):
    """Where the app opens."""

    BINDING_GROUP_TITLE = "Home"
    CSS_PATH = "home.tcss"
    VERTICAL_BREAKPOINTS = [(0, "-low"), (36, "-high")]  # noqa: RUF012 - as Textual declares it
    AUTO_FOCUS = "#data"
    BINDINGS: ClassVar[list[BindingType]] = [
        # The app has these too; said here, they stand in the footer one by one.
        Binding("d", "app.go('data')", "Data"),
        Binding("t", "app.go('training')", "Training"),
        Binding("p", "app.go('drawing')", "Draw"),
        Binding("j", "app.scorecard", "Scorecard"),
        Binding("left", "app.focus_previous", "The one before", show=False),
        Binding("right", "app.focus_next", "The next one", show=False),
        Binding("down", "runs", "To the runs", show=False),
        Binding("up", "choices", "To the choices", show=False),
    ]

    def compose(self) -> ComposeResult:
        with Vertical(id="home"):
            yield Static(BANNER, id="banner")
            yield Static(Content.assemble(("digits-tui", "bold"), "  ", TAGLINE), id="tagline")
            with Horizontal(id="choices"):
                yield Destination("d", "Data", "Pick what to learn from, and start.", "data")
                yield Destination("t", "Training", "Watch a network learn, live or again.", "training")
                yield Destination("p", "Draw", "Draw a digit, and see it read.", "drawing")
        yield Footer()

    def on_mount(self) -> None:
        """Choices first, runs afterwards."""
        # A callback after the refresh would come before that refresh is painted.
        self.set_timer(_FIRST_PAINT, self._mount_runs)

    def _mount_runs(self) -> None:
        from tui.widgets.run.recent_runs import RecentRuns

        for home in self.query("#home"):  # none where the app was left within that time
            home.mount(RecentRuns(self.owners.runs))

    def on_recent_runs_looked(self, looked: RecentRuns.Looked) -> None:
        """Attach to a run that is going, so that it is found on the training screen."""
        if looked.runs and looked.runs[0].status == "running" and self.owners.runs.current is None:
            self.owners.runs.choose(looked.runs[0].run)

    def action_runs(self) -> None:
        """Go from the choices down to the runs."""
        self.query("#runs").focus()

    def action_choices(self) -> None:
        """Go back up."""
        self.query_one("#data").focus()
