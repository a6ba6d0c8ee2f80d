"""One line of cells of an image on a card: its pixels, or why there are none, and the decision about it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from core.preprocessing.paper import otsu
from tui.widgets.check.cards import Slot
from tui.widgets.shared.image_look import Look
from tui.widgets.shared.thumbnail import Shades, cells
from tui.widgets.shared.wrapping import folded

_NOTHING = "Nothing is left: the network would see an empty image."


@dataclass(frozen=True)
class CardInks:
    """The colours and styles that images are drawn with."""

    shades: Shades
    """From the theme's background to its foreground; empty for a terminal without colours."""
    is_light: bool
    """Whether the background is brighter than the foreground."""
    paper: Style
    """The style of text in place of an image."""
    page: Style
    """The style around the images."""
    tag: Style
    """The style of a decision."""


def image_line(look: Look | None, decision: str, slot: Slot, line: int, inks: CardInks) -> list[Segment]:
    """`slot.side` cells, which show two rows of pixels; `look` is None until the file is decoded.

    `decision` (may be empty) covers the top edge of the network's image, which is only its empty rim.
    """
    drawn = _pixels(look, slot, line, inks)
    if not (decision and slot.is_after and line == 0):
        return drawn
    tag = Segment(f" {decision} ", inks.tag)
    return [tag, *Strip(drawn, slot.side).crop(tag.cell_length, slot.side)]


def _pixels(look: Look | None, slot: Slot, line: int, inks: CardInks) -> list[Segment]:
    if look is None:
        return _words("…", slot, line, inks)
    if look.reason:
        return _words("" if slot.is_after else look.reason, slot, line, inks)
    if slot.is_after and look.is_blank:
        return _words(_NOTHING, slot, line, inks)
    image, shades = (look.after if slot.is_after else look.before)[slot.side], inks.shades
    if not slot.is_after:
        # White stays white, even if the theme draws ink dark; without colours there are only two levels.
        shades = shades[::-1] if inks.is_light else shades
        image = image if shades else ((image > otsu(image)) * 255).astype(np.uint8)
    height, width = image.shape
    row = line - (slot.side - height) // 4
    if not 0 <= row < height // 2:
        return [Segment(" " * slot.side, inks.page)]
    left = (slot.side - width) // 2
    return [
        Segment(" " * left, inks.page),
        *cells(image[2 * row], image[2 * row + 1], shades, inks.paper),
        Segment(" " * (slot.side - width - left), inks.page),
    ]


def _words(text: str, slot: Slot, line: int, inks: CardInks) -> list[Segment]:
    lines = folded(text, slot.side, slot.side // 2)
    words = Segment(lines[line] if line < len(lines) else "", inks.paper)
    return list(Strip([words]).adjust_cell_length(slot.side, inks.paper))
