"""core.reading.explainer: what it answers holds, measured in another way."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from random_network import random_network
from torch import Tensor, nn

from core import paths
from core.config.shape import SIDE
from core.data import mnist
from core.drawing.ink import Ink, Stroke
from core.errors import DataError
from core.insight import gallery
from core.insight.ablation import Ablation
from core.insight.gallery import Exhibits
from core.insight.parameters import MOST
from core.networks import checkpoint
from core.networks.architectures import parameter_count
from core.networks.checkpoint_file import Header
from core.networks.inputs import as_input
from core.reading import explainer
from core.reading.explainer import Explainer
from core.reading.questions import (
    NOT_A_DIGIT,
    AblationAnswer,
    AblationQuestion,
    Explanation,
    FlipAnswer,
    FlipQuestion,
    GlassAnswer,
    GlassQuestion,
    LayersAnswer,
    LayersQuestion,
    LikeAnswer,
    LikeQuestion,
    Question,
    WhyAnswer,
    WhyQuestion,
)
from core.reading.reading import Verdict
from core.reading.recogniser import Recogniser
from core.reading.retouched import with_stroke

Kind = TypeVar("Kind", bound=Explanation)


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    """The shipped network."""
    return Recogniser(paths.shipped_checkpoint())


@pytest.fixture(scope="module")
def asked(recogniser: Recogniser) -> Explainer:
    """Who is asked about it."""
    return Explainer(recogniser)


@pytest.fixture(scope="module")
def seven() -> NDArray[np.uint8]:
    """The first of MNIST's test images."""
    found: NDArray[np.uint8] = mnist.test().images[0]
    return found


def _answers(asked: Explainer, question: Question, kind: type[Kind]) -> list[Kind]:
    """All answers, the last of which says that it is."""
    found = []
    for each in asked.work(question):
        if each is not None:
            assert isinstance(each, kind) and each.id == question.id
            found.append(each)
    assert [each.is_last for each in found] == [False] * (len(found) - 1) + [True]
    return found


def test_the_layers_are_those_of_the_network_that_reads(
    asked: Explainer, recogniser: Recogniser, seven: NDArray[np.uint8]
) -> None:
    """A kernel where one is asked for; the votes come to the logits, by which the digit is read."""
    (found,) = _answers(asked, LayersQuestion(id=1, image=seven, layer=2, map=5), LayersAnswer)
    assert [each.shape for each in found.maps] == [(32, 28, 28), (48, 14, 14), (64, 14, 14), (96, 7, 7), (96, 7, 7)]
    assert found.votes.shape == (96, 11) and found.kernel is not None
    weights = recogniser.network.state_dict()
    kernels = [each for name, each in weights.items() if name.endswith("weight") and each.ndim == 4]
    np.testing.assert_array_equal(found.kernel, kernels[2][5].numpy())
    with torch.inference_mode():
        logits = recogniser.network(as_input(torch.tensor(seven[np.newaxis])))[0].numpy()
    np.testing.assert_allclose(found.votes.sum(axis=0) + found.biases, logits, atol=1e-3)
    assert int(logits.argmax()) == 7


def test_all_parameters_of_a_small_network_are_told_what_they_add(tmp_path: Path, seven: NDArray[np.uint8]) -> None:
    """Those of the last layer add up to the logit of the answer, which is the most probable one."""
    network = random_network("glass")
    header = Header("glass", "glass", "mnist", parameter_count(network), 1, 1, 1, 0)
    checkpoint.save(tmp_path / "glass.npz", network.state_dict(), header)
    asked = Explainer(Recogniser(tmp_path / "glass.npz"))
    (layers,) = _answers(asked, LayersQuestion(image=seven), LayersAnswer)
    assert layers.parameters == sum(each.numel() for each in network.parameters()) <= MOST
    (found,) = _answers(asked, GlassQuestion(id=4, image=seven), GlassAnswer)
    shapes = {name: tuple(each.shape) for name, each in network.named_parameters()}
    assert {name: each.shape for name, each in zip(found.names, found.contributions, strict=True)} == shapes
    with torch.inference_mode():
        logits = network(as_input(torch.tensor(seven[np.newaxis])))[0]
    answer = int(logits.argmax())
    np.testing.assert_allclose(found.probabilities, torch.softmax(logits, 0).numpy(), atol=1e-5)
    last = sum(float(each.sum()) for name, each in zip(found.names, found.contributions, strict=True) if "11" in name)
    assert abs(last - float(logits[answer])) < 1e-3
    (broken,) = _answers(asked, GlassQuestion(image=seven, ablation=Ablation(layers=frozenset({0}))), GlassAnswer)
    assert not broken.contributions[0].any() and found.contributions[0].any()


