"""Atoms of a drawing whose strokes are known: each stroke, and what cuts leave of one that may hold several digits."""

from __future__ import annotations

from collections.abc import Sequence

from core.drawing.ink import Ink, Stroke
from core.reading.numbers.atom import Atom, atom, in_order
from core.reading.numbers.cuts import pieces_of

_WIDE = 1.5
"""A stroke that is wider than this times the tallest one's height may hold several digits."""


def atoms_by_strokes(width: int, height: int, strokes: Sequence[Stroke]) -> list[Atom]:
    """From left to right, on a canvas of `width` × `height` pixels; empty where it is no number.

    The eraser takes ink from what was drawn before it, as on the canvas.
    """
    pens = [index for index, stroke in enumerate(strokes) if not stroke.erasing]
    found = []
    for index in pens:
        own = [strokes[index], *(each for each in strokes[index + 1 :] if each.erasing)]
        drawn = atom(Ink.of(width, height, own).bitmap)
        if drawn is not None:
            found.append(drawn)
    ordered = in_order(found)
    line = max((each.height for each in ordered), default=0)
    apart = [piece for each in ordered for piece in (pieces_of(each, line) if each.width > _WIDE * line else [each])]
    return sorted(apart, key=lambda each: each.middle)
