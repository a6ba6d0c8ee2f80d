"""A run's history so far, assembled from its events. Used by `watch`, `runs` and the training screen."""

from __future__ import annotations

import math
from array import array

from core.runs import events

_MOST_LOST = 1_000_000
"""Most steps whose losses were lost between two lines of an event file."""


class History:
    """What has happened in a run: feed it events in order, then read its attributes."""

    def __init__(self) -> None:
        self.started: events.Started | None = None
        self.starting: events.Starting | None = None
        """What is done before training begins or goes on; None once it has."""
        self.loading: events.Loading | None = None
        self.progress: events.Progress | None = None
        self.device: events.DeviceState | None = None
        self.end: events.Finished | events.Stopped | events.Failed | None = None
        # Arrays of doubles: a run of a day has millions of steps, and a number in a list takes four times as much.
        self.losses = array("d")
        """The loss of every step done; index i holds that of step i + 1, or NaN if its line was damaged."""
        self.report_steps = array("q")
        """The steps done at each report whose steps count, ascending; a damaged line leaves a gap."""
        self.learning_rates = array("d")
        """At each report."""
        self.gradient_norms = array("d")
        """At each report; NaN if it does not tell it."""
        self.epochs: list[events.EpochEnded] = []
        self.notes: list[events.Note] = []
        self.checkpoint: events.Saved | None = None
        self.folds: list[events.FoldEnded] = []
        self.measured: events.Measured | None = None
        self.diverged_at: int | None = None
        """The first step whose loss is not a number or infinite; None if there is none."""

    def feed(self, event: events.Event) -> None:
        """Take in one more event."""
        match event:
            case events.Started():
                self.started = event
                self.starting = self.loading = None
                self.end = None
                self.progress = None
                # A resumed run repeats the steps that a killed one did after its last checkpoint.
                self._forget(event.step)
                if self.diverged_at is not None and self.diverged_at > event.step:
                    self.diverged_at = None
                self.epochs = [epoch for epoch in self.epochs if epoch.step <= event.step]
                done = event.step // event.steps_per_epoch if event.steps_per_epoch else 0
                self.folds = [fold for fold in self.folds if fold.fold < event.fold_of(done + 1)]
            case events.Starting() | events.Loading():
                self._prepare(event)
            case events.Progress():
                self._add(event)
            case events.EpochEnded():
                self.epochs.append(event)
            case events.FoldEnded():
                self.folds.append(event)
            case events.Measured():
                self.measured = event
            case events.DeviceState():
                self.device = event
            case events.Note():
                self.notes.append(event)
            case events.Saved():
                self.checkpoint = event
            case events.Finished() | events.Stopped() | events.Failed():
                self.end = event
            case _:
                pass

    def _prepare(self, event: events.Starting | events.Loading) -> None:
        if isinstance(event, events.Loading):
            self.loading = event
        else:
            self.starting, self.loading = event, None

    def _add(self, event: events.Progress) -> None:
        before = event.step - len(event.losses)
        if before > len(self.losses) + _MOST_LOST:
            return  # a step that no run reaches from here
        self.progress = event
        self._forget(before)
        self.report_steps.append(event.step)
        self.learning_rates.append(event.learning_rate)
        self.gradient_norms.append(math.nan if event.gradient_norm is None else event.gradient_norm)
        # The lines of steps that are missing could not be read.
        self.losses.extend(array("d", [math.nan]) * (before - len(self.losses)))
        self.losses.extend(event.losses)
        if self.diverged_at is None and not all(map(math.isfinite, event.losses)):
            self.diverged_at = before + 1 + [math.isfinite(loss) for loss in event.losses].index(False)

    def _forget(self, step: int) -> None:
        """Forget what came after `step`, whose following steps are done again."""
        del self.losses[step:]
        while self.report_steps and self.report_steps[-1] > step:
            for each in (self.report_steps, self.learning_rates, self.gradient_norms):
                each.pop()

    @property
    def step(self) -> int:
        """Steps done."""
        return max(len(self.losses), self.started.step if self.started else 0)

    @property
    def total_steps(self) -> int:
        """Steps of the whole run; 0 while that is unknown."""
        return self.started.epochs * self.started.steps_per_epoch if self.started else 0

    @property
    def fraction(self) -> float:
        """The part of the run that is done, 0 to 1."""
        return min(1.0, self.step / self.total_steps) if self.total_steps else 0.0

    @property
    def seconds(self) -> float:
        """Training time so far, in seconds."""
        latest = [event.seconds for event in (self.started, self.progress) if event]
        latest += [epoch.seconds for epoch in self.epochs[-1:]]
        if self.end is not None and not isinstance(self.end, events.Failed):
            latest.append(self.end.seconds)
        return max(latest, default=0.0)

    @property
    def seconds_left(self) -> float | None:
        """An estimate from the steps done since the run began or was resumed; None before the first step."""
        if self.started is None or self.end is not None:
            return None
        done = self.step - self.started.step
        spent = self.seconds - self.started.seconds
        if done <= 0 or spent <= 0:
            return None
        return spent / done * (self.total_steps - self.step)

    @property
    def best(self) -> events.EpochEnded | None:
        """The epoch with the highest validation accuracy, the earliest of equal ones."""
        return max(self.epochs, key=lambda epoch: (epoch.validation_accuracy, -epoch.epoch), default=None)
