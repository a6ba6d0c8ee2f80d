"""The registry of network architectures: how each is built and what it can do.

Networks take pixels, 0 to 1, and return logits; they know no data and no files. What a network can do is a field of
its entry here, never derived from its name or class.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn

# Mean and standard deviation of MNIST's training pixels, 0 to 1; part of the network, so that callers need to know only
# that 0 is paper and 1 is ink.
PIXEL_MEAN, PIXEL_DEVIATION = 0.1307, 0.3081


def standardised(images: Tensor) -> Tensor:
    """What the first layer of a `SequentialNetwork` is given for `images`, 0 (paper) to 1 (ink)."""
    return (images - PIXEL_MEAN) / PIXEL_DEVIATION


class SequentialNetwork(nn.Module):
    """Layers, one after the other, applied to pixels standardised with MNIST's mean and deviation."""

    def __init__(self, *layers: nn.Module) -> None:
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, images: Tensor) -> Tensor:
        """Logits (N, 10), or (N, 11) with a reject output, for `images` (N, 1, 28, 28) float, 0 (paper) to 1 (ink)."""
        logits: Tensor = self.layers(standardised(images))
        return logits


class LittleNetwork(SequentialNetwork):
    """Two convolutions and two linear layers, after LeNet-5 (LeCun et al. 1998) with ReLU and max pooling.

    The first convolution has stride 2 and is pooled before ReLU, and there is no normalisation, so two epochs take
    seconds on two cores. Of some forty shapes, batch sizes and optimisers tried on images held out of MNIST's training
    set, this network with `Muon` took half the time of `QuickNetwork` to reach the same accuracy.
    """

    def __init__(self) -> None:
        super().__init__(
            nn.Conv2d(1, 16, 6, stride=2),
            nn.MaxPool2d(2),
            nn.ReLU(),
            nn.Conv2d(16, 48, 3),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(48 * 4 * 4, 96),
            nn.ReLU(),
            nn.Linear(96, 10),
        )


class QuickNetwork(SequentialNetwork):
    """Like `LittleNetwork`, with more channels, and pooled after the second convolution instead of the first."""

    def __init__(self) -> None:
        super().__init__(
            nn.Conv2d(1, 16, 5, stride=2),
            nn.ReLU(),
            nn.Conv2d(16, 48, 3),
            nn.MaxPool2d(2),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(48 * 5 * 5, 128),
            nn.ReLU(),
            nn.Linear(128, 10),
        )


class SmallNetwork(SequentialNetwork):
    """Like `QuickNetwork`, but at full resolution and pooled after both convolutions, which takes longer."""

    def __init__(self) -> None:
        super().__init__(
            nn.Conv2d(1, 24, 5),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(24, 32, 3),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(32 * 5 * 5, 256),
            nn.ReLU(),
            nn.Linear(256, 10),
        )


def _block(inputs: int, outputs: int, size: int = 3, *, padded: bool = True) -> list[nn.Module]:
    # No bias: the batch normalisation that follows would cancel it.
    return [
        nn.Conv2d(inputs, outputs, size, padding=size // 2 if padded else 0, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
    ]


class DeepNetwork(SequentialNetwork):
    """Five convolutions with batch normalisation (Ioffe and Szegedy 2015) at three resolutions.

    The last feature maps (7×7) are pooled to 3×3, not to a single value, since the position of strokes tells 6 from 9.
    """

    def __init__(self, outputs: int = 10) -> None:
        super().__init__(
            *_block(1, 32, 5),
            nn.MaxPool2d(2),
            *_block(32, 48),
            *_block(48, 64),
            nn.MaxPool2d(2),
            *_block(64, 96),
            *_block(96, 96),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Dropout(0.2),
            nn.Linear(96 * 3 * 3, outputs),
        )


class GlassNetwork(SequentialNetwork):
    """So few parameters that a terminal of 80×24 shows each of them as a pixel.

    Each of the last feature maps becomes 2×2 values, the largest of each quarter: the position of strokes tells digits
    apart. With one value a map, its mean, a training of 30 epochs came to 98.5% of MNIST's test set, and one of 25
    epochs with these to 98.9% (one seed each, without test-time augmentation). The first convolution is not normalised,
    which would take half of the time of a step.
    """

    def __init__(self) -> None:
        super().__init__(
            nn.Conv2d(1, 6, 5),
            nn.MaxPool2d(2),
            nn.ReLU(),
            *_block(6, 8, padded=False),
            *_block(8, 6, padded=False),
            nn.MaxPool2d(4),
            nn.Flatten(),
            nn.Linear(6 * 2 * 2, 10),
        )


@dataclass(frozen=True)
class Architecture:
    """One architecture: how to build a network of it, and what it can do."""

    build: Callable[[], nn.Module]
    """Returns a network with weights drawn from torch's random state; `architectures.build` also takes a seed."""
    summary: str
    """One line for a person."""
    has_reject_output: bool = False
    """Whether an eleventh output says that the image is not a digit."""
    is_sequential: bool = True
    """Whether it is a `SequentialNetwork`, of which `core.inference` can make fast copies."""


ARCHITECTURES: dict[str, Architecture] = {
    "little": Architecture(LittleNetwork, "two convolutions and two linear layers, the fastest to train"),
    "quick": Architecture(QuickNetwork, "two wider convolutions and two linear layers"),
    "small": Architecture(SmallNetwork, "two convolutions at full resolution and two linear layers"),
    "deep": Architecture(DeepNetwork, "five convolutions with batch normalisation, the most accurate"),
    "glass": Architecture(GlassNetwork, "three convolutions with so few weights that all of them fit on the screen"),
    "deep-11": Architecture(
        partial(DeepNetwork, 11), "like deep, with a reject output for non-digits", has_reject_output=True
    ),
}
"""All architectures by name, as in a checkpoint's header; those that no recipe uses are for reading checkpoints."""


def build(architecture: str, seed: int | None = None) -> nn.Module:
    """A network with random initial weights, float32 on the CPU; the same seed gives the same weights.

    Raises KeyError for a name that is not in `ARCHITECTURES`.
    """
    with torch.random.fork_rng(devices=[]):  # leaves the caller's random state unchanged
        if seed is not None:
            torch.default_generator.manual_seed(seed)
        network = ARCHITECTURES[architecture].build()
    # 4-D weights in channels-last layout: convolutions then use the processor's vector units without reordering.
    return network.to(memory_format=torch.channels_last)


def parameter_count(network: nn.Module) -> int:
    """The number of trainable parameters."""
    return sum(parameter.numel() for parameter in network.parameters())
