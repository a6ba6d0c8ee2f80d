"""One training run on one device, from its start or from a saved state, as a generator of events.

Losses stay on the device and are read a few times a second, since each reading waits for the device.
"""

from __future__ import annotations

import copy
import functools
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.config.calibration import Calibration
from core.config.configuration import TrainingConfig
from core.config.device_plan import Plan
from core.config.recipes import Recipe
from core.config.schedule import Schedule
from core.data.datasets import Dataset, Part
from core.data.stage import Stage
from core.errors import CheckpointError, DataError
from core.evaluation.evaluation import Evaluation, evaluate
from core.networks import checkpoint
from core.runs.events import EpochEnded, Event, Finished, FoldEnded, Measured, Saved, Stopped
from core.runs.run import Run
from core.training import report
from core.training.cross_validation import Fold
from core.training.device_monitor import CardMonitor, ProcessorMonitor
from core.training.devices import find
from core.training.fitting import fitted
from core.training.learning import Learning
from core.training.pretrained import Pretrained
from core.training.state import Tally
from core.training.teachers import Teachers

_REPORT_SECONDS = 0.25
_DEVICE_SECONDS = 1.0
_SAVE_SECONDS = 10.0
_WATCHED_SECONDS = 0.5
"""Between two checkpoints while somebody looks at each of them."""


