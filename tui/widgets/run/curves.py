"""The two plots of a run, side by side over the same epochs: its losses and its validation accuracy.

The first can show the learning rate or the gradient norm instead. Both show the same part of the run, with one cursor.
In a cross-validation each stage has curves of its own, since each starts again; vertical lines separate them.
"""

from __future__ import annotations

from collections.abc import Sequence

from textual.markup import escape

from core.runs.history import History
from tui.widgets.run.curve import LOOKS, Curve
from tui.widgets.run.plot import Plot
from tui.widgets.run.plot_row import PlotRow
from tui.widgets.run.quantity import Quantity
from tui.widgets.run.run_quantities import ACCURACY, FOLD_ACCURACY, GRADIENT_NORM, LEARNING_RATE, LOSS, stage_ends
from tui.widgets.run.scale import Scale


class Curves(PlotRow):
    """The loss, learning rate or gradient norm, and the validation accuracy."""

    FIRST = (LOSS, LEARNING_RATE, GRADIENT_NORM)
    SECOND = ACCURACY

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._history: History | None = None
        self._drawn: object = None
        """The state that was drawn last; it is not drawn twice."""
        self._is_growing = False

    def clear(self) -> None:
        """Remove the previous run's curves."""
        self._history = self._drawn = None
        for plot in self.query(Plot):
            plot.clear()

    def show(self, history: History, *, is_growing: bool) -> None:
        """Draw the run so far; nothing if it has not started yet. `is_growing` says whether it goes on."""
        self._history, self._is_growing = history, is_growing
        self.draw()

    def draw(self) -> None:
        """Draw what has changed."""
        history = self._history
        if history is None or (started := history.started) is None:
            return
        state = (history.step, len(history.epochs), started, self._is_growing, self.first.quantity)
        if state == self._drawn:
            return
        self._drawn = state
        steps = max(1, started.steps_per_epoch)
        scale = Scale(started.epochs, steps, tuple(stage_ends(started)) if started.folds else ())
        self.second.show_quantity(FOLD_ACCURACY if started.folds else ACCURACY)
        for plot in self.query(Plot):
            curves = plot.quantity.curves(history, started)
            plot.draw(curves, scale, history.step / steps, is_growing=self._is_growing)
            if plot.border_title != (title := _title(plot.quantity, curves)):
                plot.border_title = title  # assigning it repaints, even if it is the same


def _title(quantity: Quantity, curves: Sequence[Curve]) -> str:
    """The quantity with a legend, as markup; a curve alone needs none."""
    named = {curve.name: curve for curve in curves if curve.name}
    if len(named) < 2:
        return escape(quantity.title)
    keys = "".join(f" [not bold {LOOKS[curve.look].colour}] {curve.key} {name}[/]" for name, curve in named.items())
    return f"{escape(quantity.title)} {keys}"