def test_a_large_network_is_not_shown_whole(asked: Explainer, seven: NDArray[np.uint8]) -> None:
    """The message says how large it may be, and how to get such a one."""
    with pytest.raises(DataError, match=r"190,699 parameters, and only 2,500 .* recipe glass"):
        _answers(asked, GlassQuestion(image=seven), GlassAnswer)


def test_the_layers_of_a_network_with_an_ablation_are_shown_too(asked: Explainer, seven: NDArray[np.uint8]) -> None:
    """The map that is off is empty, and those of the next layer differ."""
    intact, broken = (
        _answers(asked, LayersQuestion(image=seven, ablation=ablation), LayersAnswer)[0]
        for ablation in (Ablation(), Ablation(maps=frozenset({(0, 3)})))
    )
    assert intact.maps[0][3].any() and not broken.maps[0][3].any()
    np.testing.assert_array_equal(intact.maps[0][4], broken.maps[0][4])
    assert not np.array_equal(intact.maps[1], broken.maps[1])


@pytest.mark.parametrize(("layer", "number"), [(5, 0), (0, 32)])
def test_a_map_that_there_is_not_is_refused(
    asked: Explainer, seven: NDArray[np.uint8], layer: int, number: int
) -> None:
    """With a sentence, not with an error of Python's."""
    with pytest.raises(DataError, match="no feature map"):
        _answers(asked, LayersQuestion(image=seven, layer=layer, map=number), LayersAnswer)
    with pytest.raises(DataError, match="no feature map"):
        wrong = Ablation(maps=frozenset({(layer, number)}))
        _answers(asked, AblationQuestion(image=seven, ablation=wrong), AblationAnswer)


def test_why_is_told_for_the_answer_the_runner_up_and_what_is_no_digit(
    asked: Explainer, recogniser: Recogniser, seven: NDArray[np.uint8]
) -> None:
    """The probabilities are those of the reading."""
    (found,) = _answers(asked, WhyQuestion(image=seven), WhyAnswer)
    read = recogniser.scores(seven[np.newaxis])
    order = np.argsort(-read.probabilities[0])
    assert found.answers == (7, int(order[1]), NOT_A_DIGIT)
    shares = read.probabilities[0, order[:2]] * (1 - read.no_digit[0])
    np.testing.assert_allclose(found.probabilities, [*shares, read.no_digit[0]], atol=1e-6)
    assert found.saliency.shape == (3, 28, 28) and not np.array_equal(found.saliency[0], found.saliency[1])


# What would change it


def _drawn(label: int) -> tuple[int, tuple[Stroke, ...]]:
    """A one or a seven on a pad of 80×80 pixels."""
    points = [(40.0, 12.0), (40.0, 68.0)] if label == 1 else [(22.0, 16.0), (58.0, 16.0), (38.0, 66.0)]
    return 80, (Stroke(4.0, False, points),)


@pytest.mark.parametrize("label", [1, 7])
def test_a_stroke_in_a_drawing_flips_its_reading(asked: Explainer, recogniser: Recogniser, label: int) -> None:
    """Drawn with the pad's pen, and read as the pad is read."""
    side, strokes = _drawn(label)
    ink = Ink.of(side, side, strokes)
    before = recogniser.read_number(ink.bitmap, ink.strokes, "bright")
    assert before.digit == label
    question = FlipQuestion(image=before.seen, width=side, height=side, strokes=strokes)
    found = _answers(asked, question, FlipAnswer)[-1]
    assert found.stroke is not None and found.changed is not None
    changed = Ink.of(side, side, [*strokes, found.stroke])
    after = recogniser.read_number(changed.bitmap, changed.strokes, "bright")
    assert after.digit == found.digit != label
    assert after.verdict in (Verdict.DIGIT, Verdict.UNSURE) and not after.digits
    assert after.certainty == pytest.approx(found.certainty, abs=1e-5)
    np.testing.assert_array_equal(after.seen, found.changed)
    drawn, at = np.abs(changed.bitmap.astype(int) - ink.bitmap), found.stroke.points[0]
    assert 0 < (drawn > 0).mean() < 0.1 and all(0 <= place < side for place in at)


def test_a_stroke_in_an_image_flips_its_reading(
    asked: Explainer, recogniser: Recogniser, seven: NDArray[np.uint8]
) -> None:
    """Which then goes through the whole of the preprocessing."""
    found = _answers(asked, FlipQuestion(image=seven), FlipAnswer)[-1]
    assert found.stroke is not None
    after = recogniser.read(with_stroke(seven, found.stroke), "bright")
    assert after.digit == found.digit != 7


