"""The picture of all weights: each stands on a pixel of its own, in its layer's block."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from core.insight.parameters import LayerParameters, layers_of
from core.networks.architectures import build
from tui.widgets.shared.sheet import laid_out, shapes, sheet


def _glass() -> tuple[LayerParameters, ...]:
    return layers_of({name: each.numpy() for name, each in build("glass", seed=0).state_dict().items()})


@pytest.mark.parametrize("height", [20, 36, 42, 90])
def test_each_parameter_has_a_pixel_of_its_own(height: int) -> None:
    """None stands on another, none is left out, and blocks do not overlap."""
    layers = _glass()
    found = sheet(shapes(layers), height, 4)
    pixels = [
        pixel
        for block in found.blocks
        for rows, columns in block.places
        for pixel in zip(rows.flat, columns.flat, strict=True)
    ]
    assert len(pixels) == len(set(pixels)) == sum(each.count for each in layers)
    assert all(0 <= row < found.height and 0 <= column < found.width for row, column in pixels)
    covered = [
        set(product(range(each.top, each.top + each.height), range(each.left, each.left + each.width)))
        for each in found.blocks
    ]
    assert sum(map(len, covered)) == len(set().union(*covered))


def test_it_fits_a_terminal_of_80_by_24() -> None:
    """Beside a pad of 32 columns; twice as large where there is room."""
    wanted = shapes(_glass())
    small, scale = laid_out(wanted, 45, 40, 4)
    assert scale == 1 and small.width <= 45 and small.height <= 40
    _, scale = laid_out(wanted, 92, 88, 4)
    assert scale == 2
    assert laid_out(wanted, 20, 10, 4)[1] == 0


def test_the_picture_shows_each_value_where_it_stands() -> None:
    """In proportion to the largest of its array; a weight that changes changes its pixel alone."""
    layers = _glass()
    layout = sheet(shapes(layers), 40, 4)
    before = layout.picture(layers)
    assert before.shape == (layout.height, layout.width) and np.abs(before).max() <= 1.0
    layers[1].kernels[3, 2, 1, 0] *= 0.5
    changed = np.argwhere(layout.picture(layers) != before)
    rows, columns = layout.blocks[1].places[0]
    assert changed.tolist() == [[rows[3, 2, 1, 0], columns[3, 2, 1, 0]]]


def test_odd_shapes_have_room_too() -> None:
    """Kernels of one pixel, one map, and layers without batch normalisation."""
    for kernels in ((3, 2, 1, 1), (1, 1, 5, 3), (4, 1, 2, 7), (2, 9, 1, 3)):
        random = np.random.default_rng(0)
        layer = LayerParameters(
            random.normal(size=kernels).astype(np.float32),
            np.ones(kernels[0], np.float32),
            np.ones(kernels[0], np.float32),
        )
        last = LayerParameters(np.ones((10, 4, 1, 1), np.float32), None, None)
        found = sheet(shapes((layer, last)), 12, 2)
        pixels = {
            pixel
            for block in found.blocks
            for rows, columns in block.places
            for pixel in zip(rows.ravel().tolist(), columns.ravel().tolist(), strict=True)
        }
        assert len(pixels) == layer.count + last.count
