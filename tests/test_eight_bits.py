"""core.inference.int8 and core.inference.many: many images in int8 where the machine has it, nearly the same."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import nn

from core import paths
from core.data import mnist
from core.evaluation import evaluation
from core.evaluation.evaluation import in_batches
from core.inference import int8, many
from core.inference.fused import folded
from core.inference.int8 import EightBits
from core.inference.many import _close
from core.inference.scores import scores
from core.inference.test_time_augmentation import leads
from core.networks.architectures import build
from core.networks.inputs import as_input
from core.reading.recogniser import Recogniser

_CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    """The shipped model."""
    return Recogniser(paths.shipped_checkpoint())


def _quick(recogniser: Recogniser, count: int) -> tuple[EightBits, torch.Tensor]:
    _, test = mnist.load()
    images = as_input(torch.tensor(test.images[:count]))
    found = EightBits.of(recogniser.quick, images)
    if found is None:
        pytest.skip("this processor, or this torch, does not multiply eight bits")
    return found, images


def _laid_beside(seen: torch.Tensor, beside: int) -> torch.Tensor:
    """(N, C, H, W) -> (N / beside, H, W, beside, C): of each pixel first that of one image, then of the next one."""
    return seen.reshape(-1, beside, *seen.shape[1:]).permute(0, 3, 4, 1, 2)


@pytest.mark.usefixtures("two_threads")
@pytest.mark.parametrize("count", [1, 15, 16, 17, 64, 70])
def test_logits_are_nearly_those_of_the_network(recogniser: Recogniser, count: int) -> None:
    """However many images there are: small ones lie beside each other, and none shows through to its neighbour."""
    quick, images = _quick(recogniser, 70)
    with torch.inference_mode():
        found, exact = quick(images[:count]), recogniser.quick(images[:count])
        assert found.shape == exact.shape
        assert (found - exact).abs().mean() < 0.03
        alone = torch.cat([quick(image[None]) for image in images[:count]])
    torch.testing.assert_close(found, alone, atol=1e-4, rtol=0)


def test_pooling_is_torchs() -> None:
    """The largest of each 2×2 bytes, an odd last row and column left out, of images laid beside each other."""
    images = torch.randint(0, 256, (32, 4, 7, 6), dtype=torch.uint8)
    expected = nn.functional.max_pool2d(images.float(), 2).to(torch.uint8)
    halved = int8._halved(_laid_beside(images, 16))
    assert torch.equal(int8._taken_apart(halved), expected.permute(0, 2, 3, 1).flatten(1))
    assert halved.is_contiguous()  # or the next convolution would lay it out anew


def test_images_laid_beside_each_other_come_back() -> None:
    """In their order, and each pixel beside the same one of the next image."""
    images = torch.randint(0, 256, (48, 4, 7, 5), dtype=torch.uint8)
    laid = _laid_beside(images, 16)
    assert laid.shape == (3, 7, 5, 16, 4)
    assert torch.equal(laid[1, 2, 3, :, 0], images[16:32, 0, 2, 3])
    assert torch.equal(int8._taken_apart(laid), images.permute(0, 2, 3, 1).flatten(1))


def test_blocks_hold_their_pixels_and_those_on_either_side() -> None:
    """Of one image after the other, four pixels a block, row by row; beyond the edges there is paper."""
    images = torch.randint(0, 256, (48, 6, 10), dtype=torch.uint8)
    blocks = int8._blocks(images, 16, 1)
    assert blocks.shape == (3, 3, 5, 16, 12) and blocks.is_contiguous()
    assert torch.equal(blocks[1, 2, 3, :, 4:8], images[16:32, 4:6, 6:8].flatten(1))
    assert torch.equal(blocks[1, 2, 3, :, :4], images[16:32, 4:6, 4:6].flatten(1))
    assert torch.equal(blocks[1, 2, 3, :, 8:], images[16:32, 4:6, 8:10].flatten(1))
    assert (blocks[:, :, 0, :, :4] == int8._PAPER).all() and (blocks[:, :, -1, :, 8:] == int8._PAPER).all()


def test_networks_and_machines_that_are_not_made_for_it_have_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are read in float32, as ever."""
    images = torch.rand(4, 1, 28, 28)
    assert EightBits.of(nn.Sequential(nn.Flatten(), nn.Linear(784, 10)), images) is None
    assert EightBits.of(folded(build("small", 0)), images) is None
    monkeypatch.setattr(int8, "_suited", lambda: False)
    assert EightBits.of(folded(build("deep", 0)), images) is None


