"""core.inference.engine: the same answers, whichever way is chosen, and what this machine lacks."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from core import paths
from core.config.calibration import Calibration
from core.data import mnist
from core.errors import DataError
from core.inference import engine, int8, prepacked
from core.inference.engine import MANY, Engine, fast_ways
from core.inference.fused import fused
from core.inference.int8 import Int8Network
from core.inference.scores import logits, scores
from core.networks import checkpoint
from core.networks.architectures import ARCHITECTURES, SequentialNetwork
from core.reading.recogniser import Recogniser

_CPU = torch.device("cpu")
_TENS = 50
"""Images that are read at a time."""


@pytest.fixture
def recogniser() -> Recogniser:
    """The shipped one."""
    return Recogniser(paths.shipped_checkpoint())


def _nearly(network: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor]:
    """A stand-in for the network in int8 on machines without: off by up to a sixteenth of a logit."""
    random = torch.Generator().manual_seed(1)

    def said(images: Tensor) -> Tensor:
        found = network(images)
        return found + torch.rand(found.shape, generator=random) / 8 - 1 / 16

    return said


@pytest.fixture(params=["int8", "nearly"])
def quantised(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's int8, where it has it, and a stand-in everywhere."""
    if request.param == "nearly":
        stand_in = staticmethod(lambda network, _: _nearly(network))
        monkeypatch.setattr(Int8Network, "quantised_for", stand_in)
    elif int8.unavailable():
        pytest.skip("this processor, or this torch, has no fast int8 convolution")


@pytest.mark.parametrize("expected", [0, MANY])
def test_the_way_goes_by_how_many_images_there_are(
    recogniser: Recogniser, monkeypatch: pytest.MonkeyPatch, expected: int
) -> None:
    """And int8 is asked for some tens of them only where thousands are to come."""
    monkeypatch.setattr(Int8Network, "quantised_for", staticmethod(lambda network, _: _nearly(network)))
    chooser = Engine(recogniser.network, ARCHITECTURES["deep-11"], recogniser.calibration)
    chooser.expect(expected)
    tens = "tens" if expected else "few"
    assert [chooser.way(count) for count in (1, 15, 16, 64, MANY - 1, MANY)] == ["few"] * 2 + [tens] * 3 + ["many"]


