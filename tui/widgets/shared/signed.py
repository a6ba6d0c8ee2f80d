"""Values above and below 0 in half blocks: what speaks for something in one colour, what speaks against it in another.

Where there are no colours, `+` and `−` say which.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.strip import Strip
from textual.widget import Widget

from tui.widgets.shared.thumbnail import equal, painted, shades

Values = NDArray[np.float32]

LEVELS = 4
"""Steps on each side of 0."""
FAINTEST = 0.5 / LEVELS
"""The share of the largest from which on a value can be seen."""
_FAINT, _STRONG = 0.2, 0.6
"""Without colours, from which share of the largest on a sign is written, and from which on it is bold."""
FOR, AGAINST = "signed--for", "signed--against"
"""Component classes whose colours are those of the two sides; a widget that paints such values has both."""

SIGNED = {FOR, AGAINST}

SignedShades = tuple[RichColor, ...]
"""The colours of as many levels below 0 as above it, from the lowest; empty for a terminal without colours."""


def signed_shades(widget: Widget, names: tuple[str, str] = (AGAINST, FOR), levels: int = LEVELS) -> SignedShades:
    """From the colour of what speaks against, through the widget's background, to that of what speaks for.

    `names` are the component classes with these colours; there are `levels` steps on each side.
    """
    if not shades(widget):
        return ()
    paper = widget.colors[2]
    against, for_ = (widget.get_component_styles(name).color for name in names)
    return _between(paper, against, for_, levels)


@lru_cache(16)
def _between(paper: Color, against: Color, for_: Color, levels: int) -> SignedShades:
    """`levels` colours from `against` to `paper`, `paper`, and as many from there to `for_`."""
    below = [paper.blend(against, level / levels) for level in range(levels, 0, -1)]
    above = [paper.blend(for_, level / levels) for level in range(1, levels + 1)]
    return tuple(each.rich_color for each in (*below, paper, *above))


def enlarged(values: Values, scale: int) -> Values:
    """(H, W) values, each as `scale` × `scale`."""
    return np.repeat(np.repeat(values, scale, axis=0), scale, axis=1)


def proportioned(values: Values) -> Values:
    """Values of any shape, in proportion to the largest: from −1 to 1."""
    return values / (float(np.abs(values).max(initial=0)) or 1.0)


def signed_blocks(values: Values, colours: SignedShades, style: Style) -> list[Strip]:
    """(H, W) values from −1 to 1 as ⌈H / 2⌉ strips of W cells; `style` is the cells' style without colours."""
    if len(values) % 2:
        values = np.pad(values, ((0, 1), (0, 0)))
    rows = [(values[row], values[row + 1]) for row in range(0, len(values), 2)]
    levels = len(colours) // 2
    segments = [
        painted(_level(top, levels), _level(bottom, levels), colours) if colours else _signs(top, bottom, style)
        for top, bottom in rows
    ]
    return [Strip(each, values.shape[1]) for each in segments]


def _level(values: Values, levels: int) -> NDArray[np.int64]:
    return np.rint(values * levels).astype(np.int64) + levels


def _signs(top: Values, bottom: Values, style: Style) -> list[Segment]:
    """One character for two values, one above the other: the sign of the larger one."""
    larger = np.where(np.abs(top) >= np.abs(bottom), top, bottom)
    strength = (np.abs(larger) >= _FAINT).astype(int) + (np.abs(larger) >= _STRONG)
    codes = np.sign(larger).astype(int) * strength
    found = []
    for begin, end in equal(codes):
        code = int(codes[begin])
        sign = " " if not code else "+" if code > 0 else "−"
        found.append(Segment(sign * (end - begin), style + Style(bold=abs(code) > 1)))
    return found
