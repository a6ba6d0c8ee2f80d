"""Run directories with a story in them, for the tests of what shows runs. Every number follows a formula."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

from core.config.configuration import TrainingConfig
from core.runs import events
from core.runs.run import Run, create_run
from core.runs.writer import RunWriter

STEPS = 40
"""Steps an epoch."""
BATCH = 10
"""Steps between two reports."""


def accuracy(epoch: int) -> float:
    """The validation accuracy after `epoch`; the best is that of epoch 4."""
    return 0.98 + 0.004 * min(epoch, 4) - 0.001 * max(0, epoch - 4)


def new_run(name: str, config: TrainingConfig | None = None) -> Run:
    """An empty run directory of this name."""
    run = create_run(config or TrainingConfig())
    return Run(run.path.rename(run.path.parent / name))


def started(epochs: int) -> events.Started:
    """A run's beginning."""
    return events.Started(
        data="mnist",
        recipe="fast",
        architecture="small",
        parameters=213_866,
        epochs=epochs,
        steps_per_epoch=STEPS,
        batch_size=256,
        train_count=58_200,
        validation_count=1_800,
        test_count=10_000,
        device="cpu",
        device_name="Nonesuch 9000",
        threads=2,
        precision="bfloat16",
        seed=7,
        test_note="MNIST's test set",
        time=0.0,
    )


def progress(step: int) -> events.Progress:
    """The report after `step` steps, with the losses of the last ten."""
    losses = tuple(round(2.3 * math.exp(-each / 30) + 0.05, 5) for each in range(step - BATCH + 1, step + 1))
    return events.Progress(
        epoch=(step - 1) // STEPS + 1,
        step=step,
        losses=losses,
        learning_rate=0.00512,
        images_per_second=20_480.0,
        seconds=step * 0.1,
        time=0.0,
    )


def story(epochs: int, until: int | None = None) -> Iterator[events.Event]:
    """A run's events up to the step `until`, or to its last one, without an end."""
    yield events.Note("bfloat16 is used: it was the faster one.", time=0.0)
    yield started(epochs)
    yield events.DeviceState("cpu", 0.75, 1_200_000_000, 8_000_000_000, 61.0, time=0.0)
    for step in range(BATCH, (until or epochs * STEPS) + 1, BATCH):
        yield progress(step)
        if step % STEPS == 0:
            epoch = step // STEPS
            yield events.EpochEnded(
                epoch=epoch,
                step=step,
                train_loss=0.3 / epoch,
                validation_loss=0.2 / epoch,
                validation_accuracy=accuracy(epoch),
                learning_rate=0.005,
                epoch_seconds=4.0,
                seconds=step * 0.1,
                time=0.0,
            )


def finished(epochs: int) -> events.Finished:
    """The end of a run that did all of its epochs."""
    return events.Finished(
        test_accuracy=0.9923,
        test_loss=0.031,
        test_count=10_000,
        validation_accuracy=accuracy(epochs),
        best_validation_accuracy=accuracy(min(epochs, 4)),
        best_epoch=min(epochs, 4),
        seconds=72.0,
        checkpoint="model.npz",
        time=0.0,
    )


def write(run: Run, *stories: Iterator[events.Event] | list[events.Event]) -> Run:
    """Write these events as a process would that then ended."""
    with RunWriter(run) as writer:
        for each in stories:
            for event in each:
                writer.append(event)
    return run


def ended_run(name: str, epochs: int = 6) -> Run:
    """A finished run with weights."""
    run = write(new_run(name), story(epochs), [finished(epochs)])
    run.model.touch()
    return run


def interrupted_run(name: str, epochs: int = 6, until: int = 100) -> Run:
    """A run whose process was killed, and that can be resumed."""
    run = write(new_run(name), story(epochs, until))
    for path in (run.model, run.state):
        Path(path).touch()
    return run
