"""The two curves of a run, side by side over the same epochs: its losses and its validation accuracy."""

from __future__ import annotations

import numpy as np
from textual.app import ComposeResult
from textual.containers import Horizontal

from core.history import History
from tui.widgets import axis
from tui.widgets.plot import Curve, Plot


class Curves(Horizontal):
    """Training's loss with that of validation, and validation's accuracy. The mouse wheel passes through."""

    _drawn: object = None
    """What was drawn last; the same again draws nothing."""

    def compose(self) -> ComposeResult:
        loss = Plot(y=axis.logarithmic, below="epoch", empty="after the first batches", id="loss")
        loss.border_title = "Loss [not bold $primary]  ── training[/] [not bold $success] ─•─ validation[/]"
        accuracy = Plot(y=axis.percentage, below="epoch", empty="after the first epoch", id="accuracy")
        accuracy.border_title = "Validation accuracy"
        for plot in (loss, accuracy):
            plot.add_class("section")
            yield plot

    def clear(self) -> None:
        """Show nothing of the run before."""
        self._drawn = None
        for plot in self.query(Plot):
            plot.clear()

    def show(self, history: History) -> None:
        """Draw the run so far; a run that has not started yet is left blank."""
        started = history.started
        state = (history.step, len(history.epochs), started)
        if started is None or state == self._drawn:
            return
        self._drawn = state
        steps = max(1, started.steps_per_epoch)
        losses = np.asarray(history.losses)
        ends = [each.epoch for each in history.epochs]
        loss = Curve.of(np.arange(1, len(losses) + 1) / steps, losses)
        validation = Curve.of(ends, [each.validation_loss for each in history.epochs], marked=True)
        accuracy = Curve.of(ends, [each.validation_accuracy for each in history.epochs], marked=True)

        def across(most: int) -> axis.Axis:
            return axis.epochs(history.step / steps, started.epochs, most)

        self.query_one("#loss", Plot).draw([loss, validation], across)
        self.query_one("#accuracy", Plot).draw([accuracy], across)
