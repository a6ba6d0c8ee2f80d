"""core.training.calibration_fit: a network's confidence brought in line with how often it is right."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from core import paths
from core.config.calibration import Calibration
from core.data import mnist
from core.data.collection import LabelledImages
from core.evaluation.evaluation import evaluate
from core.inference.fused import fused
from core.inference.prepacked import prepacked
from core.networks import checkpoint
from core.networks.architectures import SequentialNetwork
from core.synthesis.digits import redrawn, written
from core.training import calibration_fit
from core.training.calibration_fit import fitted

_CPU = torch.device("cpu")


_written = cache(written)


@cache
def _redrawn(images: bytes, seed: int) -> LabelledImages:
    pixels = np.frombuffer(images, np.uint8).reshape(-1, 28, 28)
    return redrawn(LabelledImages(pixels, np.zeros(len(pixels), np.uint8)), seed)


class Remembering(nn.Module):
    """The same network, which computes what it says of a batch only once for all tests."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network
        self.known: dict[bytes, Tensor] = {}

    def forward(self, images: Tensor) -> Tensor:
        """(N, 1, 28, 28) -> (N, 11)."""
        key = images.numpy().tobytes()
        if key not in self.known:
            self.known[key] = self.network(images)
        return self.known[key]


class Louder(nn.Module):
    """A network that is more, or less, sure of everything."""

    def __init__(self, network: nn.Module, factor: float) -> None:
        super().__init__()
        self.network, self.factor = network, factor

    def forward(self, images: Tensor) -> Tensor:
        """Logits times the factor."""
        logits: Tensor = self.network(images) * self.factor
        return logits


@pytest.fixture(autouse=True)
def made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer digits, and the same ones for all tests: to draw them takes seconds each time."""
    monkeypatch.setattr(calibration_fit, "_WRITTEN", 150)
    monkeypatch.setattr(calibration_fit, "written", _written)
    monkeypatch.setattr(calibration_fit, "redrawn", lambda part, seed: _redrawn(part.images.tobytes(), seed))


@pytest.fixture(scope="module")
def parts() -> tuple[LabelledImages, LabelledImages]:
    """Images to fit with and others to measure on; noise makes some of them hard."""
    test = mnist.test()
    random = np.random.default_rng(0)
    noisy = np.clip(test.images[:1000] + random.normal(0, 35, (1000, 28, 28)), 0, 255).astype(np.uint8)
    part = LabelledImages(noisy, test.labels[:1000])
    return part.take(np.arange(500)), part.take(np.arange(500, 1000))


@pytest.fixture(scope="module")
def network() -> nn.Module:
    """The shipped one."""
    network, _ = checkpoint.load(paths.shipped_checkpoint())
    assert isinstance(network, SequentialNetwork)
    return Remembering(prepacked(fused(network)))


@pytest.mark.parametrize("factor", [0.4, 1.0, 3.0])
def test_confidence_becomes_how_often_it_is_right(
    parts: tuple[LabelledImages, LabelledImages], network: nn.Module, factor: float
) -> None:
    """Too sure or too unsure before, within 3% after, on images that it was not fitted on; no answer changes."""
    loud = Louder(network, factor).eval()
    found = fitted(loud, parts[0], _CPU)
    before = evaluate(loud, parts[1].images, parts[1].labels, _CPU)
    after = evaluate(loud, parts[1].images, parts[1].labels, _CPU, found)
    assert after.calibration_error < 0.03
    assert after.loss <= before.loss + 1e-3
    np.testing.assert_array_equal(after.predictions, before.predictions)


def test_the_temperature_follows_the_logits(parts: tuple[LabelledImages, LabelledImages], network: nn.Module) -> None:
    """Logits three times as large are divided by three times as much."""
    one, three = (fitted(Louder(network, factor).eval(), parts[0], _CPU).temperature for factor in (1.0, 3.0))
    assert three == pytest.approx(3 * one, rel=0.02)


def test_of_few_images_nothing_is_fitted(parts: tuple[LabelledImages, LabelledImages], network: nn.Module) -> None:
    """The neutral calibration, whatever the few say."""
    assert fitted(network, parts[0].take(np.arange(50)), _CPU) == Calibration()


class Doubting(nn.Module):
    """A network that takes everything rather, or less, for no digit."""

    def __init__(self, network: nn.Module, more: float) -> None:
        super().__init__()
        self.network, self.more = network, more

    def forward(self, images: Tensor) -> Tensor:
        """(N, 1, 28, 28) -> (N, 11)."""
        found: Tensor = self.network(images)
        return torch.cat([found[:, :10], found[:, 10:] + self.more], dim=1)


@pytest.mark.parametrize(("more", "least", "most"), [(-9.0, 0.6, 0.6), (-4.0, 0.61, 0.998), (9.0, 0.999, 0.999)])
def test_the_threshold_lets_digits_through(
    parts: tuple[LabelledImages, LabelledImages], network: nn.Module, more: float, least: float, most: float
) -> None:
    """At least 0.6, else so high that hardly a held-out digit is rejected; and never so high that nothing is."""
    doubting = Doubting(network, more).eval()
    found = fitted(doubting, parts[0], _CPU)
    assert least <= found.threshold <= most
    if more < 0:
        result = evaluate(doubting, parts[0].images, parts[0].labels, _CPU, found)
        assert result.rejected.mean() <= 0.0101
