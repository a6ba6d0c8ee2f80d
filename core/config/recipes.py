"""The recipes by which a network is trained, by name. Numbers only; `training` does what they say."""

from __future__ import annotations

import dataclasses
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
class SmallDataOverrides:
    """What a recipe does differently where there are fewer than `SMALL` images."""

    architecture: str
    batch_size: int
    steps: int
    """At least so many, by more epochs, unless epochs are given."""
    fewest_steps: int
    """So many do for very few images: five steps for four images, but no fewer than this and no more than `steps`."""
    learning_rate: float
    averaging: float
    """As above, where `steps` are done; of fewer the memory is shorter."""
    augmentation: Augmentation


@dataclass(frozen=True)
class Recipe:
    """One way to train."""

    name: str
    summary: str
    """One line for a person who chooses."""
    architecture: str
    """A name in `architectures.ARCHITECTURES`."""
    epochs: int
    batch_size: int
    """Images of the data set in a batch; replayed ones come on top."""
    learning_rate: float
    """The peak of the one-cycle schedule."""
    weight_decay: float
    warm_up: float
    """Share of all steps, 0 to 1, in which the learning rate rises."""
    label_smoothing: float
    averaging: float
    """Decay a step of the exponential moving average of the weights that is kept; 0 keeps the last weights."""
    validation: float
    """Share of the training images of each class held out for validation."""
    augmentation: Augmentation
    small_data: SmallDataOverrides
    """What replaces the above where there are few images."""
    muon: float = 0.0
    """Times the learning rate by which `optimiser.Muon` moves hidden matrices; 0 moves them like all others."""
    least_steps: int = 0
    """Steps that are done at least, by more epochs, unless epochs are given."""
    replay: float = 0.0
    """Share of each batch that is MNIST's, so that it is not forgotten."""
    replay_augmentation: Augmentation = Augmentation()
    """How MNIST's part is changed: little, since what is to be kept is how it is read as it is."""
    distillation: float = 0.0
    """Weight of the distillation loss. A fine-tuning's teacher is the starting network, on the images that join each
    batch (Li and Hoiem 2016); others have the run's teachers, on the data set's own images (Hinton et al. 2015)."""
    distillation_temperature: float = 1.0
    """What both logits are divided by for that: above 1, what is improbable counts for more."""
    redrawn: int = 0
    """Images in each batch, beside those of the data set, that are its digits drawn by other pens."""
    written: int = 0
    """Images in each batch that are digits of our own drawing, in all forms in which people write them."""
    no_digits: int = 0
    """Images in each batch that are no digits; only where the network has an output for that."""
    made_augmentation: Augmentation = Augmentation()
    """How these made images are changed."""

    @property
    def can_distil(self) -> bool:
        """Whether it learns from teachers, where a run has some."""
        return self.distillation > 0 and not self.replay

    def on(self, count: int) -> Recipe:
        """The recipe as it is for `count` images to learn from."""
        if count >= SMALL:
            return self
        small = self.small_data
        steps = min(small.steps, max(small.fewest_steps, count * 5 // 4))
        return dataclasses.replace(
            self,
            architecture=small.architecture,
            batch_size=small.batch_size,
            learning_rate=small.learning_rate,
            # Over the same part of the run: a longer memory than that would keep the weights it began with.
            averaging=1 - (1 - small.averaging) * small.steps / steps,
            augmentation=small.augmentation,
            muon=0.0,
            least_steps=steps,
            redrawn=0,
            written=0,
            no_digits=self.no_digits if self.replay else 0,
        )


SMALL = 10_000
"""Images from which on a data set is not small."""
FINE_TUNE = "fine-tune"
"""The recipe that goes on from a checkpoint."""

_STRONG = Augmentation(degrees=10, scale=0.12, shear=0.15, shift=2.0, elastic=0.6, stroke=0.4)
_SLIGHT = Augmentation(degrees=8, scale=0.1, shear=0.1, shift=1.5)
"""For a few epochs: what is distorted more takes longer to learn."""
_WIDE = Augmentation(degrees=15, scale=0.2, shear=0.25, shift=1.0, elastic=0.8, stroke=0.4)
"""A few hundred images show little of how a hand varies; more than this makes one digit of another."""
_GENTLE = Augmentation(degrees=3, scale=0.04, shear=0.05, shift=0.6, elastic=0.2, stroke=0.1)
_FROM_SCRATCH = SmallDataOverrides(
    architecture="deep",
    batch_size=64,
    steps=400,
    fewest_steps=400,
    learning_rate=5e-3,
    averaging=0.98,
    augmentation=_WIDE,
)

_THOROUGH = Recipe(
    name="thorough",
    summary="half an hour, on distorted images, averaged weights",
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
    small_data=dataclasses.replace(_FROM_SCRATCH, steps=1500, fewest_steps=1500, averaging=0.995),
)

RECIPES: dict[str, Recipe] = {
    "fast": Recipe(
        name="fast",
        summary="seconds on a laptop's processor",
        architecture="little",
        epochs=2,
        batch_size=512,
        learning_rate=2e-2,
        muon=5.0,
        weight_decay=1e-2,
        warm_up=0.2,
        label_smoothing=0.05,
        averaging=0.0,
        validation=0.03,
        augmentation=Augmentation(),
        small_data=_FROM_SCRATCH,
    ),
    "accurate": Recipe(
        name="accurate",
        summary="a minute on a laptop's processor, on slightly distorted images",
        architecture="deep",
        epochs=2,
        batch_size=256,
        learning_rate=1e-2,
        muon=8.0,
        weight_decay=2e-2,
        warm_up=0.2,
        label_smoothing=0.02,
        averaging=0.0,
        validation=0.02,
        augmentation=_SLIGHT,
        small_data=_THOROUGH.small_data,
    ),
    "thorough": _THOROUGH,
    "robust": dataclasses.replace(
        _THOROUGH,
        name="robust",
        summary="longer still, also on other pens and forms, and on what is no digit",
        architecture="deep-11",
        epochs=24,
        batch_size=96,
        redrawn=24,
        written=20,
        no_digits=12,
        made_augmentation=dataclasses.replace(_STRONG, stroke=0.0),
        distillation=0.6,
        distillation_temperature=2.0,
    ),
    FINE_TUNE: Recipe(
        name=FINE_TUNE,
        summary="goes on from a trained network with your own images, MNIST replayed",
        architecture="deep",
        epochs=3,
        batch_size=64,
        learning_rate=6e-3,
        weight_decay=2e-2,
        warm_up=0.25,
        label_smoothing=0.02,
        averaging=0.99,
        validation=0.0,
        augmentation=_WIDE,
        small_data=SmallDataOverrides(
            architecture="deep",
            batch_size=64,
            steps=250,
            fewest_steps=100,
            learning_rate=6e-3,
            averaging=0.99,
            augmentation=_WIDE,
        ),
        replay=1 / 2,
        replay_augmentation=_GENTLE,
        distillation=1.0,
        no_digits=8,
        made_augmentation=_GENTLE,
    ),
}
