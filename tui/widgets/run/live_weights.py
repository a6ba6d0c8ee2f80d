"""All weights of a small network as its run writes them, twice a second while it is going."""

from __future__ import annotations

import asyncio
from pathlib import Path

from textual.app import ComposeResult
from textual.containers import Vertical

from core.insight.parameters import MOST, LayerParameters, layers_of
from core.networks.checkpoint_file import read_weights, written_at
from core.runs.history import History
from core.runs.run import Run
from core.system.damage import DAMAGE
from tui.widgets.shared.glass import Glass

_LOOK = 0.5
"""Seconds between two looks at the run's checkpoint."""
_WATCH = 4
"""Looks between two signals to the run that it is being watched (2 s), so that it saves more often."""


class LiveWeights(Vertical):
    """Shows the weights that the followed run wrote last; nothing of a network that is too large."""

    DEFAULT_CSS = "LiveWeights > Glass { height: 1fr; }"

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._run: Run | None = None
        self._is_going = False
        self._shown: int | None = None
        """The write time in nanoseconds of the checkpoint that is shown."""
        self._looks = 0

    def compose(self) -> ComposeResult:
        yield Glass()

    def on_mount(self) -> None:
        """Look at the checkpoint while it is shown."""
        self._timer = self.set_interval(_LOOK, self._look, pause=True)

    def follow(self, run: Run, *, is_going: bool) -> None:
        """Show this run's weights, and new ones while it is going."""
        if run != self._run:
            self._run, self._shown = run, None
        self._is_going = is_going
        self._timer.resume()

    def on_show(self) -> None:
        """Go on when it is visible again."""
        self._timer.resume()

    async def _look(self) -> None:
        run = self._run
        if run is None or not (self.display and self.screen.is_active):
            self._timer.pause()
            return
        if self._is_going and self._looks % _WATCH == 0:
            run.watch()
        self._looks += 1
        written = written_at(run.model)
        if written == self._shown:
            if not self._is_going:
                self._timer.pause()
            return
        layers = await asyncio.to_thread(_layers, run.model)
        if layers and run == self._run:
            self._shown = written
            self.query_one(Glass).show(layers)


def is_small(history: History) -> bool:
    """Whether all parameters of the network that the run trains can be shown."""
    return history.started is not None and 0 < history.started.parameters <= MOST


def _layers(path: Path) -> tuple[LayerParameters, ...]:
    """The parameters in a checkpoint; none if it is not there, damaged, or of another kind."""
    try:
        return layers_of(read_weights(path))
    except DAMAGE:
        return ()
