"""core.inference.many: batches on all cores, in order, that can be interrupted."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from core import paths
from core.config.calibration import Calibration
from core.data import mnist
from core.inference import many
from core.networks import checkpoint
from core.networks.inputs import as_input

_NEUTRAL = Calibration()


@pytest.fixture(scope="module")
def network() -> nn.Module:
    """The shipped one."""
    return checkpoint.load(paths.shipped_checkpoint())[0]


@pytest.mark.usefixtures("two_threads")
def test_as_many_threads_as_there_are_say_the_same(network: nn.Module, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the same order, told of in that order, and torch is left with as many as it had."""
    test = mnist.test()
    monkeypatch.setattr(many, "_BATCH", 50)
    monkeypatch.setattr(many, "_REPORTED", 100)
    read = []
    told: list[tuple[int, int]] = []
    for threads in (1, 3):
        told.clear()
        torch.set_num_threads(threads)
        read.append(many.scores_of_many(network, None, test.images[:330], _NEUTRAL, lambda *each: told.append(each)))
        assert told == [(100, 330), (200, 330), (300, 330), (330, 330)]
        assert torch.get_num_threads() == threads
    np.testing.assert_array_equal(read[0].probabilities, read[1].probabilities)
    np.testing.assert_array_equal(read[0].no_digit, read[1].no_digit)


@pytest.mark.usefixtures("two_threads")
def test_who_interrupts_does_not_wait_for_the_rest(network: nn.Module, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is the interruption lost."""
    test = mnist.test()
    monkeypatch.setattr(many, "_BATCH", 20)
    monkeypatch.setattr(many, "_REPORTED", 20)
    batches = []

    def counted(images: torch.Tensor) -> torch.Tensor:
        batches.append(len(images))
        return as_input(images)

    def interrupted(done: int, total: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(many, "as_input", counted)
    torch.set_num_threads(2)
    with pytest.raises(KeyboardInterrupt):
        many.scores_of_many(network, None, test.images[:6000], _NEUTRAL, interrupted)
    assert len(batches) < 100 and torch.get_num_threads() == 2