def test_where_no_stroke_is_found_that_is_said(
    asked: Explainer, seven: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After all have been tried."""
    monkeypatch.setattr(Explainer, "_digits", lambda self, images: np.full(len(images), 7))
    told = _answers(asked, FlipQuestion(image=seven), FlipAnswer)
    assert told[-1].stroke is None and told[-1].tried == told[-1].total > 1000 and len(told) > 10


def test_what_is_no_digit_has_none_that_could_be_changed(
    asked: Explainer, seven: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is rejected before and after."""
    monkeypatch.setattr(Explainer, "_digits", lambda self, images: np.full(len(images), -1))
    with pytest.raises(DataError, match="not read as a digit"):
        _answers(asked, FlipQuestion(image=seven), FlipAnswer)


# Like what


def test_the_nearest_are_those_with_the_largest_cosine(
    recogniser: Recogniser, seven: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of what goes into the last layer, which a hook of torch's sees; the labels and the sets are theirs."""
    train = mnist.load()[0]
    mine, others = train.take(np.arange(7)), train.take(np.arange(7, 300))
    monkeypatch.setattr(explainer, "exhibits", lambda _: [Exhibits("mnist", others), Exhibits("mine", mine)])
    monkeypatch.setattr(explainer, "_TELL", 0.0)
    told = _answers(Explainer(recogniser), LikeQuestion(image=seven, most=20), LikeAnswer)
    assert [each.compared for each in told] == [128, 256, 300, 300]
    inputs: list[Tensor] = []
    last = next(each for each in reversed(list(recogniser.network.modules())) if isinstance(each, nn.Linear))
    handle = last.register_forward_hook(lambda _, given, __: inputs.append(given[0]))
    with torch.inference_mode():
        every = np.concatenate([others.images, mine.images])
        recogniser.network(as_input(torch.tensor(np.concatenate([every, seven[np.newaxis]]))))
    handle.remove()
    cosines = nn.functional.cosine_similarity(inputs[0][:-1], inputs[0][-1:]).numpy()
    order = np.argsort(-cosines)[:20]
    np.testing.assert_allclose(told[-1].likeness, cosines[order], atol=2e-3)
    for image, label, likeness, source in zip(
        told[-1].images, told[-1].labels, told[-1].likeness, told[-1].sources, strict=True
    ):
        at = int(np.flatnonzero((every == image).all(axis=(1, 2)))[0])
        assert cosines[at] == pytest.approx(likeness, abs=2e-3)
        assert source == ("mine" if at >= len(others) else "mnist")
        assert label == np.concatenate([others.labels, mine.labels])[at]


def test_ones_own_few_are_compared_first(recogniser: Recogniser, seven: NDArray[np.uint8]) -> None:
    """Before the sixty thousand of MNIST."""
    train = mnist.load()[0]
    few = train.take(np.arange(50, 60))
    shown = gallery.Gallery(recogniser.network, [Exhibits("mnist", train), Exhibits("mine", few)])  # type: ignore[arg-type]
    shown.advance()
    found = shown.nearest(seven, 128)
    assert len(found) == 128 and len(shown) == 60_010
    assert sum(shown.source(each.index) == "mine" for each in found) == 10


def test_a_network_whose_images_are_gone_says_so(
    recogniser: Recogniser, seven: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    """They were a folder that was deleted."""
    monkeypatch.setattr(explainer, "exhibits", lambda _: [])
    with pytest.raises(DataError, match="none of the images"):
        _answers(Explainer(recogniser), LikeQuestion(image=seven), LikeAnswer)


# Break it


def test_the_accuracies_are_those_of_a_thousand_test_images(
    asked: Explainer, recogniser: Recogniser, seven: NDArray[np.uint8]
) -> None:
    """Of the network as it is, and of one whose first layer is off, which sees nothing."""
    off = Ablation(layers=frozenset({0}))
    first, last = _answers(asked, AblationQuestion(image=seven, ablation=off), AblationAnswer)
    assert first.accuracy is None and first.probabilities == last.probabilities
    test = mnist.test().take(np.arange(0, 10_000, 10))
    read = recogniser.scores(test.images).probabilities.argmax(axis=1)
    assert last.intact == pytest.approx((read == test.labels).mean(), abs=0.003)  # this one reads the unsure ones twice
    answer = int(np.argmax(last.probabilities))
    assert last.accuracy == pytest.approx((test.labels == answer).mean()) and last.images == 1000
    blank = _answers(asked, AblationQuestion(image=np.zeros((SIDE, SIDE), np.uint8), ablation=off), AblationAnswer)[0]
    np.testing.assert_allclose(blank.probabilities, first.probabilities, atol=1e-6)
