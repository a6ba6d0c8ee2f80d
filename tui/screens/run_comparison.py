"""Several runs side by side: their curves over each other, what differs between them, and which is better."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import ScrollableContainer, Vertical
from textual.message import Message
from textual.widgets import Static

from core.evaluation.runs_compared import ComparedRun, rows, verdict
from core.runs.run import Run
from tui.screens.pushed import PushedScreen
from tui.widgets.run.compared_table import ComparedTable
from tui.widgets.run.overlaid_curves import OverlaidCurves
from tui.widgets.shared.key_footer import KeyFooter
from tui.widgets.shared.scroll_keys import SCROLL_KEYS

if TYPE_CHECKING:
    from tui.processes.followed_run import FollowedRun
    from tui.state.runs import Runs

_LOOK_AGAIN = 1.0
"""Seconds between two looks at the runs that are going."""


class Differences(ScrollableContainer):
    """Scrolls in both directions."""

    BINDING_GROUP_TITLE = "Table"
    BINDINGS: ClassVar[list[BindingType]] = [
        *SCROLL_KEYS,
        Binding("left", "scroll_left", "Scroll left", show=False),
        Binding("right", "scroll_right", "Scroll right", show=False),
    ]


class RunComparisonScreen(PushedScreen[None]):
    """Follows the runs that are going."""

    ONLY_SHOWS = True
    CSS_PATH = "run_comparison.tcss"
    BINDING_GROUP_TITLE = "Comparison"
    AUTO_FOCUS = "#loss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Close", key_display="esc")]

    class Looked(Message):
        """What the runs have written was read."""

        def __init__(self, runs: list[ComparedRun], *, goes_on: bool) -> None:
            super().__init__()
            self.runs = runs
            """Empty if nothing was added."""
            self.goes_on = goes_on
            """Whether one of them is going, or is not read yet."""

    def __init__(self, runs: Runs, looks: Mapping[Run, int]) -> None:
        """`looks` has the runs, each with the look of its curves; `runs` follows them."""
        super().__init__()
        self._looks = looks
        self._followed: list[FollowedRun] = [runs.follow(run) for run in looks]
        self._versions: list[int] = []
        """Of the runs when they were shown last."""
        self._goes_on = True
        self._is_looking = False

    def is_same_as(self, other: Any) -> bool:
        """Whether it compares the same runs."""
        return isinstance(other, RunComparisonScreen) and set(other._looks) == set(self._looks)

    def compose(self) -> ComposeResult:
        with Vertical(id="comparison"):
            yield Static("Reading …", id="verdict", markup=False)
            yield OverlaidCurves(id="overlaid")
            with Differences(id="differences"):
                yield ComparedTable()
        yield KeyFooter(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Read the runs, and go on with those that are going."""
        self._look_if_seen()
        self.set_interval(_LOOK_AGAIN, self._look_if_seen)

    def _look_if_seen(self) -> None:
        # The first look may take seconds; another one would find the runs being read, and show them without curves.
        if self._goes_on and self.is_current and not self._is_looking:
            self._is_looking = True
            self._look()

    @work(thread=True, group="look")
    def _look(self) -> None:
        for each in self._followed:
            each.look()
        versions = [each.version for each in self._followed]
        compared = []
        if versions != self._versions:
            self._versions = versions
            compared = [ComparedRun.of(each.run, each.history) for each in self._followed]
        # One that somebody else is reading has no state yet.
        goes_on = any(each.is_going or not each.state for each in self._followed)
        self.post_message(self.Looked(compared, goes_on=goes_on))

    def on_run_comparison_screen_looked(self, event: Looked) -> None:
        """Show them."""
        self._goes_on, self._is_looking = event.goes_on, False
        if not event.runs:
            return
        self.query_one("#verdict", Static).update(verdict(event.runs))
        self.query_one(OverlaidCurves).show(event.runs, self._looks, is_growing=event.goes_on)
        self.query_one(ComparedTable).show(event.runs, self._looks, rows(event.runs))
