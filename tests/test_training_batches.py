"""core.training.batches: order, completeness and values."""

from __future__ import annotations

import numpy as np
import torch

from core.config.recipes import Augmentation
from core.data.collection import LabelledImages
from core.networks.inputs import as_input
from core.training.batches import Batches

_CPU = torch.device("cpu")


def _batches(count: int, size: int, seed: int = 0) -> Batches:
    images = np.zeros((count, 28, 28), np.uint8)
    images[:, 0, 0] = np.arange(count) % 256  # each image says which it is
    return Batches(LabelledImages(images, (np.arange(count) % 10).astype(np.uint8)), size, Augmentation(), _CPU, seed)


def _shown(batches: Batches, epoch: int, skip: int = 0) -> list[int]:
    return [round(value) for x, _ in batches.epoch(epoch, skip) for value in (x[:, 0, 0, 0] * 255).tolist()]


def test_each_image_is_shown_once_an_epoch_with_its_label() -> None:
    """Full batches cover all images, none twice, and the label stays with its image."""
    batches = _batches(200, 50)
    shown = _shown(batches, 1)
    assert sorted(shown) == list(range(200))
    for images, labels in batches.epoch(1):
        assert torch.equal((images[:, 0, 0, 0] * 255).round().long() % 10, labels)


def test_order_follows_from_seed_and_epoch_alone() -> None:
    """The same epoch again is the same order; another epoch or seed is another."""
    assert _shown(_batches(200, 50), 2) == _shown(_batches(200, 50), 2)
    assert _shown(_batches(200, 50), 2) != _shown(_batches(200, 50), 3)
    assert _shown(_batches(200, 50, 1), 2) != _shown(_batches(200, 50, 2), 2)


def test_skipping_goes_on_where_an_epoch_was_left() -> None:
    """The first half and the epoch with its first half skipped are the epoch."""
    batches = _batches(200, 50)
    assert _shown(batches, 1)[100:] == _shown(batches, 1, skip=2)


def test_what_does_not_fill_a_batch_waits_for_another_epoch() -> None:
    """Two batches of 90 leave 20 of 200 out, and not the same 20 each time."""
    batches = _batches(200, 90)
    assert batches.steps == 2
    left = [set(range(200)) - set(_shown(batches, epoch)) for epoch in (1, 2)]
    assert len(left[0]) == len(left[1]) == 20
    assert left[0] != left[1]


def test_a_set_smaller_than_a_batch_is_one_batch() -> None:
    """Seven images train as one batch of seven."""
    batches = _batches(7, 256)
    assert (batches.steps, batches.batch_size) == (1, 7)


def test_input_is_scaled_to_one() -> None:
    """uint8 0 to 255 becomes float 0 to 1 with a channel."""
    out = as_input(torch.tensor([[[0, 255], [51, 102]]], dtype=torch.uint8))
    assert out.shape == (1, 1, 2, 2)
    assert torch.allclose(out.flatten(), torch.tensor([0.0, 1.0, 0.2, 0.4]))
