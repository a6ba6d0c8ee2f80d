"""What a trainer says of itself: its events, and the header of its checkpoint. Trains nothing."""

from __future__ import annotations

import dataclasses
import time
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from core import __version__
from core.evaluation.evaluation import Evaluation
from core.networks.architectures import parameter_count
from core.networks.checkpoint_file import Header
from core.preprocessing import normalise
from core.runs.events import EpochEnded, Finished, Progress, Started
from core.training.cross_validation import combined
from core.training.devices import find

if TYPE_CHECKING:
    from core.training.trainer import Trainer


def started(trainer: Trainer) -> Started:
    """What is about to be done, and how much of it was done before."""
    recipe, config, every = trainer.recipe, trainer.config, trainer.stages[0]
    note = f"each read by a network that had not seen it, {config.folds} folds"
    return Started(
        data=trainer.dataset.name,
        recipe=recipe.name,
        architecture=recipe.architecture,
        parameters=parameter_count(trainer.learning.step.network),
        epochs=trainer.epochs,
        steps_per_epoch=trainer.schedule.steps,
        batch_size=trainer.schedule.batch_size,
        train_count=len(every.learn),
        validation_count=len(every.validate),
        test_count=len(every.learn) if config.folds else len(trainer.dataset.test),
        device=trainer.plan.device,
        device_name=find(trainer.plan.device).title,
        threads=trainer.plan.threads,
        precision=trainer.plan.precision,
        seed=config.seed,
        step=trainer.steps_done,
        seconds=trainer.tally.seconds_before,
        test_note=note if config.folds else trainer.dataset.test_note,
        folds=config.folds,
        fine_tuned=str(trainer.pretrained.path) if trainer.pretrained else "",
    )


def progress(trainer: Trainer, epoch: int, losses: list[Tensor], since: float) -> Progress:
    """The steps of `losses`, the first of which began at `since` on the performance counter."""
    values = torch.stack(losses).tolist()  # waits for the device
    elapsed = max(time.perf_counter() - since, 1e-9)
    return Progress(
        epoch=epoch,
        step=trainer.steps_done,
        losses=tuple(round(value, 5) for value in values),
        learning_rate=trainer.learning.step.learning_rate,
        images_per_second=len(values) * trainer.schedule.batch_size / elapsed,
        seconds=trainer.seconds,
    )


def epoch_ended(trainer: Trainer, epoch: int, read: Evaluation) -> EpochEnded:
    """An epoch, after which the network `read` the validation images."""
    loss_sum = trainer.tally.loss_sum
    return EpochEnded(
        epoch=epoch,
        step=trainer.steps_done,
        train_loss=(0.0 if loss_sum is None else loss_sum.item()) / trainer.schedule.steps,
        validation_loss=read.loss,
        validation_accuracy=read.accuracy,
        learning_rate=trainer.learning.step.learning_rate,
        epoch_seconds=trainer.epoch_seconds,
        seconds=trainer.seconds,
    )


def finished(trainer: Trainer, read: Evaluation | None) -> Finished:
    """The end: how the test images were `read`, or without them what the folds add up to."""
    tally, checkpoint = trainer.tally, str(trainer.run.model) if trainer.run else ""
    if read is None:
        end = combined(tally.folds, trainer.epochs, checkpoint)
    else:
        end = Finished(
            test_accuracy=read.accuracy,
            test_loss=read.loss,
            test_count=read.count,
            validation_accuracy=tally.validation_accuracy or 0.0,
            best_validation_accuracy=tally.best[0],
            best_epoch=tally.best[1],
            seconds=0.0,
            checkpoint=checkpoint,
        )
    before, after = tally.mnist or (None, None)
    return dataclasses.replace(end, seconds=trainer.seconds, mnist_before=before, mnist_after=after)


def header(trainer: Trainer, end: Finished | None = None) -> Header:
    """The header of the checkpoint as it is now, or at the `end`."""
    tally, schedule = trainer.tally, trainer.schedule
    figures = {"seconds": trainer.seconds}
    if tally.validation_accuracy is not None and not trainer.config.folds:
        figures["validation_accuracy"] = tally.validation_accuracy
    if tally.mnist is not None:
        figures["mnist_before"], figures["mnist_accuracy"] = tally.mnist
    if end is not None:
        figures |= {"test_accuracy": end.test_accuracy, "test_loss": end.test_loss, "seconds": end.seconds}
        if end.spread is not None:
            figures["spread"] = end.spread
    steps = schedule.total_steps if tally.kept is not None else trainer.learning.step.done
    return Header(
        architecture=trainer.recipe.architecture,
        recipe=trainer.recipe.name,
        data=trainer.dataset.name,
        parameters=parameter_count(trainer.learning.step.network),
        epoch=steps // schedule.steps,
        epochs=schedule.epochs,
        step=steps,
        seed=trainer.config.seed,
        figures=figures,
        trained={
            "configuration": trainer.config.to_json(),
            "recipe": dataclasses.asdict(trainer.recipe),
            "images": len(trainer.stages[0].learn),
            "test_images": 0 if trainer.config.folds else len(trainer.dataset.test),
            "device": trainer.plan.title,
            "torch": torch.__version__,
            "digits-tui": __version__,
            "normalise": normalise.VERSION,
        },
        calibration=trainer.calibration.to_json(),
        run=trainer.run.name if trainer.run else "",
    )
