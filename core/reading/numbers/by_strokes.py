"""The atoms of a drawing whose strokes are known: each stroke, or the pieces of one that may hold several digits."""

from __future__ import annotations

from collections.abc import Sequence

from core.drawing.ink import Ink, Stroke
from core.reading.numbers.atom import Atom, atom, in_order
from core.reading.numbers.cuts import pieces_of

_WIDE = 1.5
"""A stroke wider than this times the height of the tallest one may hold several digits."""


def atoms_by_strokes(width: int, height: int, strokes: Sequence[Stroke]) -> list[Atom]:
    """The atoms, from left to right, of strokes on a canvas of `width` × `height` pixels; empty if not a number.

    As on the canvas, the eraser removes ink that was drawn before it.
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
