"""The digits of a number in a drawing or a picture. Knows no network: it is told how images are looked at."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.clean_copy import rewritten
from core.ink import Stroke
from core.normalise import cropped, normalise
from core.numbers.atom import Atom, Grey
from core.numbers.by_parts import atoms_by_parts
from core.numbers.by_strokes import atoms_by_strokes
from core.numbers.geometry import beside_worth, most_worth, own_worth
from core.numbers.lattice import Run, best, runs
from core.reading import ReadDigit

Look = Callable[[NDArray[np.uint8]], tuple[NDArray[np.float32], NDArray[np.float32]]]
"""Images (N, 28, 28) uint8 -> probabilities (N, 10) of the digits, and (N,) of being no digit at all."""

_MARGIN = 1.5
"""A division must be worth so much more than the whole as one digit: nearly all drawings are of one digit."""
_MARGIN_OF_ONE = 3.0
"""The same where all ink is one connected part."""
_AROUND = 0.25
"""Paper around a piece, as part of its longer side, so that ink is not taken for paper."""
_WRITTEN = 40.0
"""Pixels from end to end of the tallest stroke in a clean copy of small digits."""
_TALLEST = 96
"""A line of digits is reduced to at most this height, in pixels: a digit still has three for each that is seen."""

_LOWEST = 48
"""A lower one is enlarged, by a whole number, so that a cut can go between two pixels of a coarse scan."""


def in_strokes(width: int, height: int, strokes: Sequence[Stroke], look: Look) -> tuple[ReadDigit, ...]:
    """The digits of the number drawn on a canvas of `width` × `height` pixels; empty where it is no number."""
    atoms, scale = atoms_of(width, height, strokes)
    found = of_atoms(atoms, look)
    return found if scale == 1 else tuple(replace(each, box=_scaled(each.box, 1 / scale)) for each in found)


def atoms_of(width: int, height: int, strokes: Sequence[Stroke]) -> tuple[list[Atom], float]:
    """The atoms of a drawing on a canvas of `width` × `height` pixels, and how many of their pixels make one of its.

    Digits that are small for their brush are written out again first.
    """
    tall = max((_tall(stroke) for stroke in strokes if not stroke.erasing), default=0.0)
    copied = rewritten(strokes, tall, _WRITTEN) if tall else None
    if copied is None:
        return atoms_by_strokes(width, height, strokes), 1.0
    scale = _WRITTEN / tall
    return atoms_by_strokes(math.ceil(width * scale), math.ceil(height * scale), copied), scale


def in_ink(ink: Grey, look: Look, scale: int = 1) -> tuple[ReadDigit, ...]:
    """The digits of the number in a bitmap (H, W) uint8, ink bright on 0; empty where it is no number.

    `scale` is how many times larger the picture is for which boxes are wanted.
    """
    line = cropped(ink)
    if not line.size:
        return ()
    top, left = int(ink.any(axis=1).argmax()), int(ink.any(axis=0).argmax())
    sized, factor = _sized(line)
    found = []
    for each in of_atoms(atoms_by_parts(sized), look):
        x, y, width, height = _scaled(each.box, factor)
        width, height = min(width, line.shape[1] - x), min(height, line.shape[0] - y)
        found.append(replace(each, box=(scale * (left + x), scale * (top + y), scale * width, scale * height)))
    return tuple(found)


def _sized(line: Grey) -> tuple[Grey, float]:
    """The line of digits at a height at which it can be cut, and how many of its own pixels make one of that."""
    height, width = line.shape
    if height > _TALLEST:
        factor = -(-height // _TALLEST)
        return np.asarray(Image.fromarray(line).reduce(factor)), float(factor)
    if height < _LOWEST:
        times = -(-_LOWEST // height)
        larger = Image.fromarray(line).resize((width * times, height * times), Image.Resampling.BICUBIC)
        return np.asarray(larger), 1 / times
    return line, 1.0


def of_atoms(atoms: Sequence[Atom], look: Look) -> tuple[ReadDigit, ...]:
    """The digits of the number that `atoms`, ordered from left to right, make; empty where it is no number.

    One digit alone is none: whoever wants that reads the whole bitmap.
    """
    candidates = runs(atoms) if len(atoms) > 1 else []
    if not candidates:
        return ()
    line = max(each.height for each in atoms)
    everything = next(at for at, run in enumerate(candidates) if (run.first, run.last) == (0, len(atoms)))
    connected = all(each.cut_right for each in atoms[:-1])
    # One digit is what most drawings are, and what they are worth as such is soon known.
    whole = image_of(candidates[everything])[np.newaxis]
    least = _worths(candidates[everything : everything + 1], line, *look(whole))[0]
    least += _MARGIN_OF_ONE if connected else _MARGIN
    if _most(candidates, everything, line) < least:
        return ()
    images = np.stack([image_of(run) for run in candidates])
    probabilities, no_digit = look(images)
    score, path = best(candidates, _worths(candidates, line, probabilities, no_digit), beside_worth)
    if len(path) < 2 or score < least:
        return ()
    return tuple(
        ReadDigit(
            digit=int(probabilities[at].argmax()),
            probabilities=tuple(probabilities[at].tolist()),
            no_digit=float(no_digit[at]),
            box=_box(candidates[at].whole),
            seen=images[at],
        )
        for at in path
    )


def _worths(
    candidates: Sequence[Run], line: int, probabilities: NDArray[np.float32], no_digit: NDArray[np.float32]
) -> list[float]:
    return [
        own_worth(run, line, int(row.argmax()), float(row.max() * (1 - none)))
        for run, row, none in zip(candidates, probabilities, no_digit, strict=True)
    ]


def _most(candidates: Sequence[Run], everything: int, line: int) -> float:
    """More than any division into several digits can be worth, whatever they are read as."""
    own = [most_worth(run, line) for run in candidates]
    own[everything] = -math.inf
    return best(candidates, own, beside_worth)[0]


def image_of(run: Run) -> Grey:
    """(28, 28): the run's ink as a network sees it."""
    return normalise(piece(run), "bright")


def piece(run: Run) -> Grey:
    """(H, W): the run's ink with paper around."""
    ink = run.whole.ink
    return np.pad(ink, max(2, round(_AROUND * max(ink.shape))))


def _tall(stroke: Stroke) -> float:
    heights = [y for _, y in stroke.points]
    return max(heights) - min(heights)


def _scaled(box: tuple[int, int, int, int], scale: float) -> tuple[int, int, int, int]:
    left, top, width, height = box
    right, bottom = math.ceil((left + width) * scale), math.ceil((top + height) * scale)
    left, top = int(left * scale), int(top * scale)
    return left, top, right - left, bottom - top


def _box(whole: Atom) -> tuple[int, int, int, int]:
    return whole.left, whole.top, whole.width, whole.height
