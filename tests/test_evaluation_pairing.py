"""core.evaluation.pairing: what only one of two networks reads right, against plain loops, and the verdict on it."""

from __future__ import annotations

from math import comb
from pathlib import Path

import numpy as np
import pytest

from core.data.collection import LabelledImages
from core.evaluation.evaluation import Evaluation
from core.evaluation.paired_comparison import ComparedNetwork, PairedComparison
from core.evaluation.pairing import compared
from core.evaluation.selection import Selection

_PATHS = Path("/runs/one/model.npz"), Path("/runs/two/model.npz")


def _read(count: int = 300) -> tuple[Evaluation, Evaluation, Selection]:
    random = np.random.default_rng(2)
    labels = random.integers(0, 10, count).astype(np.uint8)
    images = random.integers(0, 256, (count, 28, 28)).astype(np.uint8)
    first, second = (Evaluation(random.dirichlet(np.full(10, 0.3), count).astype(np.float32), labels) for _ in range(2))
    names = [b"%d.png" % index for index in range(100, count)]
    parts = LabelledImages(images[:100], labels[:100]), LabelledImages(images[100:], labels[100:], names)
    return first, second, Selection("mine", parts, "all its images", ())


def test_figures_and_images_are_those_of_a_plain_loop() -> None:
    """Of each network the images that only it reads right, the clearest first, with both readings."""
    first, second, selected = _read()
    found = compared(_PATHS, (first, second), selected, 5)
    images = np.concatenate([part.images for part in selected.parts])
    assert (found.data, found.part, found.count) == ("mine", "all its images", 300)
    for network, read, other in ((found.first, first, second), (found.second, second, first)):
        label = read.labels
        right = [at for at in range(300) if read.probabilities[at].argmax() == label[at]]
        alone = [at for at in right if other.probabilities[at].argmax() != label[at]]
        alone.sort(key=lambda at: float(other.probabilities[at, label[at]] - read.probabilities[at, label[at]]))
        assert (network.right, network.alone) == (len(right), len(alone))
        assert [each.misread.index for each in network.examples] == alone[:5]
        for each in network.examples:
            at = each.misread.index
            assert each.certainty == pytest.approx(read.probabilities[at, label[at]])
            assert each.misread.read == other.probabilities[at].argmax() and each.misread.label == label[at]
            assert each.misread.certainty == pytest.approx(other.probabilities[at].max())
            assert each.misread.source == (f"{at}.png" if at >= 100 else "")
            assert np.array_equal(each.misread.seen, images[at])
    pairs = zip(first.predictions, second.predictions, first.labels, strict=True)
    assert found.apart == sum(one != other and label not in (one, other) for one, other, label in pairs)


def _figures(right: int, alone: int, other: int, *, apart: int = 0, count: int = 1000) -> PairedComparison:
    first = ComparedNetwork(str(_PATHS[0]), right, alone)
    return PairedComparison(
        "mine", "all", count, first, ComparedNetwork(str(_PATHS[1]), right - alone + other, other), apart
    )


@pytest.mark.parametrize(("alone", "other"), [(12, 3), (3, 12), (5, 4), (0, 6), (20, 21), (1, 0)])
def test_the_verdict_is_mcnemars(alone: int, other: int) -> None:
    """Against the binomial sum: tosses of a fair coin that are at least as uneven."""
    found = _figures(900, alone, other)
    total = alone + other
    uneven = sum(comb(total, heads) for heads in range(total + 1) if abs(2 * heads - total) >= abs(alone - other))
    chance = uneven / 2**total
    assert found.p_value == pytest.approx(chance)
    verdict = "same" if chance >= 0.05 else "better" if alone > other else "worse"
    assert found.outcome == verdict
    words = {"same": "No statistically significant difference (", "better": "one is better than two ("}
    assert found.words.startswith(words.get(verdict, "two is better than one ("))
    assert f"({abs(alone - other) / 10:.2f} points, 95% interval " in found.words
    assert f" in {chance:.1%} of such comparisons" in found.words
    assert (found.figures(found.first).accuracy, found.figures(found.first).range) == ("90.00%", "87.98–91.71%")


def test_what_is_alike_is_said() -> None:
    """All answers, or only which are right; a chance too small for a figure has none."""
    assert _figures(900, 0, 0).words == "They read every image alike."
    assert _figures(900, 0, 0, apart=1).words == "They read the same images right, and 1 image wrong in different ways."
    assert "in fewer than 0.1% of such comparisons" in _figures(900, 60, 2).words


def test_figures_that_contradict_each_other_are_refused() -> None:
    """More read right than there are, or other images read right by both."""
    for first, second in (((900, 10), (905, 3)), ((999, 10), (992, 3))):
        with pytest.raises(ValueError, match="contradict each other"):
            PairedComparison("mine", "all", 1000, ComparedNetwork("a", *first), ComparedNetwork("b", *second))
