"""core.evaluation.examples: the right images for each pair of digits, and nothing lost on the way."""

from __future__ import annotations

import json

import numpy as np
import pytest

from core.data.collection import LabelledImages
from core.evaluation.evaluation import Evaluation
from core.evaluation.example import Example, mistaken
from core.evaluation.examples import examples


def _read(count: int = 300) -> tuple[Evaluation, list[LabelledImages]]:
    random = np.random.default_rng(1)
    read = random.dirichlet(np.full(10, 0.3), count).astype(np.float32)
    labels = random.integers(0, 10, count).astype(np.uint8)
    images = random.integers(0, 256, (count, 28, 28)).astype(np.uint8)
    names = [b"%d/%d.png" % (label, at) for at, label in enumerate(labels[:100])]
    parts = [LabelledImages(images[:100], labels[:100], names), LabelledImages(images[100:], labels[100:])]
    return Evaluation(read, labels), parts


def test_each_pair_has_its_surest_images() -> None:
    """Against a plain search through all; their pixels are those of the image with that index."""
    read, parts = _read()
    images = np.concatenate([part.images for part in parts])
    found = examples(read, parts, 3)
    for label in range(10):
        for digit in range(10):
            wanted = [at for at in range(300) if read.labels[at] == label and read.probabilities[at].argmax() == digit]
            wanted.sort(key=lambda at: -float(read.probabilities[at].max()))
            chosen = [each for each in found if (each.label, each.read) == (label, digit)]
            assert [each.index for each in chosen] == wanted[:3]
            assert all(np.array_equal(each.seen, images[each.index]) for each in chosen)
            assert all(each.source == (f"{label}/{each.index}.png" if each.index < 100 else "") for each in chosen)
            assert all(each.probability == pytest.approx(read.probabilities[each.index, label]) for each in chosen)


def test_mistakes_come_most_confident_first() -> None:
    """All of them, where each pair has room."""
    read, parts = _read()
    found = mistaken(examples(read, parts, 300))
    assert [each.index for each in found] == read.mistakes.tolist()


def test_an_example_comes_back_from_json() -> None:
    """And what is none is refused."""
    read, parts = _read(120)
    first = examples(read, parts, 1)[0]
    data = json.loads(json.dumps(first.to_json()))
    again = Example.from_json(data)
    assert np.array_equal(again.seen, first.seen) and again.to_json() == first.to_json()
    for change in ({"label": 10}, {"read": -1}, {"seen": "AAAA"}, {"certainty": "much"}):
        with pytest.raises(ValueError, match=r"read as|bytes|float"):
            Example.from_json({**data, **change})
    with pytest.raises(KeyError):
        Example.from_json({"index": 3})


def test_an_example_is_called_by_its_number_and_its_file() -> None:
    """A name that would move the cursor of a terminal does not."""
    seen = np.zeros((28, 28), np.uint8)
    assert Example(1233, 7, 1, 0.9, 0.1, seen).name == "image 1,234"
    assert Example(0, 7, 1, 0.9, 0.1, seen, "7/a\x1b[2J.png").name == "image 1, 7/a�[2J.png"
