"""Compares what two networks made of the same images, image by image."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.evaluation.evaluation import Evaluation
from core.evaluation.examples import example
from core.evaluation.paired_comparison import ComparedNetwork, DiscordantImage, PairedComparison
from core.evaluation.selection import Selection


def compared(
    checkpoints: tuple[Path, Path], read: tuple[Evaluation, Evaluation], selection: Selection, most: int = 0
) -> PairedComparison:
    """The networks of `checkpoints`, each of which has `read` the images of `selection`, at least one.

    Names up to `most` of the images that only one of them reads right, of each, the clearest first.
    """
    first, second = read
    wrong = ~(first.right | second.right)
    return PairedComparison(
        data=selection.name,
        part=selection.which,
        count=first.count,
        first=_network(checkpoints[0], first, second, selection, most),
        second=_network(checkpoints[1], second, first, selection, most),
        apart=int((wrong & (first.predictions != second.predictions)).sum()),
    )


def differing(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> tuple[int, int]:
    """Of N images how many are marked only in `first` (N,), and only in `second` (N,)."""
    return int((first & ~second).sum()), int((second & ~first).sum())


def _network(path: Path, read: Evaluation, other: Evaluation, selection: Selection, most: int) -> ComparedNetwork:
    alone = np.flatnonzero(read.right & ~other.right)
    labels = read.labels[alone]
    certainty = read.probabilities[alone, labels]
    clearest = np.argsort(other.probabilities[alone, labels] - certainty, kind="stable")[:most]
    return ComparedNetwork(
        checkpoint=str(path),
        right=int(read.right.sum()),
        alone=len(alone),
        examples=tuple(
            DiscordantImage(example(other, selection.parts, int(alone[place])), float(certainty[place]))
            for place in clearest
        ),
    )
