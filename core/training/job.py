"""All decisions of a run, made before its first step. Trains nothing."""

from __future__ import annotations

import functools
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from core.config.configuration import TrainingConfig
from core.config.device_plan import Plan
from core.config.recipes import Recipe
from core.config.training_length import TrainingLength
from core.data.datasets import Dataset
from core.data.stage import Stage
from core.runs.run import Run
from core.training.distillation import Teachers
from core.training.learner import Learner
from core.training.pretrained import Pretrained


@dataclass(frozen=True, eq=False)
class Job:
    """One run on one device: the network that is saved, and one for each fold of a cross-validation."""

    config: TrainingConfig
    recipe: Recipe
    """The recipe from the division of `dataset`; for fine-tuning, with the architecture of `pretrained`."""
    dataset: Dataset
    """Its training set is not used again: `stages` hold the images."""
    stages: Sequence[Stage]
    """The stages of the data set."""
    plan: Plan
    run: Run | None = None
    """Where the run is written; None if it is not."""
    pretrained: Pretrained | None = None
    """The network to fine-tune."""
    teachers: Teachers | None = None
    """The networks to distil from."""
    checksum: int = field(init=False)
    """CRC-32 over everything outside that the run depends on, in order. Computed with the job (0.1 s for MNIST),
    because at the first save it would count as training time."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "checksum", self._checksum())

    @functools.cached_property
    def length(self) -> TrainingLength:
        """The length of each stage: all have the same number of steps, so that progress counts on one scale."""
        return TrainingLength.of(self.recipe, self.dataset.division.fewest, self.config.epochs)

    @property
    def epochs(self) -> int:
        """Epochs of all stages."""
        return self.length.epochs * len(self.stages)

    @property
    def checkpoint(self) -> str:
        """The path of the weights; empty if they are not written."""
        return str(self.run.model) if self.run else ""

    def learner(self, index: int) -> Learner:
        """A learner for stage `index`, before its first step."""
        # Each fold is a training of its own, with different random numbers.
        seed = (self.config.seed + 1_000_003 * index) % 2**32
        learn = self.stages[index].learn
        return Learner(self.recipe, self.length, self.plan, learn, seed, self.pretrained, self.teachers)

    def _checksum(self) -> int:
        networks = [self.pretrained.network] if self.pretrained else []
        networks += self.teachers.networks if self.teachers else ()
        arrays = [
            *(array for part in (*self.stages[0].parts, self.dataset.test) for array in (part.labels, part.images)),
            *(weight.numpy() for network in networks for weight in network.state_dict().values()),
        ]
        checksum = 0
        for array in arrays:
            checksum = zlib.crc32(np.ascontiguousarray(array).data, checksum)
        return checksum
