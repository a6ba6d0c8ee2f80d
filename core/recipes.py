"""The recipes by which a network is trained, by name. Numbers only; `training` does what they say."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Augmentation:
    """How far each training image may be changed; every image draws its own change each time it is shown."""

    degrees: float = 0.0
    """Rotation, up to this many degrees either way."""
    scale: float = 0.0
    """Each side's size, by up to this fraction either way."""
    shear: float = 0.0
    """Slant, by up to this tangent either way."""
    shift: float = 0.0
    """Displacement, up to this many pixels either way."""
    elastic: float = 0.0
    """Standard deviation, in pixels, of a smooth random displacement field."""
    stroke: float = 0.0
    """Probability that strokes are made thinner or thicker by a fraction of a pixel."""


@dataclass(frozen=True)
class Recipe:
    """One way to train."""

    name: str
    summary: str
    """One line for a person who chooses."""
    architecture: str
    """A name in `model.ARCHITECTURES`."""
    epochs: int
    batch_size: int
    learning_rate: float
    """The peak of the one-cycle schedule."""
    weight_decay: float
    warm_up: float
    """Part of all steps, 0 to 1, in which the learning rate rises."""
    label_smoothing: float
    averaging: float
    """Decay a step of the exponential moving average of the weights that is kept; 0 keeps the last weights."""
    validation: float
    """Part of the training images of each class held out for validation."""
    augmentation: Augmentation
    few_augmentation: Augmentation
    """Used in its place where there are fewer than `FEW` training images."""
    least_steps: int
    """Steps that a small data set is trained for at least, by more epochs, unless epochs are given."""


FEW = 10_000

_STRONG = Augmentation(degrees=10, scale=0.12, shear=0.15, shift=2.0, elastic=0.6, stroke=0.4)

RECIPES: dict[str, Recipe] = {
    "fast": Recipe(
        name="fast",
        summary="seconds on a laptop's processor",
        architecture="small",
        epochs=2,
        batch_size=256,
        learning_rate=1e-2,
        weight_decay=1e-2,
        warm_up=0.3,
        label_smoothing=0.05,
        averaging=0.0,
        validation=0.03,
        augmentation=Augmentation(),
        few_augmentation=_STRONG,
        least_steps=300,
    ),
    "accurate": Recipe(
        name="accurate",
        summary="the shipped model: longer, on distorted images, averaged weights",
        architecture="deep",
        epochs=30,
        batch_size=128,
        learning_rate=5e-3,
        weight_decay=2e-2,
        warm_up=0.25,
        label_smoothing=0.02,
        averaging=0.999,
        validation=0.02,
        augmentation=_STRONG,
        few_augmentation=_STRONG,
        least_steps=1500,
    ),
}