class Trainer:
    """One run on one device: a network that is kept, and one for each fold of a cross-validation."""

    def __init__(
        self,
        config: TrainingConfig,
        recipe: Recipe,
        dataset: Dataset,
        stages: Sequence[Stage],
        plan: Plan,
        run: Run | None = None,
        pretrained: Pretrained | None = None,
        teachers: Teachers | None = None,
    ) -> None:
        """`recipe` is that of the division of `dataset`, with the network of `pretrained` where that is fine-tuned.

        `stages` are those of the data set, whose training part is not looked at again.
        `pretrained` is what to fine-tune, `teachers` whom to learn from: those of `config`.
        """
        self.config = config
        self.dataset = dataset
        self.plan = plan
        self.run = run
        self.pretrained = pretrained
        self.teachers = teachers
        self.stages = stages
        self.recipe = recipe
        # The same number of steps in each, so that one scale counts them all.
        self.schedule = Schedule.of(recipe, dataset.division.fewest, config.epochs)
        self.epochs = self.schedule.epochs * len(self.stages)
        self._begin(0)
        self.safe_state: dict[str, Any] | None = None
        """What to go on from on another device, where this one may fail."""
        others = [*([pretrained.network] if pretrained else []), *(teachers.networks if teachers else ())]
        weights = [weight for network in others for weight in network.state_dict().values()]
        self._checksum = _checksum(
            *(array for part in (*self.stages[0].parts, dataset.test) for array in (part.labels, part.images)),
            *(weight.numpy() for weight in weights),
        )
        self.calibration = Calibration.of(pretrained.header.calibration) if pretrained else Calibration()
        self.tally = Tally()
        self._epoch_began = 0.0
        self._began = 0.0
        self._fold_began = 0.0

    def _begin(self, index: int) -> None:
        """Start the training of stage `index` from its first step."""
        self._index = index
        stage = self.stages[index]
        # Other folds are other trainings, with other draws.
        seed = (self.config.seed + 1_000_003 * index) % 2**32
        sources = self.pretrained, self.teachers
        self.learning = Learning(self.recipe, self.schedule, self.plan, stage.learn, seed, *sources)

    @property
    def _stage(self) -> Stage:
        return self.stages[self._index]

    @property
    def device(self) -> torch.device:
        """Where the network lies."""
        return self.learning.step.device

    @property
    def steps_done(self) -> int:
        """Of all stages."""
        return self._index * self.schedule.total_steps + self.learning.step.done

    @property
    def seconds(self) -> float:
        """Training time over all parts of the run, in seconds."""
        return self.tally.seconds_before + (time.perf_counter() - self._began if self._began else 0.0)

    @property
    def epoch_seconds(self) -> float:
        """Training time of the epoch in progress."""
        return self.tally.epoch_seconds + time.perf_counter() - self._epoch_began

    def events(self, stop: Callable[[], bool]) -> Iterator[Event]:
        """Do what is left of the run."""
        yield report.started(self)
        self._began = time.perf_counter()
        monitor = self._monitor()
        try:
            while True:
                while not self.learning.is_done:
                    for event in self._epoch(monitor, stop):
                        yield event
                        if isinstance(event, Stopped):
                            return
                yield from self._stage_ended()
                if self._index + 1 == len(self.stages):
                    break
                self._begin(self._index + 1)
                if stop():
                    yield from self._stopped()
                    return
                if saved := self._save():
                    yield saved
            yield self._finished()
        finally:
            if isinstance(monitor, CardMonitor):
                monitor.close()

    def _epoch(self, monitor: ProcessorMonitor | CardMonitor, stop: Callable[[], bool]) -> Iterator[Event]:
        """What is left of the epoch in progress; the last event is Stopped where a stop was asked for."""
        epoch, skip = divmod(self.steps_done, self.schedule.steps)
        epoch += 1
        if skip == 0:
            self.tally.loss_sum = None
            self.tally.epoch_seconds = 0.0
        self._epoch_began = time.perf_counter()
        for event in self._batches(epoch, monitor, stop):
            yield event
            if isinstance(event, Stopped):
                return
        if len(self._stage.validate):
            yield self._validated(epoch)
        if self.learning.is_done:
            return  # what follows is the stage's end
        if stop():
            yield from self._stopped()
        elif saved := self._save():
            yield saved

    def _batches(
        self, epoch: int, monitor: ProcessorMonitor | CardMonitor, stop: Callable[[], bool]
    ) -> Iterator[Event]:
        losses: list[Tensor] = []
        reported = looked = saved = time.perf_counter()
        for loss in self.learning.epoch():
            losses.append(loss)
            self.tally.loss_sum = loss.clone() if self.tally.loss_sum is None else self.tally.loss_sum.add_(loss)
            now = time.perf_counter()
            last = self.learning.step.done % self.schedule.steps == 0
            if now - reported < _REPORT_SECONDS and not last:
                continue
            yield report.progress(self, epoch, losses, reported)
            losses, reported = [], time.perf_counter()
            if now - looked >= _DEVICE_SECONDS:
                yield monitor.state()
                looked = now
            if last:
                return  # the epoch is to be measured before a stop is heard
            if stop():
                yield from self._stopped()
                return
            if now - saved >= _SAVE_SECONDS:
                if event := self._save():
                    yield event
                reported = saved = time.perf_counter()
            elif now - saved >= _WATCHED_SECONDS and self._is_watched():
                yield self._show()
                reported = saved = time.perf_counter()

    def _stage_ended(self) -> Iterator[Event]:
        """Measure what the stage was for; a run that was resumed at its very end has done so before."""
        stage, kept, tally = self._stage, self.learning.step.kept, self.tally
        base = self.pretrained
        if stage.fold == 0:
            if base is not None and tally.mnist is None:
                before = self._evaluated(self._base, base.test).accuracy
                tally.mnist = (before, self._evaluated(kept, base.test).accuracy)
                yield Measured(*tally.mnist)
            if self.config.folds:
                tally.kept = _copy(kept.state_dict())
                if saved := self._save():
                    yield saved
            self._fold_began = time.perf_counter()
        elif len(tally.folds) < stage.fold:
            read = self._evaluated(kept, stage.validate)
            accuracy_before = self._evaluated(self._base, stage.validate).accuracy if base else None
            tally.folds.append(Fold(read.accuracy, read.loss, read.count, accuracy_before, read.confusion.tolist()))
            now = time.perf_counter()
            seconds, self._fold_began = now - self._fold_began, now
            yield FoldEnded(stage.fold, self.config.folds, read.accuracy, read.count, accuracy_before, seconds)

    @functools.cached_property
    def _base(self) -> torch.nn.Module:
        """The network that was begun with, on the device."""
        if self.pretrained is None:
            raise RuntimeError("nothing is fine-tuned")
        return copy.deepcopy(self.pretrained.network).to(self.device)

    def _validated(self, epoch: int) -> EpochEnded:
        # One look at each: what an unsure network would look at again is nearly all.
        read = self._evaluated(self.learning.step.kept, self._stage.validate, once=True)
        self.tally.validation_accuracy = read.accuracy
        if read.accuracy > self.tally.best[0]:
            self.tally.best = (read.accuracy, epoch)
        return report.epoch_ended(self, epoch, read)

    def _evaluated(self, network: torch.nn.Module, part: Part, *, once: bool = False) -> Evaluation:
        return evaluate(network, part.images, part.labels, self.device, once=once)

    def _finished(self) -> Finished:
        read = None if self.config.folds else self._evaluated(self.learning.step.kept, self.dataset.test)
        if self.pretrained is None and not self.config.folds:
            self.calibration = fitted(self.learning.step.kept, self._stage.validate, self.device)
        end = report.finished(self, read)
        self._save(end)
        return end

    def _stopped(self) -> Iterator[Event]:
        if event := self._save():
            yield event
        yield Stopped(
            epoch=min(self.epochs, self.steps_done // self.schedule.steps + 1),
            step=self.steps_done,
            seconds=self.seconds,
            checkpoint=str(self.run.model) if self.run else "",
        )

    def _save(self, end: Finished | None = None) -> Saved | None:
        if self.plan.device != "cpu":
            self.safe_state = self.state()
        if self.run is None:
            return None
        checkpoint.save_state(self.run.state, self.safe_state or self.state())
        return self._show(end)

    def _show(self, end: Finished | None = None) -> Saved:
        """Write the weights alone, of the network that is kept."""
        if self.run is None:
            raise RuntimeError("there is no run to write to")
        weights = self.tally.kept if self.tally.kept is not None else self.learning.step.kept.state_dict()
        checkpoint.save(self.run.model, weights, report.header(self, end))
        return Saved(checkpoint=str(self.run.model), step=self.steps_done)

    def _is_watched(self) -> bool:
        return self.run is not None and self.tally.kept is None and self.run.is_watched()

    def _monitor(self) -> ProcessorMonitor | CardMonitor:
        if self.device.type == "cuda":
            index = self.device.index or 0
            card = str(torch.cuda.get_device_properties(index).uuid)
            return CardMonitor(index, card, find(self.plan.device).memory)
        return ProcessorMonitor(self.plan.device)

    def state(self) -> dict[str, Any]:
        """All that the next step depends on, copied to the CPU."""
        state = {
            "format": checkpoint.STATE_FORMAT,
            "configuration": self.config.to_json(),
            "plan": {"device": self.plan.device, "threads": self.plan.threads, "precision": self.plan.precision},
            "data": self._checksum,
            "epochs": self.epochs,
            "batch_size": self.schedule.batch_size,
            "stage": self._index,
            "tally": self.tally.to_state(self.seconds, self.epoch_seconds),
            **self.learning.state(),
        }
        copied: dict[str, Any] = _copy(state)
        return copied

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from `state`, which may come from another device. Raises CheckpointError or DataError."""
        if state.get("format") != checkpoint.STATE_FORMAT:
            raise CheckpointError(
                f"the state has format {state.get('format')!r}, this program reads {checkpoint.STATE_FORMAT}; "
                "it was written by another version of digits-tui, start the run anew"
            )
        if state["data"] != self._checksum:
            raise DataError(
                f"the data set {self.config.data}, or a checkpoint that is learned from, has changed since this "
                "run began, so that it cannot go on "
                "as it would have; start a new one"
            )
        if (state["epochs"], state["batch_size"]) != (self.epochs, self.schedule.batch_size):
            raise CheckpointError(
                f"the state is of {state['epochs']} epochs in batches of {state['batch_size']}, the run is of "
                f"{self.epochs} in batches of {self.schedule.batch_size}; start the run anew"
            )
        if state["stage"] != self._index or self.learning.step.done:
            self._begin(state["stage"])  # what is made for a training may take a minute: not twice
        try:
            self.learning.restore(state, same_device=state["plan"]["device"] == self.plan.device)
        except (KeyError, ValueError, RuntimeError) as error:
            raise CheckpointError(
                f"the state is of another network than the recipe {self.config.recipe} has now "
                f"({self.recipe.architecture}); it was written by another version of digits-tui, start the run anew"
            ) from error
        self.tally = Tally.of_state(state["tally"])
        if self.tally.loss_sum is not None:
            self.tally.loss_sum = self.tally.loss_sum.to(self.device)


def _checksum(*arrays: NDArray[Any]) -> int:
    """CRC-32 over all that the run depends on from outside, in order (0.1 s for MNIST)."""
    checksum = 0
    for array in arrays:
        checksum = zlib.crc32(np.ascontiguousarray(array).data, checksum)
    return checksum


def _copy(value: Any) -> Any:
    """Nested containers with every tensor copied to the CPU."""
    if isinstance(value, Tensor):
        return value.detach().to("cpu", copy=True)
    if isinstance(value, dict):
        return {key: _copy(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_copy(each) for each in value]
    return value
