"""All owners of state that outlives a screen. The app makes them and passes each screen and widget those it needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tui.state.downloads import Downloads
from tui.state.draft import Draft
from tui.state.fine_tuning import FineTuning
from tui.state.model import Model
from tui.state.pinned_drawing import PinnedDrawing
from tui.state.runs import Runs

if TYPE_CHECKING:
    from textual.app import App


@dataclass(frozen=True)
class Owners:
    """One owner of each kind."""

    runs: Runs
    model: Model
    downloads: Downloads
    draft: Draft
    pinned: PinnedDrawing
    fine_tuning: FineTuning

    @classmethod
    def of(cls, app: App[Any]) -> Owners:
        """The owners for an app that is about to run."""
        runs, model = Runs(app), Model(app)
        return cls(runs, model, Downloads(app), Draft(app), PinnedDrawing(app), FineTuning(app, runs, model))
