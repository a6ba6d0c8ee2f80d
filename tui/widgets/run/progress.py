"""A run's progress: a bar for all epochs, a bar for this epoch's batches, and the current figures."""

from __future__ import annotations

import math

from textual.content import Content

from core.duration import duration
from core.runs.events import Started
from core.runs.history import History
from core.words import percent, plural
from tui.processes.followed_run import STOPPING, FollowedRun
from tui.processes.run_stage import RunStage
from tui.widgets.shared.lines import Lines, meter

_MUTED = "$foreground-muted"


class RunProgress(Lines):
    """Two bars with the time left, a line of figures and, for cross-validation and fine-tuning, a line of results."""

    _followed: FollowedRun | None = None

    def show(self, followed: FollowedRun) -> None:
        """Show the progress of this run."""
        self._followed = followed
        self.renew()

    def lines(self, width: int) -> list[Content]:
        """Three lines, or four for a cross-validation or a fine-tuning."""
        if self._followed is None:
            return [Content()] * 3
        history, state = self._followed.history, self._followed.state
        started = history.started
        if started is None or self._followed.is_starting:
            return [self._starting(self._followed), Content(), Content()]
        steps = max(1, started.steps_per_epoch)
        progress = history.progress
        epoch = min(started.epochs, max(progress.epoch if progress else 0, history.step // steps, 1))
        if progress is None:
            epoch = min(started.epochs, history.step // steps + 1)
        batch = min(steps, max(0, history.step - (epoch - 1) * steps))
        left = history.seconds_left
        per_step = left / (history.total_steps - history.step) if left else 0.0
        whole = f"{_time(left)} left" if left is not None else ""
        rest = f"{_time(per_step * (steps - batch))} left" if left is not None else ""
        if batch == steps:
            rest = "" if state == STOPPING else _meanwhile(history, epoch)
            whole = whole if epoch < started.epochs else ""
        rows = [
            _bar(width, "Run", history.fraction, _place(started, epoch), whole),
            _bar(width, "Epoch", batch / steps, f"batch {batch:,} of {steps:,}", rest),
            self._figures(width),
        ]
        return [*rows, known(history)] if started.folds or started.fine_tuned else rows

    def _starting(self, followed: FollowedRun) -> Content:
        """Such as `Starting for 7 s: loading PyTorch`."""
        if not followed.is_starting:
            return Content()
        verb = "Stopping after" if followed.state == STOPPING else "Starting for"
        seconds = duration(math.floor(followed.seconds_starting))
        return Content.styled(f"{verb} {seconds}: {followed.doing}", _MUTED)

    def _figures(self, width: int) -> Content:
        history = self._followed.history if self._followed else None
        progress = history.progress if history else None
        if history is None or progress is None:
            return Content.styled("waiting for the first batches", _MUTED)
        loss = sum(progress.losses) / len(progress.losses) if progress.losses else math.nan
        figures = [
            (f"{loss:.4f}", "loss"),
            (f"{progress.learning_rate:.3g}", "learning rate"),
            (f"{progress.images_per_second:,.0f}", "images/s"),
            (duration(math.floor(history.seconds)), "so far"),
        ]
        gap = " " * (4 if width >= 76 else 2)
        return Content(gap).join(Content.assemble((value, "bold"), " ", (name, _MUTED)) for value, name in figures)


def _place(started: Started, epoch: int) -> str:
    """Such as `epoch 3 of 20`, or `fold 2 of 5, epoch 3 of 8`, with epochs counted within the stage."""
    part = RunStage.of(started, epoch)
    text = f"epoch {epoch - part.first + 1:,} of {part.epochs:,}"
    return f"{part.name}, {text}" if part.folds else text


def _meanwhile(history: History, epoch: int) -> str:
    """What the run does after an epoch's last batch."""
    started = history.started
    assert started is not None
    part = RunStage.of(started, epoch)
    if part.folds and not part.fold:
        at_end = epoch == part.first + part.epochs - 1
        return "measuring" if at_end and started.fine_tuned and history.measured is None else ""
    measured = bool(history.epochs) and history.epochs[-1].epoch >= epoch
    return "measuring" if measured and epoch == started.epochs else "validating"


def known(history: History) -> Content:
    """The results so far in one line: on the finished folds, and on MNIST."""
    found = []
    if folds := history.folds:
        count = max(1, sum(fold.count for fold in folds))
        before = [fold.accuracy_before * fold.count for fold in folds if fold.accuracy_before is not None]
        found.append(
            change(
                plural(len(folds), "fold"),
                sum(before) / count if len(before) == len(folds) else None,
                sum(fold.accuracy * fold.count for fold in folds) / count,
            )
        )
    if (measured := history.measured) is not None:
        found.append(change("MNIST", measured.mnist_before, measured.mnist_after))
    return Content("    ").join(found) if found else Content.styled("no results yet", _MUTED)


def change(name: str, before: float | None, after: float) -> Content:
    """Such as `MNIST 99.71% → 99.68%`, with the second figure bold; accuracies are 0 to 1."""
    old = "" if before is None else f"{percent(before)} → "
    return Content.assemble((f"{name} ", _MUTED), old, (percent(after), "bold"))


def _bar(width: int, name: str, fraction: float, count: str, left: str) -> Content:
    """Such as `Run  ━━━━━───  42%  epoch 3 of 20   1 min 12 s left`; the bar fills the remaining room."""
    wide = max(24, len(count) + 1)
    room = max(8, width - 8 - 6 - 26 - 18)
    return Content.assemble(
        (f"{name:<8}", _MUTED),
        meter(fraction, room, "$primary"),
        (f"{math.floor(fraction * 100):>4}%", "bold"),
        f"  {count:<{wide}}",
        (f"{left:>{max(0, 43 - wide)}}", _MUTED),
    )


def _time(seconds: float) -> str:
    return duration(math.ceil(seconds))
