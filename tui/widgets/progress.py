"""How far a run is: one bar over all epochs, one over this epoch's batches, and the figures of the moment."""

from __future__ import annotations

import math

from textual.content import Content

from core.duration import duration
from tui.followed_run import STARTING, STOPPING, FollowedRun
from tui.widgets.lines import Lines, meter

_MUTED = "$foreground-muted"


class RunProgress(Lines):
    """Two bars with time left and a line of figures; three lines always."""

    _followed: FollowedRun | None = None

    def show(self, followed: FollowedRun) -> None:
        """Show how far this run is now."""
        self._followed = followed
        self.renew()

    def lines(self, width: int) -> list[Content]:
        """The three lines."""
        if self._followed is None:
            return [Content()] * 3
        history, state = self._followed.history, self._followed.state
        started = history.started
        if started is None:
            words = "Starting: PyTorch is being loaded, then the data …" if state == STARTING else ""
            if words and (loading := history.loading) is not None and loading.total:
                words = f"Reading image {loading.done:,} of {loading.total:,} …"
            return [Content.styled(words, _MUTED), Content(), Content()]
        steps = max(1, started.steps_per_epoch)
        progress = history.progress
        epoch = min(started.epochs, max(progress.epoch if progress else 0, history.step // steps, 1))
        if progress is None:
            epoch = min(started.epochs, history.step // steps + 1)
        batch = min(steps, max(0, history.step - (epoch - 1) * steps))
        left = history.seconds_left
        per_step = left / (history.total_steps - history.step) if left else 0.0
        whole = f"{_time(left)} left" if left is not None else ""
        part = f"{_time(per_step * (steps - batch))} left" if left is not None else ""
        if batch == steps:
            measured = bool(history.epochs) and history.epochs[-1].epoch >= epoch
            part = "measuring" if measured and epoch == started.epochs else "validating"
            if state == STOPPING:
                part = ""
            whole = whole if epoch < started.epochs else ""
        return [
            _bar(width, "Run", history.fraction, f"epoch {epoch:,} of {started.epochs:,}", whole),
            _bar(width, "Epoch", batch / steps, f"batch {batch:,} of {steps:,}", part),
            self._figures(width),
        ]

    def _figures(self, width: int) -> Content:
        history = self._followed.history if self._followed else None
        progress = history.progress if history else None
        if history is None or progress is None:
            return Content.styled("the first batches are on their way", _MUTED)
        loss = sum(progress.losses) / len(progress.losses) if progress.losses else math.nan
        figures = [
            (f"{loss:.4f}", "loss"),
            (f"{progress.learning_rate:.3g}", "learning rate"),
            (f"{progress.images_per_second:,.0f}", "images/s"),
            (duration(math.floor(history.seconds)), "so far"),
        ]
        gap = " " * (4 if width >= 76 else 2)
        return Content(gap).join(Content.assemble((value, "bold"), " ", (name, _MUTED)) for value, name in figures)


def _bar(width: int, name: str, fraction: float, count: str, left: str) -> Content:
    """`Run  ━━━━━───  42%  epoch 3 of 20   1 min 12 s left`, the bar taking the room that is over."""
    room = max(8, width - 8 - 6 - 26 - 18)
    return Content.assemble(
        (f"{name:<8}", _MUTED),
        meter(fraction, room, "$primary"),
        (f"{math.floor(fraction * 100):>4}%", "bold"),
        f"  {count:<24}",
        (f"{left:>19}", _MUTED),
    )


def _time(seconds: float) -> str:
    return duration(math.ceil(seconds))
