"""One training run on one device, from its start or from a saved state, as a generator of events.

Losses stay on the device and are read only a few times a second, because each reading waits for the device.
"""

from __future__ import annotations

import copy
import functools
import time
from collections.abc import Callable, Generator, Iterator
from typing import Any

import torch
from torch import Tensor, nn

from core.config.calibration import Calibration
from core.data.collection import LabelledImages
from core.data.stage import Stage
from core.evaluation.evaluation import Evaluation, evaluate
from core.networks import checkpoint
from core.networks.architectures import parameter_count
from core.runs.events import DeviceState, EpochEnded, Event, Finished, FoldEnded, Measured, Saved
from core.training import report
from core.training.calibration_fit import fitted
from core.training.clock import Clock, Every
from core.training.cross_validation import Fold
from core.training.job import Job
from core.training.monitoring import monitoring
from core.training.report import Moment
from core.training.snapshot import check, check_learner, on_cpu, plan_of, snapshot
from core.training.training_state import TrainingState

_REPORT_SECONDS = 0.25
_DEVICE_SECONDS = 1.0
_SAVE_SECONDS = 10.0
_WATCHED_SECONDS = 0.5
"""Seconds between two checkpoints while somebody looks at each of them."""

Stop = Callable[[], bool]
"""Whether the run was asked to stop; called a few times a second."""


