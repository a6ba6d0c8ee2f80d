"""What is going on in a run, in words: what a person would notice in its curves, and what holds it up."""

from __future__ import annotations

from core.runs.history import History
from core.words import plural

_PATIENCE = 3
"""Epochs without a better validation after which it is said."""
_BUSY = 2.0
"""Processes that want to run, for each core, from which on a run waits for the processor."""


def remarks(history: History, load: float | None = None, cores: int = 1) -> list[str]:
    """Sentences about a run that is going, the most urgent first.

    `load` is the machine's load average over a minute, None if it has none; `cores` is the number of its cores.
    """
    found = []
    if (step := history.diverged_at) is not None:
        found.append(f"The loss is not a number at step {step:,}: the training has diverged. Stop it.")
    if (epochs := _without_improvement(history)) >= _PATIENCE:
        found.append(f"Validation has not improved for {plural(epochs, 'epoch')}.")
    if load is not None and load >= _BUSY * cores and history.started is not None and history.started.device == "cpu":
        found.append(
            f"The machine is busy (load {load:.0f} on {plural(cores, 'core')}): the run waits for the processor."
        )
    return found


def _without_improvement(history: History) -> int:
    """Epochs since the best one; 0 in a cross-validation, whose stages each begin anew."""
    best, started = history.best, history.started
    if best is None or started is None or started.folds:
        return 0
    return history.epochs[-1].epoch - best.epoch
