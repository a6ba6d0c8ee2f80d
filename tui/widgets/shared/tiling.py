"""How many small square images fit into a block of the terminal, and how large they can be. Knows no widgets."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from textual.geometry import Offset, Region

Grey = NDArray[np.uint8]

_SIDES = (28, 19, 16, 13, 11, 9, 7)
GAP = 1
"""Columns left of each tile, in which the chosen one is marked."""


@dataclass(frozen=True)
class Tiling:
    """Tiles in rows, from left to right, in a block of cells."""

    block: Region
    side: int
    """A tile's pixels on a side; a cell shows one across and two down."""

    @classmethod
    def within(cls, block: Region, pixels: int, enough: int) -> Tiling:
        """For square images of `pixels` on a side: the largest tiles of which enough fit."""
        sides = [pixels, *(side for side in _SIDES if side < pixels)]
        fitting = [cls(block, side) for side in sides if side + GAP <= block.width and side <= 2 * block.height]
        return next(
            (each for each in fitting if each.count >= enough),
            fitting[-1] if fitting else cls(block, min(pixels, _SIDES[-1])),
        )

    @property
    def columns(self) -> int:
        """Tiles in a row."""
        return max(1, self.block.width // (self.side + GAP))

    @property
    def lines(self) -> int:
        """Terminal rows of a tile, with at least half a row below it."""
        return self.side // 2 + 1

    @property
    def rows(self) -> int:
        """Rows of tiles."""
        return max(1, (self.block.height + 1 - self.side % 2) // self.lines)

    @property
    def count(self) -> int:
        """Tiles on a page."""
        return self.columns * self.rows

    def page(self, index: int) -> int:
        """The index of the first tile on the page of the one with `index`."""
        return index // self.count * self.count

    def at(self, offset: Offset) -> int | None:
        """The place on the page of the tile at a cell of the terminal; None if there is none."""
        if not self.block.contains_point(offset):
            return None
        column, row = (offset.x - self.block.x) // (self.side + GAP), (offset.y - self.block.y) // self.lines
        return row * self.columns + column if column < self.columns and row < self.rows else None


def scaled(values: NDArray[np.float32], side: int, largest: float) -> Grey:
    """A map (H, W) of values from 0 to `largest` as (side, side) uint8, each pixel the mean of what it covers."""
    height, width = values.shape
    means = _covered(side, height) @ values @ _covered(side, width).T
    grey: Grey = np.clip(means * (255 / largest if largest > 0 else 0.0), 0, 255).round().astype(np.uint8)
    return grey


@lru_cache(64)
def _covered(side: int, pixels: int) -> NDArray[np.float32]:
    """(side, pixels): the share of each of `pixels` in each of `side` pixels of the same length together."""
    ends = np.arange(1, side + 1)[:, np.newaxis] * pixels / side
    begins = ends - pixels / side
    at = np.arange(pixels)
    shared = np.clip(np.minimum(ends, at + 1) - np.maximum(begins, at), 0, None) * side / pixels
    found: NDArray[np.float32] = shared.astype(np.float32)
    return found
