"""The curves of several runs over each other, each run with its colour and its mark."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from core.evaluation.runs_compared import ComparedRun
from core.runs.run import Run
from tui.widgets.run.curve import Curve
from tui.widgets.run.plot_row import PlotRow
from tui.widgets.run.quantity import Quantity
from tui.widgets.run.run_quantities import ACCURACY, GRADIENT_NORM, LEARNING_RATE, TRAINING_LOSS, VALIDATION_LOSS
from tui.widgets.run.scale import Scale


class OverlaidCurves(PlotRow):
    """One of four quantities, and the validation accuracy."""

    FIRST = (TRAINING_LOSS, VALIDATION_LOSS, LEARNING_RATE, GRADIENT_NORM)
    SECOND = ACCURACY

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._runs: Sequence[ComparedRun] = ()
        self._looks: Mapping[Run, int] = {}
        self._is_growing = False

    def show(self, runs: Sequence[ComparedRun], looks: Mapping[Run, int], *, is_growing: bool) -> None:
        """Draw these runs, as far as they have come; `looks` are those of their curves."""
        self._runs, self._looks, self._is_growing = runs, looks, is_growing
        self.draw()

    def draw(self) -> None:
        """Draw all that is known."""
        begun = [started for each in self._runs if (started := each.history.started) is not None]
        if not begun:
            return
        every = {max(1, each.steps_per_epoch) for each in begun}
        scale = Scale(max(each.epochs for each in begun), every.pop() if len(every) == 1 else 0)
        newest = max(map(_epochs, self._runs))
        for plot in (self.first, self.second):
            curves = [curve for each in self._runs for curve in self._curves(plot.quantity, each)]
            plot.draw(curves, scale, newest, is_growing=self._is_growing)
            plot.border_title = plot.quantity.title

    def _curves(self, quantity: Quantity, run: ComparedRun) -> list[Curve]:
        """Those of one run, by its title."""
        started = run.history.started
        if started is None:
            return []
        look = self._looks[run.run]
        found = quantity.curves(run.history, started)
        return [dataclasses.replace(each, name=run.title, look=look, is_marked=True) for each in found]


def _epochs(run: ComparedRun) -> float:
    """How far a run has come."""
    started = run.history.started
    return 0.0 if started is None else run.history.step / max(1, started.steps_per_epoch)
