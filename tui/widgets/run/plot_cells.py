"""The cells of a plot, each a character and the part of the plot it belongs to. Finds the changes between two plots."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len
from textual.geometry import Region


@dataclass
class Frame:
    """The cells of a plot."""

    width: int
    height: int
    characters: NDArray[np.str_] = field(init=False)
    parts: NDArray[np.uint8] = field(init=False)
    """(height, width), the part that each cell belongs to, 0 for none; the plot gives each part its colour."""

    def __post_init__(self) -> None:
        self.characters = np.full((self.height, self.width), " ", "<U1")
        self.parts = np.zeros((self.height, self.width), np.uint8)

    def put(self, x: int, y: int, character: str, part: int) -> None:
        """Set one cell."""
        self.characters[y, x] = character
        self.parts[y, x] = part

    def write(self, x: int, y: int, text: str, part: int) -> None:
        """Set the cells from (x, y) on, cut at the right edge; the second cell of a wide character is empty."""
        if cell_len(text) == len(text) and text.isprintable():
            fitting = text[: max(0, self.width - x)]
            self.characters[y, x : x + len(fitting)] = list(fitting)
            self.parts[y, x : x + len(fitting)] = part
            return
        for character in text:
            width = cell_len(character)
            if x + width > self.width:
                break
            for place in range(width):
                self.put(x + place, y, "" if place else character, part)
            x += width

    def changes(self, other: Frame) -> list[Region]:
        """One region for each row in which two frames of equal size differ, from the first to the last change.

        Textual sends a row from the widget's left edge to the end of each region, so two regions would cost more.
        """
        differ = (self.characters != other.characters) | (self.parts != other.parts)
        regions = []
        for y in np.flatnonzero(differ.any(axis=1)).tolist():
            columns = np.flatnonzero(differ[y])
            regions.append(Region(int(columns[0]), y, int(columns[-1] - columns[0]) + 1, 1))
        return regions
