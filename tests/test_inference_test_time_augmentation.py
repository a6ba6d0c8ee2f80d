"""core.inference.test_time_augmentation: which images are augmented, and what it makes of them."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from core import paths
from core.data import mnist
from core.inference.fused import fused
from core.inference.prepacked import prepacked
from core.inference.scores import logits
from core.inference.test_time_augmentation import augmented
from core.networks.architectures import SequentialNetwork
from core.networks.inputs import as_input
from core.reading.recogniser import Recogniser

_CPU = torch.device("cpu")


class _Watched(nn.Module):
    """Says 1 of an image by so much as its ink weighs, and keeps what it was shown."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[Tensor] = []

    def forward(self, images: Tensor) -> Tensor:
        self.seen.append(images)
        found = torch.zeros(len(images), 10)
        found[:, 1] = images.sum(dim=(1, 2, 3)) / 100
        return found


def _images(count: int) -> Tensor:
    test = mnist.test()
    return as_input(torch.tensor(test.images[:count]))


def test_only_unsure_images_are_augmented() -> None:
    """Their logits become the mean over five views, the others stay to the bit."""
    network, images = _Watched(), _images(5)
    first = network(images)
    first[[0, 2, 4], 3] += first[[0, 2, 4], 1] + 10  # these are sure of a 3
    found = augmented(network, images, first)
    assert torch.equal(found[[0, 2, 4]], first[[0, 2, 4]])
    assert [len(each) for each in network.seen] == [5, 2 * 4]
    again = network.seen[1].reshape(4, 2, 1, 28, 28).sum(dim=(2, 3, 4)) / 100
    expected = (first[[1, 3], 1] + again.sum(dim=0)) / 5
    torch.testing.assert_close(found[[1, 3], 1], expected)


def test_each_view_is_another_and_of_the_same_digit() -> None:
    """No two views are alike, none loses or adds a third of the ink or moves it by more than a pixel or two."""
    network, images = _Watched(), _images(3)
    augmented(network, images, torch.zeros(3, 10))
    views = network.seen[0][:, 0].reshape(4, 3, 28, 28)
    assert views.shape == (4, 3, 28, 28)
    for one in range(4):
        for other in range(one):
            assert (views[one] - views[other]).abs().mean() > 0.005
    torch.testing.assert_close(views.sum(dim=(2, 3)), images[:, 0].sum(dim=(1, 2)).expand(4, 3), rtol=0.33, atol=0)
    index = torch.arange(28.0)
    for axis in (2, 3):
        centres = (views.sum(dim=5 - axis) * index).sum(dim=2) / views.sum(dim=(2, 3))
        line = images[:, 0].sum(dim=4 - axis)
        before = (line * index).sum(dim=1) / line.sum(dim=1)
        assert (centres - before).abs().max() < 2


def test_what_is_clear_costs_one_view() -> None:
    """A network that is sure of all is asked once."""
    network, images = _Watched(), _images(4)
    first = torch.zeros(4, 10)
    first[:, 7] = 9
    assert augmented(network, images, first) is first
    assert not network.seen


@pytest.mark.usefixtures("two_threads")
def test_the_shipped_model_reads_better_with_it() -> None:
    """Of the test images that it is unsure of; and an image is read the same alone as among others."""
    recogniser = Recogniser(paths.shipped_checkpoint())
    test = mnist.test().take(np.arange(5000))
    assert isinstance(recogniser.network, SequentialNetwork)
    once = logits(prepacked(fused(recogniser.network)), test.images, _CPU, augment=False)
    best = once.topk(2, dim=1).values
    unsure = np.flatnonzero((best[:, 0] - best[:, 1] < 3).numpy())
    assert 20 < len(unsure) < 500
    read = recogniser.scores(test.images[unsure])
    labels = test.labels[unsure]
    before = (once[unsure, :10].argmax(dim=1).numpy() == labels).sum()
    assert (read.probabilities.argmax(axis=1) == labels).sum() >= before
    alone = recogniser.scores(test.images[unsure[:1]])
    np.testing.assert_allclose(alone.probabilities[0], read.probabilities[0], atol=1e-4)
