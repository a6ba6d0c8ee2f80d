"""What one run is to do, decided before its first step. Trains nothing."""

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
    """One run on one device: a network that is kept, and one for each fold of a cross-validation."""

    config: TrainingConfig
    recipe: Recipe
    """That of the division of `dataset`, with the network of `pretrained` where that is fine-tuned."""
    dataset: Dataset
    """Its training set is not looked at again."""
    stages: Sequence[Stage]
    """Those of the data set."""
    plan: Plan
    run: Run | None = None
    """Where it is written; None where it is not."""
    pretrained: Pretrained | None = None
    """What to fine-tune."""
    teachers: Teachers | None = None
    """Whom to learn from."""
    checksum: int = field(init=False)
    """CRC-32 over all that the run depends on from outside, in order. Worked out with the job (0.1 s for MNIST): at the
    first save it would count as training time."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "checksum", self._checksum())

    @functools.cached_property
    def length(self) -> TrainingLength:
        """The same number of steps in each stage, so that one scale counts them all."""
        return TrainingLength.of(self.recipe, self.dataset.division.fewest, self.config.epochs)

    @property
    def epochs(self) -> int:
        """Of all stages."""
        return self.length.epochs * len(self.stages)

    @property
    def checkpoint(self) -> str:
        """Where the weights lie; empty where they are not written."""
        return str(self.run.model) if self.run else ""

    def learner(self, index: int) -> Learner:
        """What trains stage `index`, before its first step."""
        # Other folds are other trainings, with other draws.
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
