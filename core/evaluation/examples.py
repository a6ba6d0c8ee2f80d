"""Images of a measurement, a few for each pair of true digit and digit read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.config.shape import CLASSES
from core.data.collection import LabelledImages
from core.evaluation.evaluation import Evaluation
from core.evaluation.example import Example


def examples(read: Evaluation, parts: Sequence[LabelledImages], most: int) -> list[Example]:
    """Up to `most` images of each pair of label and digit read, by pair, the most confident reading first.

    `parts` are the images that were `read`, in that order.
    """
    certainty, predictions = read.probabilities.max(axis=1), read.predictions
    found: list[Example] = []
    for pair in range(CLASSES * CLASSES):
        label, digit = divmod(pair, CLASSES)
        rows = np.flatnonzero((read.labels == label) & (predictions == digit))
        found += [
            Example(
                index=index,
                label=label,
                read=digit,
                certainty=float(certainty[index]),
                probability=float(read.probabilities[index, label]),
                seen=_image(parts, index),
            )
            for index in rows[np.argsort(-certainty[rows], kind="stable")][:most].tolist()
        ]
    return found


def within(found: Sequence[Example], most: int) -> list[Example]:
    """The first `most` of each pair."""
    kept: dict[tuple[int, int], int] = {}
    chosen = []
    for each in found:
        pair = each.label, each.read
        kept[pair] = kept.get(pair, 0) + 1
        if kept[pair] <= most:
            chosen.append(each)
    return chosen


def _image(parts: Sequence[LabelledImages], index: int) -> NDArray[np.uint8]:
    for part in parts:
        if index < len(part):
            image: NDArray[np.uint8] = part.images[index]
            return image
        index -= len(part)
    raise IndexError(f"there are {index} images too few")
