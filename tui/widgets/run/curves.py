"""The two plots of a run, side by side over the same epochs: its losses and its validation accuracy.

In a cross-validation each stage has curves of its own, since each starts again; vertical lines separate them.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from textual.app import ComposeResult
from textual.containers import Horizontal

from core.runs.events import EpochEnded, Started
from core.runs.history import History
from tui.processes.run_stage import RunStage
from tui.widgets.run import axis
from tui.widgets.run.plot import Curve, Plot

_ACCURACY = "Validation accuracy"
_FOLDS = "Accuracy on the held-out fold"


class Curves(Horizontal):
    """The training and validation loss, and the validation accuracy. The mouse wheel scrolls what is around them."""

    _drawn: object = None
    """The state that was drawn last; it is not drawn twice."""

    def compose(self) -> ComposeResult:
        loss = Plot(y=axis.logarithmic, below="epoch", empty="after the first batches", id="loss")
        loss.border_title = "Loss [not bold $primary]  ── training[/] [not bold $success] ─•─ validation[/]"
        accuracy = Plot(y=axis.percentage, below="epoch", empty="after the first epoch", id="accuracy")
        accuracy.border_title = _ACCURACY
        for plot in (loss, accuracy):
            plot.add_class("section")
            yield plot

    def clear(self) -> None:
        """Remove the previous run's curves."""
        self._drawn = None
        for plot in self.query(Plot):
            plot.clear()

    def show(self, history: History) -> None:
        """Draw the run so far; nothing if it has not started yet."""
        started = history.started
        state = (history.step, len(history.epochs), started)
        if started is None or state == self._drawn:
            return
        self._drawn = state
        steps = max(1, started.steps_per_epoch)
        stages = RunStage.all(started)
        ends = _ends(stages)
        loss, accuracy = losses_and_accuracies(history)

        def epochs(most: int) -> axis.Axis:
            return axis.epochs(history.step / steps, started.epochs, most)

        def folds(most: int) -> axis.Axis:
            return axis.parts(ends, ["all", *(str(stage.fold) for stage in stages[1:])], 8 * most)

        plot = self.query_one("#accuracy", Plot)
        title = _FOLDS if started.folds else _ACCURACY
        if plot.border_title != title:
            plot.border_title = title
        for name, curves in (("#loss", loss), ("#accuracy", accuracy)):
            if started.folds:
                self.query_one(name, Plot).draw(curves, folds, below="fold", borders=ends[:-1])
            else:
                self.query_one(name, Plot).draw(curves, epochs)


def losses_and_accuracies(history: History) -> tuple[list[Curve], list[Curve]]:
    """The curves of the losses and of validation's accuracies, one or more for each stage; none before the start."""
    started = history.started
    if started is None:
        return [], []
    steps = max(1, started.steps_per_epoch)
    losses = np.asarray(history.losses)
    across = np.arange(1, len(losses) + 1) / steps
    edges = [0, *(round(end) * steps for end in _ends(RunStage.all(started)))]
    loss = [Curve.of(across[begin:end], losses[begin:end]) for begin, end in pairwise(edges)]
    measured = _by_stage(started, history.epochs)
    loss += [_marked(each, [epoch.validation_loss for epoch in each]) for each in measured]
    return loss, [_marked(each, [epoch.validation_accuracy for epoch in each]) for each in measured]


def _ends(stages: list[RunStage]) -> list[float]:
    """The epoch with which each stage ends."""
    return [float(stage.first - 1 + stage.epochs) for stage in stages]


def _by_stage(started: Started, epochs: list[EpochEnded]) -> list[list[EpochEnded]]:
    found: list[list[EpochEnded]] = [[] for _ in range(started.folds + 1)]
    for epoch in epochs:
        found[started.fold_of(min(epoch.epoch, started.epochs))].append(epoch)
    return found


def _marked(epochs: list[EpochEnded], values: list[float]) -> Curve:
    return Curve.of([epoch.epoch for epoch in epochs], values, marked=True)