@pytest.mark.usefixtures("two_threads", "quantised")
def test_many_images_get_the_answers_of_few(recogniser: Recogniser, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same answers and rejections, the unsure ones among them, whose probabilities differ by some hundredths."""
    test = mnist.test()
    assert isinstance(recogniser.network, SequentialNetwork)
    fast = prepacked.prepacked(fused(recogniser.network))
    once = scores(fast, test.images[:3000], _CPU, recogniser.calibration, augment=False)
    unsure = np.argsort(once.probabilities.max(axis=1))[:100]
    chosen = test.images[np.concatenate([unsure, np.arange(300)])]
    monkeypatch.setattr(engine, "MANY", 300)
    told: list[tuple[int, int]] = []
    found = recogniser.scores(chosen, lambda *each: told.append(each))
    plain = scores(recogniser.network, chosen, _CPU, recogniser.calibration)
    assert told == [(400, 400)]
    threshold = recogniser.calibration.threshold
    np.testing.assert_array_equal(found.probabilities.argmax(axis=1), plain.probabilities.argmax(axis=1))
    np.testing.assert_array_equal(found.no_digit >= threshold, plain.no_digit >= threshold)
    np.testing.assert_allclose(found.probabilities, plain.probabilities, atol=0.08)
    assert np.abs(found.probabilities - plain.probabilities).mean() < 0.001
    np.testing.assert_allclose(found.probabilities.sum(axis=1), 1, atol=1e-5)


@pytest.mark.usefixtures("two_threads")
@pytest.mark.parametrize("least", [2, 1000], ids=["without int8", "few"])
def test_float32_reads_as_one_by_one(recogniser: Recogniser, monkeypatch: pytest.MonkeyPatch, least: int) -> None:
    """To the rounding, where a machine has no int8 and where there are few images."""
    monkeypatch.setattr(int8, "unavailable", lambda: "this processor lacks it")
    monkeypatch.setattr(engine, "MANY", least)
    test = mnist.test()
    found = recogniser.scores(test.images[:3])
    alone = [recogniser.scores(test.images[at : at + 1]).probabilities[0] for at in range(3)]
    np.testing.assert_allclose(found.probabilities, alone, atol=1e-5)


@pytest.mark.usefixtures("quantised")
def test_tens_at_a_time_are_read_nearly_as_in_float32(recogniser: Recogniser, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same digits, probabilities within 0.005, and most of them without float32."""
    images = mnist.test().images[:1000]
    exact = recogniser.scores(images)
    asked: list[int] = []

    def counted(network: nn.Module, some: NDArray[np.uint8], device: torch.device) -> Tensor:
        asked.append(len(some))
        return logits(network, some, device)

    monkeypatch.setattr(engine, "logits", counted)
    recogniser.expect(MANY)
    rows = [recogniser.scores(images[at : at + _TENS]) for at in range(0, 1000, _TENS)]
    found = np.concatenate([each.probabilities for each in rows])
    none = np.concatenate([each.no_digit for each in rows])
    assert 0 < sum(asked) < 250
    np.testing.assert_array_equal(found.argmax(axis=1), exact.probabilities.argmax(axis=1))
    np.testing.assert_allclose(found, exact.probabilities, atol=0.005)
    np.testing.assert_allclose(none, exact.no_digit, atol=0.005)
    assert np.abs(found - exact.probabilities).max() > 1e-6  # it was not float32
    unsure = exact.probabilities.max(axis=1) * (1 - exact.no_digit) < 0.95
    np.testing.assert_allclose(found[unsure], exact.probabilities[unsure], atol=1e-5)


@pytest.mark.usefixtures("quantised")
def test_few_at_a_time_are_read_in_float32(recogniser: Recogniser) -> None:
    """To the last digit, whatever is expected."""
    images = mnist.test().images[:15]
    before = recogniser.scores(images).probabilities
    recogniser.expect(MANY)
    np.testing.assert_array_equal(recogniser.scores(images).probabilities, before)


def test_a_recogniser_that_expects_many_reads_the_same(recogniser: Recogniser) -> None:
    """Until its file is another one."""
    images = mnist.test().images[:64]
    before = recogniser.scores(images)
    recogniser.expect(MANY)
    np.testing.assert_allclose(recogniser.scores(images).probabilities, before.probabilities, atol=0.005)


def test_where_it_cannot_be_float32_reads(recogniser: Recogniser, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine without int8, and where the digits to scale it by are damaged."""
    images = mnist.test().images[:64]
    before = recogniser.scores(images).probabilities
    monkeypatch.setattr(int8, "unavailable", lambda: "this processor lacks it")
    recogniser.expect(MANY)
    np.testing.assert_array_equal(recogniser.scores(images).probabilities, before)

    def damaged() -> None:
        raise DataError("MNIST's file is damaged")

    monkeypatch.undo()
    monkeypatch.setattr(mnist, "test", damaged)
    recogniser.expect(MANY)
    np.testing.assert_array_equal(recogniser.scores(images).probabilities, before)


@pytest.mark.parametrize("count", [3, 40])
def test_networks_that_are_no_row_of_layers_are_read_as_they_are(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """There is nothing to be known about them, however many images there are."""
    monkeypatch.setattr(engine, "MANY", 20)
    network = nn.Sequential(nn.Flatten(), nn.Linear(784, 10)).eval()
    other = dataclasses.replace(ARCHITECTURES["little"], is_sequential=False)
    images = mnist.test().images[:count]
    reader = Engine(network, other, Calibration())
    reader.expect(20)
    plain = scores(network, images, _CPU)
    np.testing.assert_allclose(reader.scores(images).probabilities, plain.probabilities, atol=1e-6)


def test_the_network_itself_stays_as_it_is() -> None:
    """Its copies are fused and prepacked, not it."""
    network, header = checkpoint.load(paths.shipped_checkpoint())
    before = {name: value.clone() for name, value in network.state_dict().items()}
    Engine(network, ARCHITECTURES[header.architecture], Calibration()).scores(mnist.test().images[:3])
    assert network.state_dict().keys() == before.keys()
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())


def test_each_fast_way_is_there_or_says_why_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing instruction, a torch without the kernels, and kernels that go wrong."""
    assert [each.name for each in fast_ways()] == ["fused", "prepacked", "int8", "many"]
    assert all(each.summary for each in fast_ways())
    monkeypatch.setattr(torch.cpu, "_is_vnni_supported", lambda: False)
    assert "VNNI" in {each.name: each for each in fast_ways()}["int8"].reason
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: False)
    assert "oneDNN" in {each.name: each for each in fast_ways()}["prepacked"].reason
    monkeypatch.undo()
    if prepacked.unavailable():
        return
    monkeypatch.setattr(prepacked, "_TOLERANCE", -1.0)
    found = {each.name: each for each in fast_ways()}["prepacked"]
    assert "different answers" in found.reason and not found.available
