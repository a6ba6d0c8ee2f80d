"""The convolutional networks, by name. They take pixels of 0 to 1 and give logits; they know no data and no files."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn

# Mean and standard deviation of MNIST's training pixels at 0 to 1; part of the network, so that whoever
# feeds it needs to know nothing but "0 is paper, 1 is ink".
PIXEL_MEAN, PIXEL_DEVIATION = 0.1307, 0.3081


class _Row(nn.Module):
    """Layers, one after the other, over pixels at MNIST's mean and deviation."""

    def __init__(self, *layers: nn.Module) -> None:
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, images: Tensor) -> Tensor:
        """Logits (N, 10), or (N, 11), of `images` (N, 1, 28, 28), float, 0 (paper) to 1 (ink)."""
        logits: Tensor = self.layers((images - PIXEL_MEAN) / PIXEL_DEVIATION)
        return logits


class LittleNetwork(_Row):
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


class QuickNetwork(_Row):
    """What `LittleNetwork` was before; checkpoints of then are still read."""

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


class SmallNetwork(_Row):
    """What `QuickNetwork` was before, at full resolution; checkpoints of then are still read."""

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


class DeepNetwork(_Row):
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


ARCHITECTURES: dict[str, Callable[[], nn.Module]] = {
    "little": LittleNetwork,
    "quick": QuickNetwork,
    "small": SmallNetwork,
    "deep": DeepNetwork,
    # An eleventh output: that it is no digit.
    "deep-11": partial(DeepNetwork, 11),
}


def tells_no_digit(architecture: str) -> bool:
    """Whether the networks of this name have an output for what is no digit."""
    return architecture.endswith("-11")


def build(architecture: str, seed: int | None = None) -> nn.Module:
    """A network with fresh weights, in float32 on the CPU; the same seed gives the same weights.

    Raises KeyError for a name that is not in `ARCHITECTURES`.
    """
    with torch.random.fork_rng(devices=[]):  # whoever calls keeps their random state
        if seed is not None:
            torch.default_generator.manual_seed(seed)
        network = ARCHITECTURES[architecture]()
    # 4-D weights laid out channels last: convolutions then run on the processor's wide units without reordering.
    return network.to(memory_format=torch.channels_last)


def parameter_count(network: nn.Module) -> int:
    """The number of trained values."""
    return sum(parameter.numel() for parameter in network.parameters())
