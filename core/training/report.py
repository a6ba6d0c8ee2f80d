"""Builds the events of a run and the header of its checkpoint. Trains nothing."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from core import __version__
from core.evaluation.evaluation import Evaluation
from core.networks.checkpoint_file import Header
from core.preprocessing import normalise
from core.runs.events import EpochEnded, Finished, Progress, Started, Stopped
from core.training.cross_validation import combined
from core.training.devices import find
from core.training.job import Job
from core.training.training_state import TrainingState


@dataclass(frozen=True)
class Moment:
    """How far a run has come."""

    step: int
    """Steps done in all stages."""
    stage_step: int
    """Steps done in the stage in progress."""
    learning_rate: float
    """The learning rate of the next step."""
    parameters: int
    """Parameters of the network in training."""
    seconds: float
    """Training time of the run, in seconds."""
    epoch_seconds: float
    """Training time of the epoch in progress, in seconds."""


def started(job: Job, moment: Moment) -> Started:
    """The event that describes the job, and how much of it is already done."""
    recipe, config, every = job.recipe, job.config, job.stages[0]
    note = f"each read by a network that had not seen it, {config.folds} folds"
    return Started(
        data=job.dataset.name,
        recipe=recipe.name,
        architecture=recipe.architecture,
        parameters=moment.parameters,
        epochs=job.epochs,
        steps_per_epoch=job.length.steps,
        batch_size=job.length.batch_size,
        train_count=len(every.learn),
        validation_count=len(every.validate),
        test_count=len(every.learn) if config.folds else len(job.dataset.test),
        device=job.plan.device,
        device_name=find(job.plan.device).title,
        threads=job.plan.threads,
        precision=job.plan.precision,
        seed=config.seed,
        step=moment.step,
        seconds=moment.seconds,
        test_note=note if config.folds else job.dataset.test_note,
        folds=config.folds,
        fine_tuned=str(job.pretrained.path) if job.pretrained else "",
    )


def progress(job: Job, moment: Moment, epoch: int, losses: Sequence[float], norm: float, since: float) -> Progress:
    """The event for the steps of `losses`, the first of which began at `since` on the performance counter.

    `norm` is that of the last step's gradient.
    """
    elapsed = max(time.perf_counter() - since, 1e-9)
    return Progress(
        epoch=epoch,
        step=moment.step,
        losses=tuple(round(loss, 5) for loss in losses),
        learning_rate=moment.learning_rate,
        images_per_second=len(losses) * job.length.batch_size / elapsed,
        seconds=moment.seconds,
        gradient_norm=float(f"{norm:.5g}"),
    )


def epoch_ended(job: Job, moment: Moment, epoch: int, loss_sum: Tensor | None, read: Evaluation) -> EpochEnded:
    """The event for an epoch whose losses sum to `loss_sum`, after which the network `read` the validation images."""
    return EpochEnded(
        epoch=epoch,
        step=moment.step,
        train_loss=(0.0 if loss_sum is None else loss_sum.item()) / job.length.steps,
        validation_loss=read.loss,
        validation_accuracy=read.accuracy,
        learning_rate=moment.learning_rate,
        epoch_seconds=moment.epoch_seconds,
        seconds=moment.seconds,
    )


def stopped(job: Job, moment: Moment) -> Stopped:
    """The event for a run that ends because it was asked to stop."""
    epoch = min(job.epochs, moment.step // job.length.steps + 1)
    return Stopped(epoch=epoch, step=moment.step, seconds=moment.seconds, checkpoint=job.checkpoint)


def finished(job: Job, moment: Moment, state: TrainingState, read: Evaluation | None) -> Finished:
    """The event for the end: how the test images were `read`, or without them the combined figures of the folds."""
    if read is None:
        end = combined(state.folds, job.epochs, job.checkpoint)
    else:
        end = Finished(
            test_accuracy=read.accuracy,
            test_loss=read.loss,
            test_count=read.count,
            validation_accuracy=state.validation_accuracy or 0.0,
            best_validation_accuracy=state.best[0],
            best_epoch=state.best[1],
            seconds=0.0,
            checkpoint=job.checkpoint,
        )
    before, after = state.mnist or (None, None)
    return dataclasses.replace(end, seconds=moment.seconds, mnist_before=before, mnist_after=after)


def header(
    job: Job, moment: Moment, state: TrainingState, calibration: dict[str, float], end: Finished | None = None
) -> Header:
    """The header of the checkpoint, now or at the `end`."""
    length = job.length
    figures = {"seconds": moment.seconds}
    if state.validation_accuracy is not None and not job.config.folds:
        figures["validation_accuracy"] = state.validation_accuracy
    if state.mnist is not None:
        figures["mnist_before"], figures["mnist_accuracy"] = state.mnist
    if end is not None:
        figures |= {"test_accuracy": end.test_accuracy, "test_loss": end.test_loss, "seconds": end.seconds}
        if end.spread is not None:
            figures["spread"] = end.spread
    steps = length.total_steps if state.weights is not None else moment.stage_step
    return Header(
        architecture=job.recipe.architecture,
        recipe=job.recipe.name,
        data=job.dataset.name,
        parameters=moment.parameters,
        epoch=steps // length.steps,
        epochs=length.epochs,
        step=steps,
        seed=job.config.seed,
        figures=figures,
        trained={
            "configuration": job.config.to_json(),
            "recipe": dataclasses.asdict(job.recipe),
            "images": len(job.stages[0].learn),
            "test_images": 0 if job.config.folds else len(job.dataset.test),
            "device": job.plan.title,
            "torch": torch.__version__,
            "digits-tui": __version__,
            "normalise": normalise.VERSION,
        },
        calibration=calibration,
        run=job.run.name if job.run else "",
    )
