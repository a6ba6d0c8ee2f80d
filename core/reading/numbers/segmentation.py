"""How a drawing or a picture may be divided into the digits of a number, and which digits they are.

Knows no network: it receives a network's scores for the pieces, and for the whole as one digit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.drawing.clean_copy import rewritten
from core.drawing.ink import Stroke
from core.preprocessing.bounding_box import bounding_box
from core.preprocessing.normalise import normalise
from core.preprocessing.specks import hangs_together
from core.reading.numbers.atom import Atom, Grey, atom
from core.reading.numbers.by_components import components_of, cut
from core.reading.numbers.by_strokes import atoms_by_strokes
from core.reading.numbers.geometry import beside_worth, most_worth, own_worth
from core.reading.numbers.lattice import Span, best, spans
from core.reading.numbers.place import Box, Place
from core.reading.reading import ReadDigit

_MARGIN = 1.5
"""How much more than the whole as one digit a segmentation must be worth: nearly all drawings are of one digit."""
_CLEAR = 0.9
"""Connected ink that is no wider than high is not cut if it is one digit with at least this certainty: of 701 drawings
of touching digits that should be divided, none this narrow was read with more than 71%."""
_AROUND = 0.25
"""Paper around a piece, as a part of its longer side, so that ink is not taken for paper."""
_WRITTEN = 40.0
"""Pixels from end to end of the tallest stroke in a clean copy of small digits."""
_TALLEST = 96
"""A line of digits is reduced to at most this height, in pixels: three for each pixel of the network's input."""
_LOWEST = 48
"""A line lower than this is enlarged, by a whole number, so that a cut can go between two pixels of a coarse scan."""


@dataclass(frozen=True)
class Segmentation:
    """A drawing of several pieces, each span of which may be a digit. How it reads as one digit is known elsewhere."""

    candidates: Sequence[Span]
    """All spans of pieces that may be digits, in order of their first piece."""
    everything: int
    """The index of the candidate that holds all pieces."""
    line: int
    """Height of the tallest piece, in pixels."""
    placed: Place

    def least(self, digit: int, certainty: float) -> float:
        """The least worth at which a segmentation beats reading the whole as `digit` with this `certainty`."""
        return own_worth(self.candidates[self.everything], self.line, digit, certainty) + _MARGIN

    def most(self) -> float:
        """An upper bound on the worth of any segmentation: if it is below `least`, no piece has to be read."""
        own = [most_worth(span, self.line) for span in self.candidates]
        own[self.everything] = -math.inf
        return best(self.candidates, own, beside_worth)[0]

    def images(self) -> NDArray[np.uint8]:
        """(N, 28, 28) uint8, the candidates as a network sees them."""
        return np.stack([image_of(span) for span in self.candidates])

    def digits(
        self,
        least: float,
        images: NDArray[np.uint8],
        probabilities: NDArray[np.float32],
        no_digit: NDArray[np.float32],
    ) -> tuple[ReadDigit, ...]:
        """The digits of the number, two or more, from left to right; empty if no segmentation is worth `least`.

        `probabilities` (N, 10) and `no_digit` (N,) are the network's scores for `images`.
        """
        worths = [
            own_worth(span, self.line, int(row.argmax()), float(row.max() * (1 - none)))
            for span, row, none in zip(self.candidates, probabilities, no_digit, strict=True)
        ]
        score, path = best(self.candidates, worths, beside_worth)
        if len(path) < 2 or score < least:
            return ()
        return tuple(
            ReadDigit(
                digit=int(probabilities[at].argmax()),
                probabilities=tuple(probabilities[at].tolist()),
                no_digit=float(no_digit[at]),
                box=self.placed(_box(self.candidates[at].whole)),
                seen=images[at],
            )
            for at in path
        )


@dataclass(frozen=True)
class Components:
    """The connected components of a picture. Cutting them is slow, so it is done only if they may be a number."""

    components: Sequence[Atom]
    """From left to right; empty if they are certainly not a number."""
    placed: Place

    def segmentation(self, certainty: float) -> Segmentation | None:
        """How they may be divided, given the `certainty` of the whole as one digit; None if not at all."""
        if len(self.components) == 1 and self.components[0].width <= self.components[0].height and certainty >= _CLEAR:
            return None
        return _of_atoms(cut(self.components), self.placed)


def of_strokes(width: int, height: int, strokes: Sequence[Stroke]) -> Segmentation | None:
    """How a drawing on a canvas of `width` × `height` pixels may be divided; None if it is certainly not a number."""
    atoms, scale = atoms_of(width, height, strokes)
    return _of_atoms(atoms, Place(1 / scale))


def atoms_of(width: int, height: int, strokes: Sequence[Stroke]) -> tuple[list[Atom], float]:
    """The atoms of a drawing on a canvas of `width` × `height` pixels, and the factor from its pixels to theirs.

    Digits that are small for their brush are redrawn first, as a clean copy.
    """
    tall = max((_tall(stroke) for stroke in strokes if not stroke.erasing), default=0.0)
    copied = rewritten(strokes, tall, _WRITTEN) if tall else None
    if copied is None:
        return atoms_by_strokes(width, height, strokes), 1.0
    scale = _WRITTEN / tall
    return atoms_by_strokes(math.ceil(width * scale), math.ceil(height * scale), copied), scale


def of_ink(ink: Grey, scale: int = 1) -> Components:
    """The components into which a bitmap (H, W) uint8, ink bright on 0, may be divided.

    `scale` is the factor from its pixels to those of the picture in which boxes are reported.
    """
    box = bounding_box(ink)
    if box is None:
        return Components((), Place(1.0))
    line = box.cut(ink)
    sized, factor = _sized(line)
    height, width = line.shape  # a reference to the picture would keep it in memory as long as its components
    # Ink connected in the original is one component, even if enlarging loses its faintest parts.
    whole = atom(sized) if hangs_together(line > 0) else None
    components = components_of(sized) if whole is None else [whole]
    return Components(components, Place(factor, (width, height), (box.left, box.top), scale))


def _sized(line: Grey) -> tuple[Grey, float]:
    """The line of digits at a height at which it can be cut, and the factor by which it was reduced."""
    height, width = line.shape
    if height > _TALLEST:
        factor = -(-height // _TALLEST)
        return np.asarray(Image.fromarray(line).reduce(factor)), float(factor)
    if height < _LOWEST:
        times = -(-_LOWEST // height)
        larger = Image.fromarray(line).resize((width * times, height * times), Image.Resampling.BICUBIC)
        return np.asarray(larger), 1 / times
    return line, 1.0


def _of_atoms(atoms: Sequence[Atom], placed: Place) -> Segmentation | None:
    """The segmentation of `atoms`, from left to right; None if they are certainly not a number."""
    candidates = spans(atoms) if len(atoms) > 1 else []
    if not candidates:
        return None
    everything = next(at for at, span in enumerate(candidates) if (span.first, span.stop) == (0, len(atoms)))
    line = max(each.height for each in atoms)
    return Segmentation(candidates, everything, line, placed)


def image_of(span: Span) -> Grey:
    """(28, 28) uint8: the span's ink as a network sees it."""
    return normalise(piece(span), "bright")


def piece(span: Span) -> Grey:
    """(H, W) uint8: the span's ink with paper around it."""
    ink = span.whole.ink
    return np.pad(ink, max(2, round(_AROUND * max(ink.shape))))


def _tall(stroke: Stroke) -> float:
    heights = [y for _, y in stroke.points]
    return max(heights) - min(heights)


def _box(whole: Atom) -> Box:
    return whole.left, whole.top, whole.width, whole.height
