"""The training recipes, by name. Numbers only; `core.training` carries them out."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass


@dataclass(frozen=True)
class Augmentation:
    """How much training images are distorted, at random each time an image is shown."""

    degrees: float = 0.0
    """Rotation, up to ± this many degrees."""
    scale: float = 0.0
    """Scaling of each side, up to ± this fraction."""
    shear: float = 0.0
    """Slant, up to ± this tangent."""
    shift: float = 0.0
    """Translation, up to ± this many pixels."""
    elastic: float = 0.0
    """Standard deviation, in pixels, of a smooth random displacement field."""
    stroke: float = 0.0
    """Probability of making the strokes thinner or thicker by a fraction of a pixel."""


@dataclass(frozen=True)
class SmallDataOverrides:
    """What a recipe does differently for fewer than `SMALL` images."""

    architecture: str
    batch_size: int
    steps: int
    """Minimum number of steps, reached with more epochs, unless the epochs are given."""
    fewest_steps: int
    """The minimum for very few images: five steps for four images, but at least this many and at most `steps`."""
    learning_rate: float
    averaging: float
    """As in the recipe, for `steps` steps; with fewer steps the average spans fewer."""
    augmentation: Augmentation


@dataclass(frozen=True)
class Recipe:
    """One way to train."""

    name: str
    summary: str
    """One line to choose by."""
    architecture: str
    """A name in `architectures.ARCHITECTURES`."""
    epochs: int
    batch_size: int
    """Images of the data set in a batch; auxiliary images are added to them."""
    learning_rate: float
    """The peak of the one-cycle schedule."""
    weight_decay: float
    warm_up: float
    """Share of all steps, 0 to 1, during which the learning rate rises."""
    label_smoothing: float
    averaging: float
    """Decay per step of the exponential moving average of the weights; 0 keeps the last weights instead."""
    validation: float
    """Share of the training images of each class held out for validation."""
    augmentation: Augmentation
    small_data: SmallDataOverrides
    """What replaces the values above for a small data set."""
    muon: float = 0.0
    """Factor on the learning rate of hidden matrices, which `optimiser.Muon` then updates; 0 treats them like the
    rest."""
    least_steps: int = 0
    """Minimum number of steps, reached with more epochs, unless the epochs are given."""
    replay: float = 0.0
    """Share of each batch that comes from MNIST, so that MNIST is not forgotten."""
    replay_augmentation: Augmentation = Augmentation()
    """Distortion of the replayed images: slight, since the network has to go on reading MNIST's undistorted ones."""
    distillation: float = 0.0
    """Weight of the distillation loss. Fine-tuning's teacher is the starting network, on the auxiliary images of each
    batch (Li and Hoiem 2016); other recipes have the run's teachers, on the data set's own images (Hinton et al.
    2015)."""
    distillation_temperature: float = 1.0
    """Divides both networks' logits in the distillation loss; above 1, improbable digits count for more."""
    redrawn: int = 0
    """Auxiliary images in each batch that are the data set's digits drawn with other pens."""
    written: int = 0
    """Auxiliary images in each batch that are synthetic digits, in all forms in which people write them."""
    no_digits: int = 0
    """Auxiliary images in each batch that are not digits; only for networks with a reject output."""
    made_augmentation: Augmentation = Augmentation()
    """Distortion of the synthetic images: redrawn, written and not digits."""

    @property
    def can_distil(self) -> bool:
        """Whether it can learn from a run's teachers."""
        return self.distillation > 0 and not self.replay

    def on(self, count: int) -> Recipe:
        """The recipe for `count` images to learn from, with the small-data overrides if those are few."""
        if count >= SMALL:
            return self
        small = self.small_data
        steps = min(small.steps, max(small.fewest_steps, count * 5 // 4))
        return dataclasses.replace(
            self,
            architecture=small.architecture,
            batch_size=small.batch_size,
            learning_rate=small.learning_rate,
            # The average spans the same share of the run; a longer one would include the initial weights.
            averaging=1 - (1 - small.averaging) * small.steps / steps,
            augmentation=small.augmentation,
            muon=0.0,
            least_steps=steps,
            redrawn=0,
            written=0,
            no_digits=self.no_digits if self.replay else 0,
        )


SMALL = 10_000
"""A data set with fewer images than this is small."""
FAST, FINE_TUNE = "fast", "fine-tune"
"""The recipe that starts from a checkpoint."""

_STRONG = Augmentation(degrees=10, scale=0.12, shear=0.15, shift=2.0, elastic=0.6, stroke=0.4)
_SLIGHT = Augmentation(degrees=8, scale=0.1, shear=0.1, shift=1.5)
"""For runs of a few epochs: stronger distortion takes longer to learn."""
_MILD = Augmentation(degrees=5, scale=0.08, shear=0.08, shift=1.0)
"""For a network so small that it cannot learn all of what stronger distortion makes."""
_WIDE = Augmentation(degrees=15, scale=0.2, shear=0.25, shift=1.0, elastic=0.8, stroke=0.4)
"""A few hundred images show little of how handwriting varies. More than this would turn one digit into another."""
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
    FAST: Recipe(
        name=FAST,
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
        summary="longer still, also on other pens and forms, and on non-digits",
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
    "glass": Recipe(
        name="glass",
        summary="a network so small that all of its weights fit on the screen, in minutes",
        architecture="glass",
        epochs=40,
        batch_size=128,
        learning_rate=2e-2,
        weight_decay=1e-2,
        warm_up=0.25,
        label_smoothing=0.0,
        averaging=0.0,
        validation=0.02,
        augmentation=_MILD,
        small_data=dataclasses.replace(_FROM_SCRATCH, architecture="glass", steps=1500, fewest_steps=1500),
    ),
    FINE_TUNE: Recipe(
        name=FINE_TUNE,
        summary="continues a trained network on your own images, MNIST replayed",
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
