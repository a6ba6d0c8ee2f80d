"""The network that fine-tuning starts from, with MNIST, which it should not forget."""

from __future__ import annotations

import dataclasses
import functools
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from torch import nn

from core.config.recipes import Recipe
from core.data import mnist
from core.data.collection import LabelledImages
from core.networks import checkpoint
from core.networks.architectures import ARCHITECTURES
from core.networks.checkpoint_file import Header
from core.synthesis.negatives import negatives

_NO_DIGITS = 4_000
"""Images of non-digits: the network knows them and only has to be reminded."""
_SEED = 2026


@dataclass(frozen=True)
class Pretrained:
    """The network that fine-tuning starts from; it is never modified."""

    path: Path
    network: nn.Module
    """In evaluation mode, float32, on the CPU."""
    header: Header
    replay: LabelledImages
    """MNIST's training images."""
    test: LabelledImages
    """MNIST's test images."""

    @functools.cached_property
    def no_digits(self) -> NDArray[np.uint8]:
        """(N, 28, 28) uint8, images of non-digits to remind the network of, made once for all folds."""
        return negatives(self.replay, _NO_DIGITS, _SEED)


def load(path: Path) -> Pretrained:
    """Read a checkpoint and MNIST. Raises CheckpointError, or DataError if MNIST's files are not as shipped."""
    network, header = checkpoint.load(path)
    return Pretrained(path, network, header, *mnist.load())


def recipe_for(recipe: Recipe, pretrained: Pretrained | None) -> Recipe:
    """`recipe`, from a `Division`, adapted to the network that is fine-tuned, which keeps its architecture."""
    if pretrained is None:
        return recipe
    architecture = pretrained.header.architecture
    no_digits = recipe.no_digits if ARCHITECTURES[architecture].has_reject_output else 0
    return dataclasses.replace(recipe, architecture=architecture, no_digits=no_digits)