def test_answers_that_differ_are_not_used(recogniser: Recogniser, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kernel that goes wrong is noticed by its logits."""
    _quick(recogniser, 8)
    convolved = int8._convolved
    monkeypatch.setattr(int8, "_convolved", lambda *given: convolved(*given) // 2)
    _, test = mnist.load()
    assert EightBits.of(recogniser.quick, as_input(torch.tensor(test.images[:8]))) is None


@pytest.mark.usefixtures("two_threads")
def test_many_images_get_the_answers_of_few(recogniser: Recogniser, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same answers and refusals, the unsure ones among them; of these probabilities differ by some hundredths."""
    _, test = mnist.load()
    once = scores(recogniser.network, test.images[:3000], _CPU, recogniser.calibration, once=True)
    unsure = np.argsort(once.probabilities.max(axis=1))[:100]
    chosen = test.images[np.concatenate([unsure, np.arange(300)])]
    monkeypatch.setattr(evaluation, "MANY", 300)
    told: list[tuple[int, int]] = []
    found = in_batches(recogniser, chosen, lambda *each: told.append(each))
    plain = scores(recogniser.network, chosen, _CPU, recogniser.calibration)
    assert told == [(400, 400)]
    threshold = recogniser.calibration.threshold
    np.testing.assert_array_equal(found.probabilities.argmax(axis=1), plain.probabilities.argmax(axis=1))
    np.testing.assert_array_equal(found.no_digit >= threshold, plain.no_digit >= threshold)
    np.testing.assert_allclose(found.probabilities, plain.probabilities, atol=0.08)
    assert np.abs(found.probabilities - plain.probabilities).mean() < 0.001
    np.testing.assert_allclose(found.probabilities.sum(axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("threshold", [0.0, 0.5, 0.97, 1.0, 1.5])
def test_what_is_near_another_answer_or_a_refusal_is_close(threshold: float) -> None:
    """Two digits, a digit and none, and the probability from which one is refused, whatever that is."""
    found = torch.full((4, 11), -20.0)
    found[0, 3], found[0, 5] = 8.0, 7.9  # two digits
    found[1, 3], found[1, 10] = 8.0, 7.99  # a digit or none, to whoever asks which is more
    found[2, 3], found[2, 10] = 8.0, 8.0 + math.log(0.97 / 0.03)  # refused at .97, or just not
    found[3, 3] = 8.0
    assert _close(found, threshold).tolist() == [True, True, threshold == 0.97, False]
    assert _close(found[:, :10], threshold).tolist() == [True, False, False, False]


@pytest.mark.usefixtures("two_threads")
def test_as_many_threads_as_there_are_say_the_same(recogniser: Recogniser, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the same order, told of in that order, and torch is left with as many as it had."""
    _, test = mnist.load()
    monkeypatch.setattr(many, "_BATCH", 50)
    monkeypatch.setattr(many, "_REPORTED", 100)
    read = []
    told: list[tuple[int, int]] = []
    for threads in (1, 3):
        told.clear()
        torch.set_num_threads(threads)
        read.append(
            many.of_many(recogniser.quick, test.images[:330], recogniser.calibration, lambda *each: told.append(each))
        )
        assert told == [(100, 330), (200, 330), (300, 330), (330, 330)]
        assert torch.get_num_threads() == threads
    np.testing.assert_array_equal(read[0].probabilities, read[1].probabilities)
    np.testing.assert_array_equal(read[0].no_digit, read[1].no_digit)


@pytest.mark.usefixtures("two_threads")
def test_who_interrupts_does_not_wait_for_the_rest(recogniser: Recogniser, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is the interruption lost."""
    _, test = mnist.load()
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
        many.of_many(recogniser.quick, test.images[:6000], recogniser.calibration, interrupted)
    assert len(batches) < 100 and torch.get_num_threads() == 2


@pytest.mark.usefixtures("two_threads")
@pytest.mark.parametrize("least", [2, 1000], ids=["without eight bits", "few"])
def test_float32_reads_as_one_by_one(recogniser: Recogniser, monkeypatch: pytest.MonkeyPatch, least: int) -> None:
    """To the rounding, where a machine has no eight bits and where there are few images."""
    monkeypatch.setattr(int8, "_suited", lambda: False)
    monkeypatch.setattr(evaluation, "MANY", least)
    _, test = mnist.load()
    found = in_batches(recogniser, test.images[:3])
    alone = [recogniser.scores(test.images[at : at + 1]).probabilities[0] for at in range(3)]
    np.testing.assert_allclose(found.probabilities, alone, atol=1e-5)


def test_a_lead_is_the_best_before_the_next() -> None:
    """In logits."""
    assert leads(torch.tensor([[1.0, 5.0, 3.0], [2.0, 2.0, 0.0]])).tolist() == [2, 0]
