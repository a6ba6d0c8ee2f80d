"""What a person asks of a training run. Validated when it is built, so that no later code has to check it again."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.config.recipes import FAST, FINE_TUNE, RECIPES
from core.errors import ConfigurationError

MOST_EPOCHS = 10_000
MOST_FOLDS = 20
MNIST = "mnist"
"""The name of the shipped data set."""
_DEVICE = re.compile(r"cpu|mps|cuda:\d{1,4}")


def is_device(name: str) -> bool:
    """Whether `name` names one device: `cpu`, `mps` or `cuda:N`."""
    return _DEVICE.fullmatch(name) is not None


@dataclass(frozen=True)
class TrainingConfig:
    """One training run, as requested. Raises ConfigurationError if a field has the wrong type or is out of bounds."""

    data: str = MNIST
    """A name in the catalogue, or the path of a folder or file."""
    recipe: str = FAST
    """A name in `RECIPES`."""
    epochs: int | None = None
    """1 to 10,000; None takes the recipe's, or more if the data set is small."""
    device: str = "auto"
    """`auto`, `cpu`, `mps`, `cuda` or `cuda:N`."""
    seed: int = 0
    """0 to 2³² − 1; determines the initial weights, the order of the images, their distortion and the folds."""
    fine_tune: str | None = None
    """The checkpoint file to start from, with MNIST replayed; None starts from random weights."""
    teachers: tuple[str, ...] = ()
    """Checkpoint files of the teachers, whose outputs for the set's own images the new network learns from."""
    folds: int = 0
    """Folds of the cross-validation that follows the training on all images, 2 to 20; 0 for none."""

    def __post_init__(self) -> None:
        self._check_types()
        self._check_choices()
        self._check_bounds()

    def _check_types(self) -> None:
        # The fields may come from a file edited by hand.
        for name in ("data", "recipe", "device"):
            if not isinstance(value := getattr(self, name), str):
                raise ConfigurationError(f"{name} is {value!r:.40}; it must be text")
        for name in ("epochs", "seed"):
            if type(value := getattr(self, name)) is not int and not (name == "epochs" and value is None):
                raise ConfigurationError(f"{name} is {value!r:.40}; it must be a whole number")
        if self.fine_tune is not None and (not isinstance(self.fine_tune, str) or not self.fine_tune):
            raise ConfigurationError(f"fine_tune is {self.fine_tune!r:.40}; it must be the path of a checkpoint")
        if isinstance(self.teachers, list):  # JSON has no tuples
            object.__setattr__(self, "teachers", tuple(self.teachers))
        if not isinstance(self.teachers, tuple) or not all(isinstance(each, str) and each for each in self.teachers):
            raise ConfigurationError(f"teachers is {self.teachers!r:.40}; it must be paths of checkpoints")
        if type(self.folds) is not int or not (self.folds == 0 or 2 <= self.folds <= MOST_FOLDS):
            raise ConfigurationError(f"folds is {self.folds!r:.40}; it must be 2 to {MOST_FOLDS}, or 0 for none")

    def _check_choices(self) -> None:
        if not self.data:
            raise ConfigurationError("data is empty; give a name that `digits-tui datasets` lists, or a path")
        if self.recipe not in RECIPES:
            raise ConfigurationError(f"recipe is {self.recipe!r:.40}; it must be one of {', '.join(RECIPES)}")
        if (self.fine_tune is not None) != (self.recipe == FINE_TUNE):
            raise ConfigurationError(
                f"recipe is {self.recipe!r:.40} and fine_tune is {self.fine_tune!r:.80}; the recipe {FINE_TUNE!r}, and "
                "no other, needs a checkpoint to start from"
            )
        if self.teachers and not RECIPES[self.recipe].can_distil:
            able = ", ".join(name for name, recipe in RECIPES.items() if recipe.can_distil)
            raise ConfigurationError(
                f"recipe is {self.recipe!r:.40}, which cannot learn from teachers; the recipes that can: {able}"
            )
        if self.fine_tune is not None and self.data == MNIST:
            raise ConfigurationError("data is mnist, which fine-tuning replays anyway; give another data set")

    def _check_bounds(self) -> None:
        if self.epochs is not None and not 1 <= self.epochs <= MOST_EPOCHS:
            raise ConfigurationError(f"epochs is {self.epochs!r:.40}; it must be 1 to {MOST_EPOCHS:,}")
        if self.device not in ("auto", "cuda") and not is_device(self.device):
            raise ConfigurationError(
                f"device is {self.device!r:.40}; it must be auto, cpu, mps, cuda or cuda:N "
                "(`digits-tui devices` lists the devices of this machine)"
            )
        if not 0 <= self.seed < 2**32:
            raise ConfigurationError(f"seed is {self.seed!r:.40}; it must be 0 to 4,294,967,295")

    def to_json(self) -> dict[str, Any]:
        """The fields as a JSON object."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> TrainingConfig:
        """The inverse of `to_json`; fields of a later version are ignored. Raises ConfigurationError."""
        if not isinstance(data, Mapping):
            raise ConfigurationError(f"the configuration is {data!r:.40}; it must be a JSON object")
        names = {each.name for each in dataclasses.fields(cls)}
        return cls(**{name: value for name, value in data.items() if name in names})
