"""The quantities of a run, and how its curves are made of what it has reported.

In a cross-validation each stage has curves of its own.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.runs.events import EpochEnded, Started
from core.runs.history import History
from core.words import percent
from tui.processes.run_stage import RunStage
from tui.widgets.run import axis
from tui.widgets.run.curve import Curve
from tui.widgets.run.quantity import Quantity

_TRAINING, _VALIDATION = 0, 1
"""The looks of what training and what validation measured."""
_BATCHES, _EPOCH = "after the first batches", "after the first epoch"


def _losses(history: History, started: Started) -> list[Curve]:
    """Those of training, and of validation."""
    return _training_losses(history, started) + _validation_losses(history, started)


def _training_losses(history: History, started: Started) -> list[Curve]:
    """One for each stage."""
    values = _copied(history.losses)
    across = np.arange(1, len(values) + 1) / max(1, started.steps_per_epoch)
    return [
        Curve.of(across[begin:end], values[begin:end], "training", look=_TRAINING, is_marked=False, points="steps")
        for begin, end in _steps(started)
    ]


def _validation_losses(history: History, started: Started) -> list[Curve]:
    """One for each stage."""
    return _validated(history, started, "validation", lambda epoch: epoch.validation_loss)


def _accuracies(history: History, started: Started) -> list[Curve]:
    """Those of validation, one for each stage."""
    return _validated(history, started, "accuracy", lambda epoch: epoch.validation_accuracy)


def _learning_rates(history: History, started: Started) -> list[Curve]:
    """One for each stage."""
    return _reported(history, started, "rate", history.learning_rates)


def _gradient_norms(history: History, started: Started) -> list[Curve]:
    """One for each stage, without the reports that do not tell it."""
    return _reported(history, started, "norm", history.gradient_norms)


def _reported(history: History, started: Started, name: str, values: array[float]) -> list[Curve]:
    across, up = _copied(history.report_steps), _copied(values)
    whole = min(len(across), len(up))
    across, up = across[:whole], up[:whole]
    found = []
    for begin, end in _steps(started):
        part = (across > begin) & (across <= end)
        epochs = across[part] / max(1, started.steps_per_epoch)
        found.append(Curve.of(epochs, up[part], name, look=_TRAINING, is_marked=False, points="reports"))
    return found


def _copied(values: array[Any]) -> NDArray[Any]:
    """The values in an array of their own: those of a history cannot grow, in whichever thread, while one has a view.

    They are copied at once, without letting go of the interpreter.
    """
    return np.frombuffer(values.tobytes(), values.typecode)


def _validated(history: History, started: Started, name: str, value: Callable[[EpochEnded], float]) -> list[Curve]:
    stages: list[list[EpochEnded]] = [[] for _ in range(started.folds + 1)]
    for epoch in history.epochs:
        stages[started.fold_of(min(epoch.epoch, started.epochs))].append(epoch)
    return [
        Curve.of(
            [each.epoch for each in stage], [value(each) for each in stage], name, look=_VALIDATION, points="epochs"
        )
        for stage in stages
    ]


def _steps(started: Started) -> Iterator[tuple[int, int]]:
    """The steps done before each stage, and at its end."""
    return pairwise([0, *(round(end) * max(1, started.steps_per_epoch) for end in stage_ends(started))])


def stage_ends(started: Started) -> list[float]:
    """The epoch with which each stage ends."""
    return [float(stage.first - 1 + stage.epochs) for stage in RunStage.all(started)]


def _four_digits(value: float) -> str:
    return f"{value:.4g}"


LOSS = Quantity("Loss", (axis.logarithmic, axis.linear), _four_digits, _losses, _BATCHES)
TRAINING_LOSS = Quantity("Training loss", (axis.logarithmic, axis.linear), _four_digits, _training_losses, _BATCHES)
VALIDATION_LOSS = Quantity("Validation loss", (axis.logarithmic, axis.linear), _four_digits, _validation_losses, _EPOCH)
LEARNING_RATE = Quantity("Learning rate", (axis.linear, axis.logarithmic), _four_digits, _learning_rates, _BATCHES)
GRADIENT_NORM = Quantity(
    "Gradient norm", (axis.logarithmic, axis.linear), _four_digits, _gradient_norms, "no gradient was measured"
)
ACCURACY = Quantity("Validation accuracy", (axis.percentage,), percent, _accuracies, _EPOCH)
FOLD_ACCURACY = Quantity("Accuracy on the held-out fold", (axis.percentage,), percent, _accuracies, _EPOCH)
