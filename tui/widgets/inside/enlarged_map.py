"""One feature map as large as there is room, beside the kernel that makes it."""

from __future__ import annotations

import numpy as np
from rich.segment import Segment
from textual.geometry import Size
from textual.strip import Strip

from tui.widgets.inside.layer_maps import Maps
from tui.widgets.shared.figure import Figure
from tui.widgets.shared.signed import Values, enlarged, proportioned, signed_blocks, signed_shades
from tui.widgets.shared.thumbnail import half_blocks, shades
from tui.widgets.shared.tiling import scaled

_GAP = 2
_LEAST = 11
"""Columns that are kept for the kernel."""


class EnlargedMap(Figure):
    """The kernel's parts for the maps of the layer before, the strongest first; all on one scale."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._map: Values = np.zeros((0, 0), np.float32)
        self._kernel: Values | None = None

    def show(self, maps: Maps, number: int, kernel: Values | None) -> None:
        """Show the map with that index of its layer, and its kernel (K, h, w) once it is known."""
        self._map, self._kernel = maps[number], kernel
        self.renew()

    def drawn(self) -> list[Strip]:
        """The map, and the kernel to its right."""
        width, height = self.size
        if not self._map.size or not height:
            return []
        scale = max(1, min((width - _GAP - _LEAST) // self._map.shape[1], 2 * height // self._map.shape[0]))
        large = enlarged(self._map, scale)
        left = half_blocks(scaled(large, large.shape[1], float(large.max())), shades(self), self.rich_style)
        room = Size(width - large.shape[1] - _GAP, height)
        right = [] if self._kernel is None else self._kernel_strips(self._kernel, room)
        gap, empty = Strip([Segment(" " * _GAP, self.rich_style)]), Strip.blank(large.shape[1], self.rich_style)
        return [
            Strip.join([left[line] if line < len(left) else empty, gap, *right[line : line + 1]])
            for line in range(max(len(left), len(right)))
        ]

    def _kernel_strips(self, kernel: Values, room: Size) -> list[Strip]:
        order = np.argsort(-np.abs(kernel).sum(axis=(1, 2)), kind="stable")
        return signed_blocks(mosaic(kernel[order], room), signed_shades(self), self.rich_style)


def mosaic(parts: Values, room: Size) -> Values:
    """As many of the (K, h, w) parts as fit into `room` cells, in rows, as large as all of them or else as the first
    nine can be; values from −1 to 1, in proportion to the largest."""
    count, height, width = parts.shape
    values = proportioned(parts)
    for scale in (6, 5, 4, 3, 2, 1):
        across = (room.width + 1) // (width * scale + 1)
        down = (2 * room.height + 1) // (height * scale + 1)
        if across * down >= min(count, 9) or scale == 1:
            break
    found = np.zeros((max(0, 2 * room.height), max(0, room.width)), np.float32)
    for place in range(min(count, across * down)):
        row, column = divmod(place, across)
        top, left = row * (height * scale + 1), column * (width * scale + 1)
        found[top : top + height * scale, left : left + width * scale] = enlarged(values[place], scale)
    return found
