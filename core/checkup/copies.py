"""Finds copies among the images: identical files, near duplicates, copies in two classes or across a split."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.checkup.finding import Finding, Picture, Severity, finding
from core.checkup.survey import Survey
from core.data import near_duplicates
from core.data.division import LEARN, TEST, VALIDATE, Division
from core.words import plural

_FILLS = 0.45
"""Share of the shorter side that a digit must fill so that the whole image, at 28×28, shows enough of it to compare."""
_PLACED = 0.045
"""How far a copy of a bare stroke may be moved, as a share of the side: a little over one of 28 pixels."""
_ROLES = {LEARN: "learned from", VALIDATE: "in the validation set", TEST: "in the test set"}


@dataclass(frozen=True)
class Copies:
    """Which images belong together."""

    group: NDArray[np.int64]
    """(N,) the position of the first image in its group; its own if it has no copy."""
    same: NDArray[np.int64]
    """(N,) the position of the first file with the same bytes; its own if there is none before it."""

    @property
    def groups(self) -> list[NDArray[np.int64]]:
        """The positions in each group of two or more, ascending."""
        order = np.argsort(self.group, kind="stable")
        parts = np.split(order, np.flatnonzero(np.diff(self.group[order])) + 1)
        return [part for part in parts if len(part) > 1]


def find(survey: Survey, report: Callable[[int, int], None] = lambda done, total: None) -> Copies:
    """Compare all images with each other: their bytes, the network's inputs, and the whole images."""
    drawn = survey.drawn
    same = np.arange(len(survey))
    first: dict[bytes, int] = {}
    for position in drawn.tolist():
        same[position] = first.setdefault(survey.facts["digest"][position].tobytes(), position)
    report(1, 4)
    pairs = [np.stack([drawn, same[drawn]], axis=1)]
    # Each file only once, because a hundred copies of one would hide its other neighbours.
    once = drawn[same[drawn] == drawn]
    kept, which = near_duplicates.unique(survey.images[once])
    # Images that are equal once normalised, each paired with the next one in order of its left, then of its top edge.
    for side in (0, 1):
        order = np.lexsort((survey.facts["box"][once, side], which))
        beside = np.stack([once[order[:-1]], once[order[1:]]], axis=1)
        pairs.append(_placed_alike(survey, beside[which[order[:-1]] == which[order[1:]]]))
    report(2, 4)
    different = once[kept]
    pairs.append(_placed_alike(survey, different[near_duplicates.copies(survey.images[different])]))
    report(3, 4)
    facts = survey.facts[once]
    large = once[facts["longer"] > _FILLS * np.minimum(facts["width"], facts["height"])]
    pairs.append(large[near_duplicates.copies(survey.whole[large], stretch=False)])
    report(4, 4)
    return Copies(near_duplicates.joined(len(survey), np.concatenate(pairs)), same)


def _placed_alike(survey: Survey, pairs: NDArray[np.int64]) -> NDArray[np.int64]:
    """`pairs` (P, 2) without bare strokes in different places of their images.

    Two careful strokes may look the same once they are cropped and scaled, but two separate drawings do not have the
    same place and length.
    """
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    if not len(pairs):
        return pairs
    boxes = survey.facts["box"][pairs]
    alike = np.abs(boxes[:, 0] - boxes[:, 1]).max(axis=1) < _PLACED
    return np.asarray(pairs[alike | ~near_duplicates.are_bare(survey.images[pairs[:, 0]])], np.int64)


def identical(survey: Survey, copies: Copies) -> list[Finding]:
    """Files of one class with the same bytes."""
    files = [
        survey.named(position, "the same file, byte for byte", int(copies.same[position]))
        for position in np.flatnonzero(copies.same != np.arange(len(survey))).tolist()
        if survey.labels[position] == survey.labels[copies.same[position]]
    ]
    if not files:
        return []
    return [
        finding(
            "identical",
            Severity.WARNING,
            f"{plural(len(files), 'file is a copy of another', 'files are copies of others')}",
            "A copy counts twice and adds nothing to learn.",
            "Cross-validation keeps copies in the same fold. Leave the copies out.",
            files,
        )
    ]


def near(survey: Survey, copies: Copies) -> list[Finding]:
    """Images of one class that are nearly the same: saved again, scaled, moved by a pixel."""
    files: list[Picture] = []
    for group in copies.groups:
        for place, position in enumerate(group.tolist()):
            before = [each for each in group[:place].tolist() if survey.labels[each] == survey.labels[position]]
            if before and copies.same[position] == position:
                files.append(survey.named(position, "nearly the same image", before[0]))
    if not files:
        return []
    return [
        finding(
            "near-duplicate",
            Severity.WARNING,
            f"{plural(len(files), 'image')} nearly the same as another",
            "They were saved again, scaled or moved, and add nothing to their originals. A network that learned from "
            "one of them scores too well on the other.",
            "Cross-validation keeps them in the same fold. Leave out those that are not drawings of their own.",
            files,
        )
    ]


def conflicting(survey: Survey, copies: Copies) -> list[Finding]:
    """Images that are the same, or nearly, in two classes."""
    files: list[Picture] = []
    for group in copies.groups:
        labels = survey.labels[group]
        for position, label in zip(group.tolist(), labels.tolist(), strict=True):
            others = group[labels != label]
            if len(others):
                exact = survey.facts["digest"][others] == survey.facts["digest"][position]
                alike = others[exact.all(axis=1)]
                other = int(alike[0] if len(alike) else others[0])
                how = "the same file" if len(alike) else "nearly the same image"
                files.append(survey.named(position, f"{how} is a {survey.labels[other]} too", other))
    if not files:
        return []
    return [
        finding(
            "conflicting",
            Severity.PROBLEM,
            f"{plural(len(files), 'image of one digit is', 'images of one digit are')} also in the class of another",
            "One of the two labels is wrong: whatever the network answers is an error for one of them.",
            "They are used as they are. Give them the right digit, or leave them out.",
            files,
        )
    ]


def across_split(survey: Survey, copies: Copies, division: Division) -> list[Finding]:
    """Images to measure on of which the network learns from a copy; `division` is that of the drawn images."""
    roles = np.full(len(survey), -1)
    roles[survey.drawn] = division.roles
    files: list[Picture] = []
    counts = dict.fromkeys(_ROLES, 0)
    for group in copies.groups:
        learned = group[roles[group] == LEARN]
        seen = learned if len(learned) else group[roles[group] == VALIDATE]
        for position in group[roles[group] > (LEARN if len(learned) else VALIDATE)].tolist() if len(seen) else ():
            role, other = int(roles[position]), int(seen[0])
            counts[role] += 1
            files.append(survey.named(position, f"is {_ROLES[role]}, its copy is {_ROLES[roles[other]]}", other))
    if not files:
        return []
    where = [f"{counts[role]:,} {_ROLES[role]}" for role in (TEST, VALIDATE) if counts[role]]
    return [
        finding(
            "split-duplicate",
            Severity.WARNING,
            plural(len(files), "image to measure on has a copy", "images to measure on have copies")
            + " to learn from: "
            + ", ".join(where),
            "The network has seen them: its accuracy on them is too high and says nothing about new digits.",
            "Cross-validation (--folds) keeps copies together, a single split does not. Leave the copies out.",
            files,
        )
    ]
