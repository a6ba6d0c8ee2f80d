"""The events of a run that fine-tunes on a folder and crosses it, for the tests of what shows such runs."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

from run_story import BATCH, STEPS, new_run, progress, write

from core.config.configuration import TrainingConfig
from core.runs import events
from core.runs.run import Run

FOLDS = 5
EPOCHS = 4
"""Epochs of each part."""
COUNT = 50
"""Images of each fold."""
RIGHT = (49, 48, 50, 46, 49)
"""Images of each fold that were read right."""
BEFORE = 0.92
MNIST = (0.9971, 0.9966)
CONFUSION = tuple(
    tuple(
        {(4, 9): 3, (9, 4): 1, (7, 1): 2, (3, 5): 2}.get((row, column), 0)
        if row != column
        else 25 - {4: 3, 9: 1, 7: 2, 3: 2}.get(row, 0)
        for column in range(10)
    )
    for row in range(10)
)
"""The eight mistakes of `RIGHT`: 3 fours read as nines, and so on."""


def config(folds: int = FOLDS, fine_tune: bool = True) -> TrainingConfig:
    """What was asked for."""
    base = str(Path("checkpoints", "2026-01-30-090000-mnist-accurate", "model.npz")) if fine_tune else None
    return TrainingConfig("/own/mydata", "fine-tune" if fine_tune else "fast", None, "cpu", 7, base, folds=folds)


def started(folds: int = FOLDS, fine_tune: bool = True) -> events.Started:
    """The run's beginning."""
    return events.Started(
        data="/own/mydata",
        recipe="fine-tune" if fine_tune else "fast",
        architecture="deep",
        parameters=1_213_866,
        epochs=EPOCHS * (folds + 1),
        steps_per_epoch=STEPS,
        batch_size=128,
        train_count=FOLDS * COUNT,
        validation_count=0,
        test_count=FOLDS * COUNT,
        device="cpu",
        device_name="Nonesuch 9000",
        threads=2,
        precision="float32",
        seed=7,
        test_note="each image by a network that had not seen it",
        folds=folds,
        fine_tuned=config(folds, fine_tune).fine_tune or "",
        time=0.0,
    )


def fold_ended(fold: int, fine_tune: bool = True) -> events.FoldEnded:
    """One part read."""
    before = BEFORE if fine_tune else None
    return events.FoldEnded(fold, FOLDS, RIGHT[fold - 1] / COUNT, COUNT, before, 8.0 + fold / 10, time=0.0)


def story(until: int | None = None, fine_tune: bool = True) -> Iterator[events.Event]:
    """The run's events up to the step `until`, or to its last one, without an end."""
    begun = started(fine_tune=fine_tune)
    yield events.Note("249 images of mydata, each class in five parts with a fixed seed.", time=0.0)
    yield begun
    yield events.DeviceState("cpu", 0.75, 1_200_000_000, 8_000_000_000, 61.0, time=0.0)
    a_part = EPOCHS * STEPS
    for step in range(BATCH, (until or begun.epochs * STEPS) + 1, BATCH):
        # Each part begins anew: so do its losses.
        losses = progress((step - 1) % a_part + 1).losses
        yield dataclasses.replace(progress(step), losses=losses)
        fold, within = begun.fold_of(-(-step // STEPS)), (step - 1) % a_part + 1
        if fold and step % STEPS == 0:
            yield events.EpochEnded(
                epoch=step // STEPS,
                step=step,
                train_loss=12 / within,
                validation_loss=8 / within,
                validation_accuracy=RIGHT[fold - 1] / COUNT - 0.08 + within / a_part * 0.08,
                learning_rate=0.001,
                epoch_seconds=4.0,
                seconds=step * 0.1,
                time=0.0,
            )
        if within == a_part:
            if fold:
                yield fold_ended(fold, fine_tune)
            elif fine_tune:
                yield events.Measured(*MNIST, time=0.0)


def finished(fine_tune: bool = True) -> events.Finished:
    """Its end."""
    accuracies = tuple(right / COUNT for right in RIGHT)
    accuracy = sum(RIGHT) / (FOLDS * COUNT)
    return events.Finished(
        test_accuracy=accuracy,
        test_loss=0.11,
        test_count=FOLDS * COUNT,
        validation_accuracy=accuracies[-1],
        best_validation_accuracy=max(accuracies),
        best_epoch=EPOCHS * 4,
        seconds=96.0,
        checkpoint="model.npz",
        accuracy=accuracy,
        fold_accuracies=accuracies,
        spread=0.0134,
        mean=accuracy,
        confusion=CONFUSION,
        accuracy_before=BEFORE if fine_tune else None,
        mnist_before=MNIST[0] if fine_tune else None,
        mnist_after=MNIST[1] if fine_tune else None,
        time=0.0,
    )


def crossed_run(name: str, fine_tune: bool = True) -> Run:
    """A finished run with weights."""
    run = write(new_run(name, config(fine_tune=fine_tune)), story(fine_tune=fine_tune), [finished(fine_tune)])
    run.model.touch()
    return run