class Trainer:
    """Runs one job."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.clock = Clock()
        self.state = TrainingState()
        self.safe_state: dict[str, Any] | None = None
        """The state to go on from on another device, if this one may fail."""
        base = job.pretrained
        self._calibration = Calibration.of(base.header.calibration) if base else Calibration()
        self._fold_began = 0.0
        self._begin(0)

    def events(self, stop: Stop) -> Iterator[Event]:
        """Do the rest of the run; the last event is Finished, or Stopped if `stop` asked for it."""
        yield report.started(self.job, self._moment)
        self.clock.start()
        with monitoring(self.job.plan.device) as device:
            while True:
                if (yield from self._train(device, stop)):
                    yield from self._stopped()
                    return
                yield from self._measure()
                if self._index + 1 == len(self.job.stages):
                    yield self._finished()
                    return
                self._begin(self._index + 1)
                if stop():
                    yield from self._stopped()
                    return
                yield from self._save()

    def restore(self, saved: dict[str, Any]) -> None:
        """Go on from the `saved` state, even on another device. Raises CheckpointError or DataError."""
        check(saved, self.job)
        if saved["stage"] != self._index or self.learner.step.done:
            self._begin(saved["stage"])  # only if needed: making synthetic images may take a minute
        same_device = plan_of(saved).device == self.job.plan.device
        check_learner(saved, self.learner, same_device=same_device)
        self.learner.restore(saved, same_device=same_device)
        self.state = TrainingState.of_state(saved["tally"], self._device)
        self.clock = Clock.of_state(saved["tally"])

    # Training

    def _begin(self, index: int) -> None:
        """Get ready for the first step of stage `index`."""
        self._index = index
        self.learner = self.job.learner(index)

    def _train(self, device: Callable[[], DeviceState], stop: Stop) -> Generator[Event, None, bool]:
        """Do the rest of the stage in progress; returns whether the run was asked to stop."""
        while not self.learner.is_done:
            epoch, skip = divmod(self._steps_done, self.job.length.steps)
            if skip == 0:
                self.state.loss_sum = None
            self.clock.start_epoch(is_new=skip == 0)
            if (yield from self._epoch(epoch + 1, device, stop)):
                return True
            if len(self._stage.validate):
                yield self._validated(epoch + 1)
            if not self.learner.is_done:  # otherwise the end of the stage follows, which saves
                if stop():
                    return True
                yield from self._save()
        return False

    def _epoch(self, epoch: int, device: Callable[[], DeviceState], stop: Stop) -> Generator[Event, None, bool]:
        """Do the rest of the epoch in progress; returns whether the run was asked to stop before its last step."""
        losses: list[Tensor] = []
        reporting, looking = Every(_REPORT_SECONDS), Every(_DEVICE_SECONDS)
        saving, showing = Every(_SAVE_SECONDS), Every(_WATCHED_SECONDS)
        for loss in self.learner.epoch():
            losses.append(loss)
            self.state.add(loss)
            is_last = self.learner.step.done % self.job.length.steps == 0
            if not (reporting.is_due or is_last):
                continue
            *values, norm = torch.stack([*losses, self.learner.step.gradient_norm()]).tolist()  # waits for the device
            yield report.progress(self.job, self._moment, epoch, values, norm, reporting.last)
            losses = []
            reporting.reset()
            if looking.is_due:
                yield device()
                looking.reset()
            if is_last:
                return False  # a request to stop is not checked until the epoch is measured
            if stop():
                return True
            if saving.is_due:
                yield from self._save()
            elif showing.is_due and self._is_watched:
                yield self._show()
            else:
                continue
            for each in (reporting, saving, showing):
                each.reset()
        return False

    # Measuring

    def _validated(self, epoch: int) -> EpochEnded:
        # Without augmentation: a network that is still unsure would augment nearly all images.
        read = self._evaluated(self.learner.step.result, self._stage.validate, augment=False)
        self.state.validated(read.accuracy, epoch)
        return report.epoch_ended(self.job, self._moment, epoch, self.state.loss_sum, read)

    def _measure(self) -> Iterator[Event]:
        """Measure the result of the stage; a run that was resumed at the very end of a stage may have it already."""
        stage, state, result = self._stage, self.state, self.learner.step.result
        base = self.job.pretrained
        if stage.fold == 0:
            if base is not None and state.mnist is None:
                before = self._evaluated(self._base, base.test).accuracy
                state.mnist = (before, self._evaluated(result, base.test).accuracy)
                yield Measured(*state.mnist)
            if self.job.config.folds:
                state.weights = on_cpu(result.state_dict())
                yield from self._save()
            self._fold_began = time.perf_counter()
        elif len(state.folds) < stage.fold:
            read = self._evaluated(result, stage.validate)
            accuracy_before = self._evaluated(self._base, stage.validate).accuracy if base else None
            state.folds.append(Fold(read.accuracy, read.loss, read.count, accuracy_before, read.confusion.tolist()))
            now = time.perf_counter()
            seconds, self._fold_began = now - self._fold_began, now
            yield FoldEnded(stage.fold, self.job.config.folds, read.accuracy, read.count, accuracy_before, seconds)

    def _evaluated(self, network: nn.Module, part: LabelledImages, *, augment: bool = True) -> Evaluation:
        return evaluate(network, part.images, part.labels, self._device, augment=augment)

    def _finished(self) -> Finished:
        folds, result = self.job.config.folds, self.learner.step.result
        read = None if folds else self._evaluated(result, self.job.dataset.test)
        if self.job.pretrained is None and not folds:
            self._calibration = fitted(result, self._stage.validate, self._device)
        end = report.finished(self.job, self._moment, self.state, read)
        self._write(end)
        return end

    # Saving

    def _stopped(self) -> Iterator[Event]:
        yield from self._save()
        yield report.stopped(self.job, self._moment)

    def _save(self) -> Iterator[Saved]:
        if saved := self._write():
            yield saved

    def _write(self, end: Finished | None = None) -> Saved | None:
        """Write what resuming needs, and the weights; None if the run is not written."""
        run = self.job.run
        if run is None and self.job.plan.device == "cpu":
            return None
        saved = snapshot(self.job, self._index, self.learner, self.state, self.clock)
        if self.job.plan.device != "cpu":
            self.safe_state = saved
        if run is None:
            return None
        checkpoint.save_state(run.state, saved)
        return self._show(end)

    def _show(self, end: Finished | None = None) -> Saved:
        """Write only the weights of the network that is saved."""
        run, weights = self.job.run, self.state.weights
        if run is None:
            raise RuntimeError("there is no run to write to")
        header = report.header(self.job, self._moment, self.state, self._calibration.to_json(), end)
        checkpoint.save(run.model, self.learner.step.result.state_dict() if weights is None else weights, header)
        return Saved(checkpoint=str(run.model), step=self._steps_done)

    @property
    def _is_watched(self) -> bool:
        return self.job.run is not None and self.state.weights is None and self.job.run.is_watched()

    # Where it is

    @property
    def _stage(self) -> Stage:
        return self.job.stages[self._index]

    @property
    def _device(self) -> torch.device:
        return self.learner.step.device

    @functools.cached_property
    def _base(self) -> nn.Module:
        """The starting network, on the device."""
        if self.job.pretrained is None:
            raise RuntimeError("nothing is fine-tuned")
        return copy.deepcopy(self.job.pretrained.network).to(self._device)

    @property
    def _steps_done(self) -> int:
        """Steps done in all stages."""
        return self._index * self.job.length.total_steps + self.learner.step.done

    @property
    def _moment(self) -> Moment:
        step = self.learner.step
        return Moment(
            step=self._steps_done,
            stage_step=step.done,
            learning_rate=step.learning_rate,
            parameters=parameter_count(step.network),
            seconds=self.clock.seconds,
            epoch_seconds=self.clock.epoch_seconds,
        )
