"""Where each parameter of a small network stands in one picture: a pixel each, layer by layer. Knows no widgets.

Layers stand one below the other, in as many columns as the height asks for. In a convolution's block each row of
kernels makes one feature map, from all maps of the layer before; the pixels to its right are its scale and its shift.
In the last layer's block each column is an answer; the row below it has the biases.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.insight.parameters import LayerParameters

Places = tuple[NDArray[np.intp], NDArray[np.intp]]
"""Rows and columns of pixels, each of the shape of the parameters that stand there."""
Shape = tuple[tuple[int, int, int, int], bool, bool]
"""Of a layer: its kernels', and whether there are scales and shifts."""

_GAP = 1
_ANSWER = 2
"""Columns of pixels for each answer, at least."""


@dataclass(frozen=True, eq=False)  # arrays have no single truth value
class Block:
    """One layer."""

    places: tuple[Places, ...]
    """Of each of `LayerParameters.arrays`."""
    top: int
    left: int
    height: int
    width: int


@dataclass(frozen=True, eq=False)
class Sheet:
    """The whole picture, in pixels."""

    blocks: tuple[Block, ...]
    height: int
    width: int

    def picture(self, values: tuple[LayerParameters, ...]) -> NDArray[np.float32]:
        """(height, width): each layer's values in proportion to the largest of its kernels, of its scales, and of its
        shifts, from −1 to 1; 0 where nothing stands."""
        found = np.zeros((self.height, self.width), np.float32)
        for block, layer in zip(self.blocks, values, strict=True):
            for places, each in zip(block.places, layer.arrays, strict=True):
                found[places] = each / (float(np.abs(each).max(initial=0)) or 1.0)
        return found


def shapes(layers: tuple[LayerParameters, ...]) -> tuple[Shape, ...]:
    """What a sheet is laid out for."""
    return tuple((_four(each.kernels.shape), each.scales is not None, each.shifts is not None) for each in layers)


def _four(shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    outputs, inputs, height, width = shape
    return outputs, inputs, height, width


@lru_cache(8)
def sheet(layers: tuple[Shape, ...], height: int, below: int) -> Sheet:
    """Layers of these shapes, in columns that are at most `height` pixels high where that is possible; `below` the
    last one so many are left free."""
    blocks, top, left, right = [], 0, 0, 0
    for at, shape in enumerate(layers):
        wide = _width(layers[at + 1]) if at + 1 < len(layers) else 0
        is_last = at == len(layers) - 1
        made = _block(shape, wide, is_last=is_last)
        if top and top + made.height + below * is_last > height:
            top, left = 0, right + _GAP
        blocks.append(_moved(made, top, left))
        top, right = top + made.height + _GAP, max(right, left + made.width)
    ends = [each.top + each.height for each in blocks]
    return Sheet(tuple(blocks), max(*ends, ends[-1] + below), right)


def _width(shape: Shape) -> int:
    (_, inputs, height, width), scales, shifts = shape
    return inputs * width + -(-(scales + shifts) // height)


def _block(shape: Shape, wide: int, *, is_last: bool) -> Block:
    (outputs, inputs, height, width), scales, shifts = shape
    if is_last:
        return _last(shape)
    step = _width(shape)
    across = max(1, wide // step) if inputs == 1 else 1  # as wide as the next layer's block
    down = height + _GAP if inputs == 1 else height
    output, source, y, x = np.indices((outputs, inputs, height, width))
    row, column = (output // across) * down, (output % across) * step
    kernels = (row + y, column + source * width + x)
    ones = np.arange(outputs)
    tops, beside = (ones // across) * down, (ones % across) * step + inputs * width
    beside_them = [(tops + place % height, beside + place // height) for place in range(scales + shifts)]
    return _of([kernels, *beside_them])


def _last(shape: Shape) -> Block:
    (outputs, inputs, height, width), scales, shifts = shape
    output, source, y, x = np.indices((outputs, inputs, height, width))
    step, ones = max(_ANSWER, width), np.arange(outputs)
    below = [(np.full(outputs, inputs * height + place), ones * step) for place in range(scales + shifts)]
    return _of([(source * height + y, output * step + x), *below])


def _of(places: list[Places]) -> Block:
    rows, columns = (max(int(each[axis].max()) for each in places) + 1 for axis in (0, 1))
    return Block(tuple(places), 0, 0, rows, columns)


def _moved(block: Block, top: int, left: int) -> Block:
    places = tuple((rows + top, columns + left) for rows, columns in block.places)
    return Block(places, top, left, block.height, block.width)


def laid_out(layers: tuple[Shape, ...], width: int, height: int, below: int) -> tuple[Sheet, int]:
    """The largest sheet for a room of `width` × `height` pixels, and the pixels on a side for each parameter; 0 if
    there is no room. `below` the last layer so many pixels of the room are left free."""
    scale = 0
    found = each = sheet(layers, height, below)
    while each.width * (scale + 1) <= width and each.height * (scale + 1) <= height:
        found, scale = each, scale + 1
        each = sheet(layers, height // (scale + 1), -(-below // (scale + 1)))
    return found, scale
