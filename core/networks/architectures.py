"""The registry of network architectures: how each is built and what it can do.

Networks take pixels of 0 to 1 and give logits; they know no data and no files. Whoever wants to know what a network
can do asks its entry here, neither its name nor its class.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn

# Mean and standard deviation of MNIST's training pixels at 0 to 1; part of the network, so that whoever
# feeds it needs to know nothing but "0 is paper, 1 is ink".
PIXEL_MEAN, PIXEL_DEVIATION = 0.1307, 0.3081


class SequentialNetwork(nn.Module):
    """Layers, one after the other, over pixels at MNIST's mean and deviation."""

    def __init__(self, *layers: nn.Module) -> None:
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, images: Tensor) -> Tensor:
        """Logits (N, 10), or (N, 11) with a reject output, of `images` (N, 1, 28, 28), float, 0 (paper) to 1 (ink)."""
        logits: Tensor = self.layers((images - PIXEL_MEAN) / PIXEL_DEVIATION)
        return logits


class LittleNetwork(SequentialNetwork):
    """Two convolutions and two linear layers, after LeNet-5 (LeCun et al. 1998) with ReLU and max pooling.

    The first convolution takes every second pixel and is pooled before ReLU, there is no normalisation: two epochs take
    seconds on two cores. Of some forty shapes, batches and optimisers tried on images held out of MNIST's training
    set, this one with `Muon` took half of the time of `QuickNetwork` to the same accuracy.
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
    """As `LittleNetwork`, with more channels, and pooled after the second convolution instead of the first."""

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
    """As `QuickNetwork`, at full resolution and pooled after both convolutions, which takes longer."""

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


def _block(inputs: int, outputs: int, size: int = 3) -> list[nn.Module]:
    # The bias would be taken away again by the batch normalisation that follows.
    return [
        nn.Conv2d(inputs, outputs, size, padding=size // 2, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
    ]


class DeepNetwork(SequentialNetwork):
    """Five convolutions with batch normalisation (Ioffe and Szegedy 2015) over three resolutions.

    The last feature maps (7×7) are pooled to 3×3, not to a point, since where a stroke is tells 6 from 9.
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


@dataclass(frozen=True)
class Architecture:
    """One architecture: how a network of it is built, and what it can do."""

    build: Callable[[], nn.Module]
    """A network with weights drawn from torch's random state; `architectures.build` also takes a seed."""
    summary: str
    """One line for a person."""
    has_reject_output: bool = False
    """Whether an eleventh output says that the image is no digit."""
    is_sequential: bool = True
    """Whether it is a `SequentialNetwork`, a plain row of layers, whose fast copies `core.inference` can make."""


ARCHITECTURES: dict[str, Architecture] = {
    "little": Architecture(LittleNetwork, "two convolutions and two linear layers, the fastest to train"),
    "quick": Architecture(QuickNetwork, "two wider convolutions and two linear layers"),
    "small": Architecture(SmallNetwork, "two convolutions at full resolution and two linear layers"),
    "deep": Architecture(DeepNetwork, "five convolutions with batch normalisation, the most accurate"),
    "deep-11": Architecture(
        partial(DeepNetwork, 11), "as deep, with an output for what is no digit", has_reject_output=True
    ),
}
"""Every name here may stand in a checkpoint's header: an entry without a recipe is there to be read."""


def build(architecture: str, seed: int | None = None) -> nn.Module:
    """A network with fresh weights, in float32 on the CPU; the same seed gives the same weights.

    Raises KeyError for a name that is not in `ARCHITECTURES`.
    """
    with torch.random.fork_rng(devices=[]):  # whoever calls keeps their random state
        if seed is not None:
            torch.default_generator.manual_seed(seed)
        network = ARCHITECTURES[architecture].build()
    # 4-D weights laid out channels last: convolutions then run on the processor's wide units without reordering.
    return network.to(memory_format=torch.channels_last)


def parameter_count(network: nn.Module) -> int:
    """The number of trained values."""
    return sum(parameter.numel() for parameter in network.parameters())
