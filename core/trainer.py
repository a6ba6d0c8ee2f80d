"""One training run on one device, from its start or from a saved state, as a generator of events.

Losses stay on the device and are read a few times a second, since each reading waits for the device.
"""

from __future__ import annotations

import dataclasses
import time
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor

from core import __version__, checkpoint, normalise
from core.batches import Batches
from core.checkpoint_file import Header
from core.configuration import TrainingConfig
from core.datasets import Dataset, Part
from core.devices import find
from core.errors import CheckpointError, DataError
from core.evaluation import evaluate
from core.events import EpochEnded, Event, Finished, Progress, Saved, Started, Stopped
from core.hardware import CardMonitor, ProcessorMonitor
from core.model import parameter_count
from core.plan import Plan
from core.recipes import FEW, RECIPES
from core.runs import Run
from core.splits import split
from core.step import TrainingStep

_REPORT_SECONDS = 0.25
_DEVICE_SECONDS = 1.0
_SAVE_SECONDS = 10.0


class Trainer:
    """One run on one device."""

    def __init__(self, config: TrainingConfig, dataset: Dataset, plan: Plan, run: Run | None = None) -> None:
        self.config = config
        self.dataset = dataset
        self.plan = plan
        self.run = run
        self.recipe = recipe = RECIPES[config.recipe]
        self._learn, self._validate = _hold_out(dataset.train, recipe.validation)
        if plan.device == "cpu":
            torch.set_num_threads(plan.threads)
        # Denormals arise in moments that decay towards zero and take a hundred times longer to multiply.
        torch.set_flush_denormal(True)
        torch.manual_seed(config.seed)
        count = len(self._learn.labels)
        self.batches = Batches(
            self._learn.images,
            self._learn.labels,
            min(recipe.batch_size, max(16, count // 16)),
            recipe.augmentation if count >= FEW else recipe.few_augmentation,
            torch.device(plan.device),
            config.seed,
        )
        self.epochs = config.epochs or max(recipe.epochs, -(-recipe.least_steps // self.batches.steps))
        self.step = TrainingStep(recipe, plan, self.epochs * self.batches.steps, config.seed)
        self.safe_state: dict[str, Any] | None = None
        """What to go on from on another device, where this one may fail."""
        self._checksum = _checksum(self._learn, self._validate, dataset.test)
        self._seconds_before = 0.0
        self._epoch_seconds = 0.0
        """Of the epoch in progress, those spent before this process."""
        self._epoch_began = 0.0
        self._began = 0.0
        self._loss_sum = torch.zeros((), device=self.step.device)
        self._best: tuple[float, int] = (-1.0, 0)
        self._validation_accuracy: float | None = None

    @property
    def seconds(self) -> float:
        """Training time over all parts of the run, in seconds."""
        return self._seconds_before + (time.perf_counter() - self._began if self._began else 0.0)

    def events(self, stop: Callable[[], bool]) -> Iterator[Event]:
        """Do what is left of the run."""
        yield self._started()
        self._began = time.perf_counter()
        monitor = self._monitor()
        try:
            steps = self.batches.steps
            while self.step.done < self.step.total_steps:
                epoch, skip = divmod(self.step.done, steps)
                if skip == 0:
                    self._loss_sum.zero_()
                    self._epoch_seconds = 0.0
                self._epoch_began = time.perf_counter()
                for event in self._epoch(epoch + 1, skip, monitor, stop):
                    yield event
                    if isinstance(event, Stopped):
                        return
                yield self._epoch_ended(epoch + 1)
                if self.step.done < self.step.total_steps and stop():
                    yield from self._stopped(epoch + 1)
                    return
                if saved := self._save():
                    yield saved
            yield self._finished()
        finally:
            if isinstance(monitor, CardMonitor):
                monitor.close()

    def _epoch(
        self, epoch: int, skip: int, monitor: ProcessorMonitor | CardMonitor, stop: Callable[[], bool]
    ) -> Iterator[Event]:
        losses: list[Tensor] = []
        reported = looked = saved = time.perf_counter()
        for images, labels in self.batches.epoch(epoch, skip):
            losses.append(self.step(images, labels))
            self._loss_sum += losses[-1]
            now = time.perf_counter()
            last = self.step.done == epoch * self.batches.steps
            if now - reported < _REPORT_SECONDS and not last:
                continue
            yield self._progress(epoch, losses, reported)
            losses, reported = [], time.perf_counter()
            if now - looked >= _DEVICE_SECONDS:
                yield monitor.state()
                looked = now
            if last:
                return  # the epoch is to be measured before a stop is heard
            if stop():
                yield from self._stopped(epoch)
                return
            if now - saved >= _SAVE_SECONDS:
                if event := self._save():
                    yield event
                reported = saved = time.perf_counter()

    def _started(self) -> Started:
        recipe, device = self.recipe, find(self.plan.device)
        return Started(
            data=self.dataset.name,
            recipe=recipe.name,
            architecture=recipe.architecture,
            parameters=parameter_count(self.step.network),
            epochs=self.epochs,
            steps_per_epoch=self.batches.steps,
            batch_size=self.batches.batch_size,
            train_count=len(self._learn.labels),
            validation_count=len(self._validate.labels),
            test_count=len(self.dataset.test.labels),
            device=self.plan.device,
            device_name=device.title,
            threads=self.plan.threads,
            precision=self.plan.precision,
            seed=self.config.seed,
            step=self.step.done,
            seconds=self._seconds_before,
            test_note=self.dataset.test_note,
        )

    def _progress(self, epoch: int, losses: list[Tensor], since: float) -> Progress:
        values = torch.stack(losses).tolist()  # waits for the device
        elapsed = max(time.perf_counter() - since, 1e-9)
        return Progress(
            epoch=epoch,
            step=self.step.done,
            losses=tuple(round(value, 5) for value in values),
            learning_rate=self.step.learning_rate,
            images_per_second=len(values) * self.batches.batch_size / elapsed,
            seconds=self.seconds,
        )

    def _epoch_ended(self, epoch: int) -> EpochEnded:
        result = evaluate(self.step.kept, self._validate.images, self._validate.labels, self.step.device)
        self._validation_accuracy = result.accuracy
        if result.accuracy > self._best[0]:
            self._best = (result.accuracy, epoch)
        return EpochEnded(
            epoch=epoch,
            step=self.step.done,
            train_loss=self._loss_sum.item() / self.batches.steps,
            validation_loss=result.loss,
            validation_accuracy=result.accuracy,
            learning_rate=self.step.learning_rate,
            epoch_seconds=self._epoch_seconds + time.perf_counter() - self._epoch_began,
            seconds=self.seconds,
        )

    def _finished(self) -> Finished:
        test = self.dataset.test
        result = evaluate(self.step.kept, test.images, test.labels, self.step.device)
        seconds = self.seconds
        self._save(test_accuracy=result.accuracy, test_loss=result.loss, seconds=seconds)
        return Finished(
            test_accuracy=result.accuracy,
            test_loss=result.loss,
            test_count=result.count,
            validation_accuracy=self._validation_accuracy or 0.0,
            best_validation_accuracy=self._best[0],
            best_epoch=self._best[1],
            seconds=seconds,
            checkpoint=str(self.run.model) if self.run else "",
        )

    def _stopped(self, epoch: int) -> Iterator[Event]:
        if event := self._save():
            yield event
        yield Stopped(
            epoch=epoch,
            step=self.step.done,
            seconds=self.seconds,
            checkpoint=str(self.run.model) if self.run else "",
        )

    def _save(self, **figures: float) -> Saved | None:
        if self.plan.device != "cpu":
            self.safe_state = self.state()
        if self.run is None:
            return None
        checkpoint.save_state(self.run.state, self.safe_state or self.state())
        checkpoint.save(self.run.model, self.step.kept.state_dict(), self._header(figures))
        return Saved(checkpoint=str(self.run.model), step=self.step.done)

    def _header(self, figures: dict[str, float]) -> Header:
        known = {"seconds": self.seconds, **figures}
        if self._validation_accuracy is not None:
            known["validation_accuracy"] = self._validation_accuracy
        return Header(
            architecture=self.recipe.architecture,
            recipe=self.recipe.name,
            data=self.dataset.name,
            parameters=parameter_count(self.step.network),
            epoch=self.step.done // self.batches.steps,
            epochs=self.epochs,
            step=self.step.done,
            seed=self.config.seed,
            figures=known,
            trained={
                "configuration": self.config.to_json(),
                "recipe": dataclasses.asdict(self.recipe),
                "images": len(self._learn.labels),
                "test_images": len(self.dataset.test.labels),
                "device": self.plan.title,
                "torch": torch.__version__,
                "digits-tui": __version__,
                "normalise": normalise.VERSION,
            },
            run=self.run.name if self.run else "",
        )

    def _monitor(self) -> ProcessorMonitor | CardMonitor:
        if self.step.device.type == "cuda":
            index = self.step.device.index or 0
            card = str(torch.cuda.get_device_properties(index).uuid)
            return CardMonitor(index, card, find(self.plan.device).memory)
        return ProcessorMonitor(self.plan.device)

    def state(self) -> dict[str, Any]:
        """All that the next step depends on, copied to the CPU."""
        device = self.step.device
        state = {
            "format": checkpoint.STATE_FORMAT,
            "configuration": self.config.to_json(),
            "plan": {"device": self.plan.device, "threads": self.plan.threads, "precision": self.plan.precision},
            "data": self._checksum,
            "epochs": self.epochs,
            "batch_size": self.batches.batch_size,
            "step": self.step.done,
            "seconds": self.seconds,
            "epoch_seconds": self._epoch_seconds + time.perf_counter() - self._epoch_began,
            "loss_sum": self._loss_sum,
            "best": list(self._best),
            "validation_accuracy": self._validation_accuracy,
            "network": self.step.network.state_dict(),
            "average": self.step.average.state_dict() if self.step.average else None,
            "optimiser": self.step.optimiser.state_dict(),
            "distortion": self.batches.generator.get_state(),
            "random": torch.get_rng_state(),
            "device_random": torch.cuda.get_rng_state(device) if device.type == "cuda" else None,
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
                f"the data set {self.config.data} has changed since this run began, so that the run cannot go on "
                "as it would have; start a new one"
            )
        if (state["epochs"], state["batch_size"]) != (self.epochs, self.batches.batch_size):
            raise CheckpointError(
                f"the state is of {state['epochs']} epochs in batches of {state['batch_size']}, the run is of "
                f"{self.epochs} in batches of {self.batches.batch_size}; start the run anew"
            )
        self.step.network.load_state_dict(state["network"])
        if self.step.average is not None:
            self.step.average.load_state_dict(state["average"])
        self.step.optimiser.load_state_dict(state["optimiser"])
        self.step.done = state["step"]
        self._seconds_before = state["seconds"]
        self._epoch_seconds = state["epoch_seconds"]
        self._loss_sum = state["loss_sum"].to(self.step.device)
        self._best = (state["best"][0], state["best"][1])
        self._validation_accuracy = state["validation_accuracy"]
        torch.set_rng_state(state["random"])
        if state["plan"]["device"] == self.plan.device:
            self.batches.generator.set_state(state["distortion"])
            if state["device_random"] is not None:
                torch.cuda.set_rng_state(state["device_random"], self.step.device)


def _hold_out(part: Part, fraction: float) -> tuple[Part, Part]:
    """`part` without and with only the validation images: the fraction, or up to 500 of a small set's 15%."""
    count = len(part.labels)
    kept, held = split(part.labels, max(fraction, min(0.15, 500 / count)), seed=0)
    return Part(part.images[kept], part.labels[kept]), Part(part.images[held], part.labels[held])


def _checksum(*parts: Part) -> int:
    """CRC-32 over all images and labels, in order (0.1 s for MNIST)."""
    checksum = 0
    for part in parts:
        checksum = zlib.crc32(part.labels.tobytes(), checksum)
        checksum = zlib.crc32(np.ascontiguousarray(part.images).data, checksum)
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
