"""Classes that are missing, or have far fewer or far more images than the others."""

from __future__ import annotations

import numpy as np

from core.checkup.finding import Finding, Severity, finding
from core.checkup.survey import Survey
from core.config.shape import CLASSES
from core.words import listed, plural

_UNEQUAL = 2.0
"""A class out of balance has at least this many times fewer, or more, images than the median class."""
_CHANCE = 3.0
"""Its count also differs from the median by more than this many standard deviations of a random count (the square root
of the median)."""


def missing(survey: Survey) -> list[Finding]:
    """Classes without any image that shows something."""
    counts = np.bincount(survey.labels[survey.drawn], minlength=CLASSES)
    absent = np.flatnonzero(counts == 0).tolist()
    if not absent:
        return []
    return [
        finding(
            "missing",
            Severity.PROBLEM,
            f"No images of {listed(absent)}",
            "A network that never sees a digit never answers with it: every such digit will be read wrongly.",
            "Training uses the classes that exist. Add images; fine-tuning from the shipped model replays MNIST's "
            "and so keeps what it knows about these digits.",
            count=0,
        )
    ]


def unbalanced(survey: Survey) -> list[Finding]:
    """Classes that are far smaller or larger than the median class."""
    counts = np.bincount(survey.labels[survey.drawn], minlength=CLASSES)
    present = counts[counts > 0]
    if len(present) < 2:
        return []
    usual = float(np.median(present))
    classes = []
    for label, count in enumerate(counts.tolist()):
        unequal = count * _UNEQUAL <= usual or count >= _UNEQUAL * usual
        if count and unequal and abs(count - usual) > _CHANCE * usual**0.5:
            classes.append(f"{plural(count, 'image')} of {label}")
    if not classes:
        return []
    return [
        finding(
            "unbalanced",
            Severity.WARNING,
            f"Out of balance: {listed(classes)}, {usual:,.0f} of a usual class",
            "A network favours what it saw often: rare digits are read as frequent ones, and a high accuracy may "
            "only hold for the frequent ones.",
            "Each class gives the same share to validation and test, so rare digits are measured too. Add images "
            "of the rare ones.",
            count=0,
        )
    ]
