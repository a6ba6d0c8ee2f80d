"""Finds labels that are probably wrong: a network that did not learn from the image is sure of another digit."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from core.checkup.finding import Finding, Severity, finding
from core.checkup.survey import Survey
from core.words import percent, plural

_SURE = 0.7
"""Probability of another digit from which a label is suspect, if that of its own digit is below `_DOUBT`."""
_DOUBT = 0.1
_VERY_SURE = 0.97
_MOST = 10_000
"""Most images that are read; of more, a sample, because each fold is a training."""
_FOLDS = 5
_LEAST = 20
"""Fewest images to learn from."""


def suspects(
    survey: Survey, report: Callable[[int, int], None] = lambda done, total: None
) -> tuple[list[Finding], list[str]]:
    """Images whose label is suspect, most confident first, and notes on what was not checked.

    Imports torch and trains five networks.
    """
    positions = survey.drawn
    labels = survey.labels[positions]
    if len(positions) < _LEAST or np.count_nonzero(np.bincount(labels)) < 2:
        return [], [
            f"Labels were not checked: that needs at least {_LEAST} images of two digits, there are {len(positions):,}."
        ]
    notes = []
    if len(positions) > _MOST:
        chosen = np.sort(np.random.default_rng(0).permutation(len(positions))[:_MOST])
        positions, labels = positions[chosen], labels[chosen]
        notes.append(f"Labels were checked on {_MOST:,} of {len(survey.drawn):,} images, drawn at random.")
    from core.training.cross_validation import out_of_fold

    try:
        probabilities = out_of_fold(survey.images[positions], labels, _FOLDS, 0, report)
    except ValueError as error:
        return [], [f"Labels were not checked: {error}."]
    return judged(survey, positions, probabilities), notes


def judged(survey: Survey, positions: NDArray[np.int64], probabilities: NDArray[np.float32]) -> list[Finding]:
    """The suspect labels by `probabilities` (M, 10) for the images at `positions` (M,)."""
    labels = survey.labels[positions]
    read = probabilities.argmax(axis=1)
    sure = probabilities.max(axis=1)
    own = probabilities[np.arange(len(labels)), labels]
    suspect = np.flatnonzero((read != labels) & (sure >= _SURE) & (own < _DOUBT))
    if not len(suspect):
        return []
    suspect = suspect[np.argsort(-sure[suspect], kind="stable")]
    files = [
        survey.named(
            int(positions[each]),
            f"reads as a {read[each]} with {_percent(sure[each])}, as a {labels[each]} with {_percent(own[each])}",
            suggested=int(read[each]),
        )
        for each in suspect.tolist()
    ]
    return [
        finding(
            "suspect",
            Severity.WARNING if sure[suspect[0]] >= _VERY_SURE else Severity.HINT,
            f"{plural(len(files), 'image')} whose label is suspect",
            "Networks that learned from the other images read another digit there, the most confident first. A wrong "
            "label makes the network learn a wrong answer, and a right answer count as an error.",
            "They are used as they are, because it may be the network that is wrong. Look at each, then keep it, "
            "give it its right digit, or leave it out.",
            files,
        )
    ]


def _percent(share: float) -> str:
    return "over 99.9%" if share > 0.999 else "under 0.1%" if share < 0.001 else percent(share, 1)
