"""Faults in how a digit lies in its image: cut off by the border, far off the centre, or very small."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.checkup.finding import Finding, Severity, finding
from core.checkup.survey import Survey
from core.config.shape import SIDE
from core.words import listed, percent, plural

_OFF_CENTRE = 0.2
"""Distance of the centre of the ink from that of the image, as a share of the image's side; below 0.15 in MNIST."""
_SMALL = 0.35
"""The digit's longer side as a share of the image's shorter one; MNIST's are 0.71."""
_FEW_PIXELS = 12
"""A longer side of fewer pixels shows less than MNIST's 20."""
_RARE = 0.005
"""Share of all images below which the touching ones are hardly more than chance."""
_ROUNDING = 40
"""Grey levels by which an image may differ from its normalised form and still count as made like MNIST's."""
_FRAMED = 70
"""Hundredths of a border from which its ink is not that of a digit."""
_MOST = 0.5
"""Share of all images from which tight cropping is how the set was made."""
_SIDES = ("left", "upper", "right", "lower")


def clipped(survey: Survey) -> list[Finding]:
    """Images whose ink touches the border."""
    drawn = survey.drawn
    sides = survey.facts["sides"][drawn]
    touching = np.flatnonzero(sides.any(axis=1) & ~_as_mnist(survey, drawn))
    if not len(touching):
        return []
    # Images with the most ink at the border come first: they lost the most.
    touching = touching[np.argsort(-sides[touching].astype(int).sum(axis=1), kind="stable")]
    files = [survey.named(int(drawn[each]), _touched(sides[each])) for each in touching.tolist()]
    tight = len(touching) > _MOST * len(drawn)
    return [
        finding(
            "clipped",
            Severity.WARNING if len(files) >= _RARE * len(drawn) else Severity.HINT,
            f"{plural(len(files), 'image touches', 'images touch')} the border",
            "What lay beyond it is lost: a 9 whose head is cut off is learned as a 9."
            + (" Most images here touch it; if they were cropped tightly, nothing is lost." if tight else ""),
            "They are used as they are. Leave out those that can no longer be recognised, and draw them again with "
            "room around them.",
            files,
        )
    ]


def _as_mnist(survey: Survey, positions: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(M,) which images are already normalised: centred by mass, which puts 1% of MNIST's digits at a border."""
    sizes = survey.facts["width"][positions], survey.facts["height"][positions]
    away = np.abs(survey.images[positions].astype(np.int16) - survey.whole[positions]).max(axis=(1, 2))
    return np.asarray((sizes[0] == SIDE) & (sizes[1] == SIDE) & (away < _ROUNDING), np.bool_)


def _touched(sides: NDArray[np.uint8]) -> str:
    if (sides > _FRAMED).sum() >= 3:
        return "a frame runs along the border"
    found = [f"{name} border ({share}% of it)" for name, share in zip(_SIDES, sides.tolist(), strict=True) if share]
    return f"touches the {listed(found)}"


def off_centre(survey: Survey) -> list[Finding]:
    """Digits far from the middle of their images."""
    drawn = survey.drawn
    box = survey.facts["box"][drawn]
    off = (box[:, :2] + box[:, 2:]) / 2 - 0.5
    far = np.flatnonzero(np.abs(off).max(axis=1) > _OFF_CENTRE)
    if not len(far):
        return []
    far = far[np.argsort(-np.abs(off[far]).max(axis=1), kind="stable")]
    files = [survey.named(int(drawn[each]), _direction(*off[each].tolist())) for each in far.tolist()]
    return [
        finding(
            "off-centre",
            _severity(len(files), len(drawn)),
            f"{plural(len(files), 'image')} with the digit far from the middle",
            "Nothing here, because digits are centred as MNIST's were. A program that uses images unchanged reads "
            "such digits badly.",
            "Each digit is cropped and centred by its mass. Look at the 28×28: a blot far from the digit would move "
            "it too.",
            files,
        )
    ]


def _direction(across: float, down: float) -> str:
    found = []
    for share, back, on in ((across, "left", "right"), (down, "up", "down")):
        if abs(share) > _OFF_CENTRE / 2:
            found.append(f"{percent(abs(share), 0)} of the side too far {back if share < 0 else on}")
    return listed(found)


def small(survey: Survey) -> list[Finding]:
    """Digits that fill little of their images, or have few pixels."""
    drawn = survey.drawn
    facts = survey.facts[drawn]
    shorter = np.minimum(facts["width"], facts["height"])
    little = np.flatnonzero((facts["longer"] < _SMALL * shorter) | (facts["longer"] < _FEW_PIXELS))
    if not len(little):
        return []
    little = little[np.argsort(facts["longer"][little], kind="stable")]
    files = [
        survey.named(
            int(drawn[each]),
            f"the digit is {facts['longer'][each]:.0f} pixels long in an image of "
            f"{facts['width'][each]}×{facts['height'][each]}",
        )
        for each in little.tolist()
    ]
    coarse = int((facts["longer"][little] < _FEW_PIXELS).sum())
    return [
        finding(
            "small",
            Severity.WARNING if coarse else _severity(len(files), len(drawn)),
            f"{plural(len(files), 'image')} with a very small digit",
            "A digit of few pixels is blurred when it is scaled up to 20, and may only be a blot."
            if coarse
            else "Little here, because digits are scaled as MNIST's were; but one so small may only be a blot.",
            "Each digit is cropped and scaled to 20 pixels. Look at the 28×28; draw larger if it is unclear.",
            files,
        )
    ]


def _severity(count: int, total: int) -> Severity:
    return Severity.WARNING if count >= 0.05 * total else Severity.HINT
