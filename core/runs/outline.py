"""The summary of each run in a list, from a glance at its files instead of its whole history."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from core.errors import RunError
from core.runs.run import FINISHED, INTERRUPTED, RUNNING, Run


@dataclass(frozen=True)
class RunOutline:
    """One run in a list."""

    run: Run
    state: str
    """A state of `core.runs.run`."""
    data: str
    """The data set's name, or the last part of its path."""
    recipe: str
    best_validation_accuracy: float | None
    """0 to 1; None before the first epoch has ended."""
    test_accuracy: float | None
    """0 to 1, for a finished run."""
    seconds: float | None
    """Training time, as far as it is known without reading all events."""

    @classmethod
    def of(cls, run: Run) -> RunOutline | None:
        """The outline of `run`; None if its configuration cannot be read."""
        try:
            config = run.config()
        except (RunError, RecursionError):
            return None
        running = run.is_running()
        summary = {} if running else run.summary()
        state = RUNNING if running else str(summary.get("status", INTERRUPTED))
        best, seconds = summary.get("best_validation_accuracy"), summary.get("seconds")
        if state != FINISHED:
            best, last = _epochs(run)
            seconds = seconds if seconds is not None else last
        test = summary.get("test_accuracy")
        return cls(
            run=run,
            state=state,
            data=Path(config.data).name or config.data,
            recipe=config.recipe,
            best_validation_accuracy=_number(best),
            test_accuracy=_number(test),
            seconds=_number(seconds),
        )


def _epochs(run: Run) -> tuple[float | None, float | None]:
    """The best validation accuracy of an unfinished run, and its training time in seconds up to its last epoch."""
    best = seconds = None
    try:
        with run.events.open("rb") as file:
            # Most lines are progress; only the epochs are worth parsing.
            for line in file:
                if line.startswith(b'{"event":"epoch"'):
                    try:
                        epoch = json.loads(line)
                        accuracy, seconds = float(epoch["validation_accuracy"]), float(epoch["seconds"])
                    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
                        continue  # half a line of a killed run, or a damaged one
                    best = accuracy if best is None else max(best, accuracy)
    except OSError:
        return None, None
    return best, seconds


def _number(value: object) -> float | None:
    try:
        return float(value) if isinstance(value, int | float) else None
    except OverflowError:  # a whole number of hundreds of digits, in a damaged file
        return None
