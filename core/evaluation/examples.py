"""Images of a measurement, a few for each pair of true digit and digit read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

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
        found += [example(read, parts, index) for index in rows[np.argsort(-certainty[rows], kind="stable")][:most]]
    return found


def example(read: Evaluation, parts: Sequence[LabelledImages], index: int) -> Example:
    """The image at `index` of `parts`, and how it was `read`."""
    part, place = _place(parts, index)
    probabilities, label = read.probabilities[index], int(read.labels[index])
    return Example(
        index=int(index),
        label=label,
        read=int(probabilities.argmax()),
        certainty=float(probabilities.max()),
        probability=float(probabilities[label]),
        seen=part.images[place],
        source=part.name(place),
    )


def _place(parts: Sequence[LabelledImages], index: int) -> tuple[LabelledImages, int]:
    """The part that the image is in, and its index there."""
    for part in parts:
        if index < len(part):
            return part, index
        index -= len(part)
    raise IndexError(f"there are {index} images too few")
