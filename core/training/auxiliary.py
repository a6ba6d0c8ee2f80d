"""Makes the images that join each batch in addition to the data set's own: MNIST replayed, and synthetic images."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.data.collection import LabelledImages
from core.synthesis.digits import redrawn, written
from core.synthesis.negatives import NO_DIGIT, negatives
from core.training.batches import AuxiliaryImages

if TYPE_CHECKING:
    from core.config.recipes import Recipe
    from core.config.training_length import TrainingLength
    from core.training.pretrained import Pretrained

_MADE = 24_000
"""Synthetic images of each kind: each is shown a few times, augmented differently each time."""
_SEED = 2026


def auxiliary_images(
    recipe: Recipe, length: TrainingLength, part: LabelledImages, pretrained: Pretrained | None
) -> list[AuxiliaryImages]:
    """The images that `recipe` asks for, made from the digits in `part`, or from MNIST's if that is replayed.

    Synthetic images are the same for every seed of the training. Takes a minute if a recipe asks for all kinds.
    """
    found = []
    how = recipe.made_augmentation
    digits = part if pretrained is None else pretrained.replay
    if recipe.redrawn:
        chosen = np.sort(np.random.default_rng(_SEED).permutation(len(digits))[:_MADE])
        made = redrawn(digits.take(chosen), _SEED)
        found.append(AuxiliaryImages(made.images, made.labels, recipe.redrawn, how))
    if recipe.written:
        made = written(_MADE, _SEED)
        found.append(AuxiliaryImages(made.images, made.labels, recipe.written, how))
    if recipe.no_digits:
        images = negatives(digits, _MADE, _SEED) if pretrained is None else pretrained.no_digits
        found.append(AuxiliaryImages(images, np.full(len(images), NO_DIGIT, np.uint8), recipe.no_digits, how))
    if pretrained is not None and length.replayed:
        known = pretrained.replay
        found.append(AuxiliaryImages(known.images, known.labels, length.replayed, recipe.replay_augmentation))
    return found
