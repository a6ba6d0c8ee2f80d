"""The effect of a step in words, measured on the images before and after it.

Images are (H, W) uint8, ink bright on 0; before the first step they may be anything. Knows no widgets.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from core.config.shape import SIDE
from core.preprocessing.normalise import Step, reduced
from core.preprocessing.specks import pieces
from core.words import percent, plural

Grey = NDArray[np.uint8]


def measured(step: Step, before: Grey, after: Grey) -> str:
    """What `step` did to `before`; for a step without a measure of its own, the sizes and the change of ink."""
    return _MEASURES.get(step, _changed)(before, after)


def _inked(before: Grey, after: Grey) -> str:
    size = "" if before.shape == after.shape else f"Averaged {_sizes(before, after)}. "
    before = reduced(before)
    ink = after > 0
    if not ink.any():
        return f"{size}No ink stands out from the paper."
    darker = ""
    if before.shape == after.shape and not ink.all():
        darker = f" and is {'darker' if before[ink].mean() < before[~ink].mean() else 'brighter'} than the paper"
    return f"{size}Ink covers {_part(ink.mean())} of the picture{darker}; its strongest pixel has {after.max()} of 255."


def _removed(before: Grey, after: Grey) -> str:
    gone = (before > 0) & (after == 0)
    if not gone.any():
        return "Nothing was removed: there are no specks."
    many = int(pieces(gone).max())
    part = int(before[gone].sum(dtype=np.int64)) / int(before.sum(dtype=np.int64))
    return f"Removed {plural(many, 'speck')} with {_pixels(gone)} in total: {_part(part)} of the ink."


def _cropped(before: Grey, after: Grey) -> str:
    return f"{_sized(before, after)}: {_part(after.size / before.size)} of the area is left."


def _scaled(before: Grey, after: Grey) -> str:
    longer, now = max(before.shape), max(after.shape)
    times = max(longer, now) / min(longer, now)
    how = "as large as it was" if longer == now else f"{times:.1f} times {'smaller' if now < longer else 'larger'}"
    peaks = int(before.max()), int(after.max())
    stretched = "" if peaks[0] == peaks[1] else f" The strongest ink went from {peaks[0]} to {peaks[1]} of 255."
    return f"{_sized(before, after)}, {how}.{stretched}"


def _centred(before: Grey, after: Grey) -> str:
    if not before.any() or not after.any():
        return _changed(before, after)
    across, down = (_first(after, axis) - _first(before, axis) - (SIDE - before.shape[1 - axis]) / 2 for axis in (0, 1))
    ways = [
        f"{abs(by):g} {'pixel' if abs(by) == 1 else 'pixels'} {way[by > 0]}"
        for by, way in ((across, ("left", "right")), (down, ("up", "down")))
        if by
    ]
    moved = f"Moved {' and '.join(ways)} from where its box would be centred" if ways else "Not moved"
    x, y = (_centre(after, axis) for axis in (0, 1))
    return f"{moved}; its centre of mass is {x:.1f} pixels from the left and {y:.1f} from the top."


def _changed(before: Grey, after: Grey) -> str:
    """The measure of a step without one of its own."""
    ink = int(before.sum(dtype=np.int64))
    change = int(after.sum(dtype=np.int64)) / ink - 1 if ink and before.shape == after.shape else 0.0
    more = f" {_part(abs(change))} {'more' if change > 0 else 'less'} ink." if change else ""
    return f"{_sized(before, after)}.{more}"


def _sizes(before: Grey, after: Grey) -> str:
    return "from {1}×{0} to {3}×{2} pixels".format(*before.shape, *after.shape)


def _sized(before: Grey, after: Grey) -> str:
    if before.shape == after.shape:
        return f"Still {after.shape[1]}×{after.shape[0]} pixels"
    return _sizes(before, after).capitalize()


def _part(part: float) -> str:
    return percent(part, 1) if not 0 < part < 0.001 else "less than 0.1%"


def _pixels(mask: NDArray[np.bool_]) -> str:
    many = int(np.count_nonzero(mask))
    return plural(many, "pixel")


def _first(image: Grey, axis: int) -> int:
    """The first column (axis 0) or row (axis 1) with ink."""
    return int(image.any(axis=axis).argmax())


def _centre(image: Grey, axis: int) -> float:
    """The centre of mass, in pixels from the left (axis 0) or the top (axis 1) edge; pixels count at their centres."""
    masses = image.sum(axis=axis, dtype=np.int64)
    return float(masses @ (np.arange(len(masses)) + 0.5)) / float(masses.sum())


_MEASURES: dict[Step, Callable[[Grey, Grey], str]] = {
    Step.INK: _inked,
    Step.SPECKS: _removed,
    Step.CROPPED: _cropped,
    Step.BOXED: _scaled,
    Step.CENTRED: _centred,
}
