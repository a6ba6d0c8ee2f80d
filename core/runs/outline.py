"""The summary of each run in a list, from a glance at its files instead of its whole history."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from core.config.configuration import TrainingConfig
from core.printable import printable
from core.runs import event_lines, events
from core.runs.ending import status_of
from core.runs.events import Finished, Stopped
from core.runs.label import RunLabel
from core.runs.run import Run
from core.system import plain_file


@dataclass(frozen=True)
class RunOutline:
    """One run in a list."""

    run: Run
    state: str
    """A state of `core.runs.run`."""
    data: str
    """The data set's name, or the last part of its path; `?` if that is unknown."""
    recipe: str
    best_validation_accuracy: float | None
    """0 to 1; None before the first epoch has ended."""
    test_accuracy: float | None
    """0 to 1, for a finished run."""
    test_count: int | None
    """On how many images."""
    seconds: float | None
    """Training time, as far as it is known without reading all events."""
    trouble: str = ""
    """Why its files cannot be read in full; empty if they can."""
    label: RunLabel = field(default_factory=RunLabel)
    """What a person calls it, and has noted about it."""
    config: TrainingConfig | None = None
    """None if it cannot be read."""

    @property
    def title(self) -> str:
        """What a person calls it, or else its name, fit to be shown."""
        return self.label.title or printable(self.run.name)

    @classmethod
    def of(cls, run: Run, running: bool | None = None) -> RunOutline:
        """The outline of `run`: what is known of it, however its files are damaged.

        `running` tells whether it is, if that is known.
        """
        asked = run.asked()
        running = run.is_running() if running is None else running
        ending = None if running else run.ending()
        event = ending.event if ending is not None else None
        if isinstance(event, Finished):
            figures: tuple[float | None, float | None] = event.best_validation_accuracy, event.seconds
        else:
            figures = _epochs(run)
        best, seconds = figures
        if isinstance(event, Stopped):
            seconds = event.seconds
        return cls(
            run=run,
            state=status_of(ending, running),
            data=Path(asked.data).name or asked.data,
            recipe=asked.recipe,
            best_validation_accuracy=best,
            test_accuracy=event.test_accuracy if isinstance(event, Finished) else None,
            test_count=event.test_count if isinstance(event, Finished) else None,
            seconds=seconds,
            trouble=run.trouble(ending, asked),
            label=run.label,
            config=asked.config,
        )


def _epochs(run: Run) -> tuple[float | None, float | None]:
    """The best validation accuracy of an unfinished run, and its training time in seconds up to its last epoch."""
    best = seconds = None
    try:
        with plain_file.opened(run.events) as file:
            # Most lines are progress; only the epochs are worth parsing.
            for line, _ in event_lines.whole_lines(file):
                if line is not None and line.startswith(b'{"event":"epoch"'):
                    try:
                        epoch = events.from_json(json.loads(line))
                    except (ValueError, RecursionError):
                        continue  # half a line of a killed run, or a damaged one
                    if isinstance(epoch, events.EpochEnded):
                        best = max(epoch.validation_accuracy, -1.0 if best is None else best)
                        seconds = epoch.seconds
    except OSError:
        return None, None
    return best, seconds
