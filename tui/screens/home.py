"""The first screen: the three destinations, each one key away, and the recent runs.

Whatever needs files or heavy imports is imported and shown only after the first paint.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from tui.screens.mode import ModeScreen
from tui.widgets.shared.key_footer import KeyFooter

if TYPE_CHECKING:
    from tui.widgets.run.recent_runs import RecentRuns

BANNER = """\
▄▀▀▀▄   ▄█    ▄▀▀▀▄  ▀▀▀▀▄    ▄█   █▀▀▀▀  ▄▀▀▀   ▀▀▀▀█  ▄▀▀▀▄  ▄▀▀▀▄
█   █    █      ▄▀    ▀▀▀▄  ▄█▄█▄  ▀▀▀▀▄  █▀▀▀▄    ▄▀   ▄▀▀▀▄  ▀▄▄▄█
▀▄▄▄▀   ▄█▄   ▄█▄▄▄  ▄▄▄▄▀     █   ▀▄▄▄▀  ▀▄▄▄▀   █     ▀▄▄▄▀   ▄▄▄▀"""
TAGLINE = "Watch a network learn to read digits, draw one, and see it read."
_FIRST_PAINT = 0.1  # seconds


class Destination(Static, can_focus=True):
    """A screen to go to: its key, its name, and what it is for."""

    BINDING_GROUP_TITLE = "Destination"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space", "choose", "Open", show=False)]

    def __init__(self, key: str, name: str, text: str, mode: str) -> None:
        super().__init__(Content.assemble((key, "bold $text-accent"), "  ", (name, "bold"), "\n", text), id=mode)
        self._mode = mode

    def on_click(self) -> None:
        """A click opens it, as Enter does."""
        self.action_choose()

    def action_choose(self) -> None:
        """Open the screen."""
        self.app.switch_mode(self._mode)


class HomeScreen(ModeScreen):
    """The screen that the app opens with."""

    BINDING_GROUP_TITLE = "Home"
    CSS_PATH = "home.tcss"
    VERTICAL_BREAKPOINTS = [(0, "-low"), (36, "-high")]  # noqa: RUF012 - as Textual declares it
    AUTO_FOCUS = "#data"
    BINDINGS: ClassVar[list[BindingType]] = [
        # The app has these too; repeated here, each gets its own entry in the footer.
        Binding("d", "app.go('data')", "Data"),
        Binding("t", "app.go('training')", "Training"),
        Binding("p", "app.go('drawing')", "Draw"),
        Binding("j", "app.scorecard", "Scorecard"),
        Binding("left", "app.focus_previous", "Previous destination", show=False),
        Binding("right", "app.focus_next", "Next destination", show=False),
        Binding("down", "runs", "Go to the runs", show=False),
        Binding("up", "choices", "Go to the destinations", show=False),
    ]

    def compose(self) -> ComposeResult:
        with Vertical(id="home"):
            yield Static(BANNER, id="banner")
            yield Static(Content.assemble(("digits-tui", "bold"), "  ", TAGLINE), id="tagline")
            with Horizontal(id="choices"):
                yield Destination("d", "Data", "Pick what to learn from, and start.", "data")
                yield Destination("t", "Training", "Watch a network learn, see past runs.", "training")
                yield Destination("p", "Draw", "Draw a digit, and see it read.", "drawing")
        yield KeyFooter()

    def on_mount(self) -> None:
        """Show the destinations first, the runs afterwards."""
        # `call_after_refresh` would run before that refresh is painted.
        self.set_timer(_FIRST_PAINT, self._mount_runs)

    def _mount_runs(self) -> None:
        from tui.widgets.run.recent_runs import RecentRuns

        self.query_one("#home").mount(RecentRuns(self.owners.runs, self.owners.model))

    def on_recent_runs_looked(self, looked: RecentRuns.Looked) -> None:
        """Choose a run that is going, so that the training screen shows it."""
        if looked.runs and looked.runs[0].status == "running" and self.owners.runs.current is None:
            self.owners.runs.choose(looked.runs[0].run)

    def action_runs(self) -> None:
        """Move from the destinations down to the runs."""
        self.query("#runs").focus()

    def action_choices(self) -> None:
        """Move back up to the destinations."""
        self.query_one("#data").focus()
