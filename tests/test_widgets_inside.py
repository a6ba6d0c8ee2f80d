"""tui.widgets.inside without an app: how tiles are laid out and scaled, and what kernels become."""

from __future__ import annotations

import numpy as np
import pytest
from rich.style import Style
from textual.geometry import Offset, Region, Size

from tui.widgets.inside.enlarged_map import mosaic
from tui.widgets.shared.signed import LEVELS, proportioned, signed_blocks
from tui.widgets.shared.tiling import GAP, Tiling, scaled


@pytest.mark.parametrize(
    "block", [Region(0, 0, 37, 17), Region(20, 1, 17, 45), Region(5, 1, 100, 90), Region(0, 0, 5, 3)]
)
@pytest.mark.parametrize("pixels", [28, 14, 7, 5])
def test_tiles_fill_their_block_and_no_more(block: Region, pixels: int) -> None:
    """Each cell of a tile is found again, none lies outside, and enough fit where that is possible at all."""
    tiling = Tiling.within(block, pixels, 9)
    assert tiling.side <= pixels
    seen = {
        place
        for x in range(block.right + 2)
        for y in range(block.bottom + 2)
        if (place := tiling.at(Offset(x, y))) is not None
    }
    assert seen == set(range(tiling.count))
    if block.width > tiling.side and block.height >= tiling.side // 2:
        assert tiling.columns * (tiling.side + GAP) <= block.width
        assert tiling.rows * tiling.lines - 1 <= block.height
    assert tiling.at(Offset(block.right, block.y)) is None and tiling.at(Offset(block.x, block.bottom)) is None


def test_a_page_begins_with_its_first_tile() -> None:
    """Of a block that shows three, the page of the fifth begins with the fourth."""
    tiling = Tiling(Region(0, 0, 3 * 12, 6), 11)
    assert tiling.count == 3 and [tiling.page(index) for index in (0, 2, 3, 4, 6)] == [0, 0, 3, 3, 6]


@pytest.mark.parametrize("side", [28, 19, 14, 13, 7, 56])
def test_scaling_is_the_mean_of_what_a_pixel_covers(side: int) -> None:
    """Found here from pixels that are so small that each lies in one of either size."""
    values = np.random.default_rng(3).random((28, 28)).astype(np.float32)
    found = scaled(values, side, 1.0)
    fine = values.repeat(side, axis=0).repeat(side, axis=1)
    np.testing.assert_allclose(found, fine.reshape(side, 28, side, 28).mean(axis=(1, 3)) * 255, atol=0.51)
    assert found.mean() == pytest.approx(values.mean() * 255, abs=1.0)
    assert not scaled(values * 0, side, 0.0).any()


@pytest.mark.parametrize(
    ("count", "room"), [(1, Size(20, 10)), (32, Size(11, 14)), (96, Size(60, 40)), (4, Size(2, 1))]
)
def test_a_kernel_s_parts_stand_in_rows(count: int, room: Size) -> None:
    """The first ones, in proportion to the largest of all, within the room."""
    parts = np.random.default_rng(5).normal(size=(count, 3, 3)).astype(np.float32)
    found = mosaic(parts, room)
    assert found.shape == (2 * room.height, room.width) and np.abs(found).max() <= 1
    if room.width >= 3 and room.height >= 2:
        first = parts[0, 0, 0] / np.abs(parts).max()
        assert found[0, 0] == pytest.approx(first, abs=1e-6)


def test_signs_stand_for_colours() -> None:
    """Without colours + speaks for it and − against it, and what is faint is left out."""
    values = np.array([[1, 0.5, 0.1, -0.3], [0, 0, 0, -1]], np.float32)
    (strip,) = signed_blocks(values, (), Style.null())
    assert strip.text == "++ −"
    assert LEVELS == 4
    np.testing.assert_allclose(proportioned(values * 7), values)
    assert not proportioned(values * 0).any()
