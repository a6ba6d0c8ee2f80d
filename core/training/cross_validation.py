"""Cross-validation: the combined figures of a run's folds, and out-of-fold probabilities for labelled images."""

from __future__ import annotations

import dataclasses
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from core import paths
from core.config.recipes import FINE_TUNE
from core.config.training_length import TrainingLength
from core.data.collection import LabelledImages
from core.data.division import Division, DivisionRule
from core.evaluation.evaluation import evaluate
from core.runs.events import Finished
from core.training import pretrained, probe
from core.training.learner import Learner

_LEAST_STEPS, _MOST_STEPS = 60, 600
"""Steps of a network that only judges labels: a few are enough to learn a handwriting, and it is not kept."""


@dataclass(frozen=True)
class Fold:
    """How one fold was read by a network that learned from the others."""

    accuracy: float
    """0 to 1."""
    loss: float
    """Mean cross-entropy in nats."""
    count: int
    before: float | None
    """Accuracy of the starting weights; None if these were fresh."""
    confusion: list[list[int]]
    """(10, 10): images of digit [row] read as digit [column]."""


def combined(parts: Sequence[Fold], epochs: int, checkpoint: str) -> Finished:
    """The figures over all folds, at least two; `seconds` is left at 0."""
    count = sum(part.count for part in parts)
    accuracies = [part.accuracy for part in parts]
    confusion = np.sum([part.confusion for part in parts], axis=0)
    accuracy = float(np.trace(confusion)) / count
    before = [part.before * part.count for part in parts if part.before is not None]
    return Finished(
        test_accuracy=accuracy,
        test_loss=sum(part.loss * part.count for part in parts) / count,
        test_count=count,
        validation_accuracy=accuracy,
        best_validation_accuracy=accuracy,
        best_epoch=epochs,
        seconds=0.0,
        checkpoint=checkpoint,
        accuracy=accuracy,
        fold_accuracies=tuple(accuracies),
        mean=statistics.fmean(accuracies),
        spread=statistics.stdev(accuracies),
        confusion=tuple(tuple(int(each) for each in row) for row in confusion),
        accuracy_before=sum(before) / count if before else None,
    )


def out_of_fold(
    images: NDArray[np.uint8],
    labels: NDArray[np.uint8],
    count: int = 5,
    seed: int = 0,
    report: Callable[[int, int], None] | None = None,
) -> NDArray[np.float32]:
    """Probabilities (N, 10) for `images` (N, 28, 28), each by a network that learned from the other folds.

    The networks are fine-tuned from the shipped model, on the fastest device. `report` is called with the steps done
    and their total. Raises IndivisibleError if there are fewer different images than `count` folds.
    """
    every = LabelledImages(images, labels)
    division = Division.in_folds(images, labels, DivisionRule(FINE_TUNE, count, seed))
    base = pretrained.load(paths.shipped_checkpoint())
    recipe = pretrained.recipe_for(division.recipe, base)
    # Nobody reads MNIST with these networks: a little of it is enough to keep them from learning single wrong labels.
    recipe = dataclasses.replace(recipe, replay=0.5, distillation=0.0)
    plan = probe.choose("auto", recipe)[0][0]
    probabilities = np.zeros((len(images), 10), np.float32)
    length = TrainingLength.of(recipe, division.fewest)
    total = min(max(_LEAST_STEPS, len(images) // 10), _MOST_STEPS)
    for fold in range(count):
        learned, held = division.fold(fold)
        learner = Learner(recipe, length, plan, every.take(learned), seed + fold, base)
        learner.step.total_steps = total
        while learner.step.done < total:
            for _ in learner.epoch():
                if report is not None:
                    report(fold * total + learner.step.done, count * total)
                if learner.step.done >= total:
                    break
        read = evaluate(learner.step.result, images[held], labels[held], torch.device(plan.device))
        probabilities[held] = read.probabilities
    return probabilities
