"""Ink: what the pen leaves on the canvas, and taking it back."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from core.drawing.ink import STROKE_WIDTH, Ink, Region, default_radius, draw
from core.errors import DataError

Point = tuple[float, float]


def _scribble(ink: Ink, *points: Point) -> None:
    ink.press(*points[0])
    for point in points[1:]:
        ink.drag(*point)
    ink.lift()


def _supersampled(radius: float, start: Point, end: Point, size: int) -> NDArray[np.float64]:
    """How much of each pixel a round brush covers, by 16 × 16 samples a pixel: the truth to compare with."""
    grid = (np.arange(size * 16) + 0.5) / 16
    x, y = np.meshgrid(grid, grid)
    across, down = end[0] - start[0], end[1] - start[1]
    along = np.clip(((x - start[0]) * across + (y - start[1]) * down) / (across**2 + down**2), 0, 1)
    inside = np.hypot(x - start[0] - along * across, y - start[1] - along * down) <= radius
    covered: NDArray[np.float64] = inside.reshape(size, 16, size, 16).mean(axis=(1, 3))
    return covered


def test_a_new_canvas_is_empty() -> None:
    """Nothing is drawn and there is nothing to take back."""
    ink = Ink(30, 20)
    assert ink.bitmap.shape == (20, 30) and ink.bitmap.dtype == np.uint8
    assert ink.is_empty and not ink.can_undo and not ink.can_redo and not ink.strokes
    assert ink.undo() is None and ink.redo() is None and ink.clear() is None


def test_a_single_press_leaves_a_dot() -> None:
    """A dot counts as a stroke, is full in the middle, fades at its edge and leaves the rest alone."""
    ink = Ink(21, 21, radius=3)
    assert ink.press(10.5, 10.5) == Region(7, 7, 7, 7)
    assert ink.bitmap[10, 10] == 255
    assert 0 < ink.bitmap[10, 13] < 255
    assert ink.bitmap[10, 15] == 0
    assert np.array_equal(ink.bitmap, ink.bitmap.T)


@pytest.mark.parametrize("end", [(30.0, 9.0), (9.0, 31.5), (28.2, 33.3), (5.0, 30.0)])
def test_grey_edges_are_the_brush_s_coverage(end: tuple[float, float]) -> None:
    """The antialiased stroke is that of a sixteenfold supersampled one, to a few grey levels on average."""
    ink = Ink(40, 40, radius=2.3)
    _scribble(ink, (8.0, 8.0), end)
    truth = _supersampled(2.3, (8.0, 8.0), end, 40) * 255
    difference = np.abs(ink.bitmap - truth)
    assert difference.max() < 60 and difference[truth > 0].mean() < 8


def test_every_pixel_between_two_reports_is_filled() -> None:
    """A fast diagonal jump leaves an unbroken line: each row and column between has full ink."""
    ink = Ink(64, 64, radius=1.2)
    _scribble(ink, (4.5, 4.5), (59.5, 30.5))
    assert (ink.bitmap[:, 4:60].max(axis=0) > 200).all()
    assert (ink.bitmap[5:30].max(axis=1) > 200).all()


def test_the_region_holds_all_that_changed() -> None:
    """Whoever repaints only the region that press and drag return has the whole picture."""
    rng = np.random.default_rng(1)
    ink, shown = Ink(50, 40), np.zeros((40, 50), np.uint8)
    for _ in range(30):
        ink.erasing = bool(rng.random() < 0.3)
        ink.radius = float(rng.uniform(0.5, 6))
        for step in range(5):
            x, y = rng.uniform(-20, 70, 2)
            region = (ink.drag if step else ink.press)(x, y)
            area = slice(region.y, region.y + region.height), slice(region.x, region.x + region.width)
            shown[area] = ink.bitmap[area]
            assert np.array_equal(shown, ink.bitmap)


def test_the_eraser_takes_ink_away() -> None:
    """An erasing stroke makes black what it passes over and can be undone like any other."""
    ink = Ink(30, 30, radius=4)
    _scribble(ink, (5, 15), (25, 15))
    before = ink.bitmap.copy()
    ink.erasing = True
    _scribble(ink, (15, 5), (15, 25))
    assert ink.bitmap[15, 15] == 0 and ink.bitmap[15, 6] == 255
    ink.undo()
    assert np.array_equal(ink.bitmap, before)


def test_undo_and_redo_go_stroke_by_stroke() -> None:
    """Undoing walks back through every picture seen, redoing forward again, to the last grey level."""
    ink = Ink(40, 40)
    pictures = [ink.bitmap.copy()]
    for i in range(4):
        ink.erasing = i == 2
        _scribble(ink, (5 + 6 * i, 4), (20, 20 + i), (8, 36 - 2 * i))
        pictures.append(ink.bitmap.copy())
    for picture in reversed(pictures[:-1]):
        region = ink.undo()
        assert region is not None and region.width and np.array_equal(ink.bitmap, picture)
    assert not ink.can_undo and ink.can_redo
    for picture in pictures[1:]:
        ink.redo()
        assert np.array_equal(ink.bitmap, picture)
    assert ink.can_undo and not ink.can_redo


def test_drawing_after_an_undo_forgets_what_was_undone() -> None:
    """There is one history, not a tree."""
    ink = Ink(20, 20)
    _scribble(ink, (3, 3), (10, 10))
    ink.undo()
    _scribble(ink, (15, 3))
    assert not ink.can_redo and len(ink.strokes) == 1


def test_clearing_can_be_undone() -> None:
    """Clear empties the canvas in one step, and undo brings everything back."""
    ink = Ink(20, 20)
    _scribble(ink, (3, 3), (10, 10))
    _scribble(ink, (10, 3), (3, 10))
    before = ink.bitmap.copy()
    assert ink.clear() is not None
    assert ink.is_empty and ink.strokes == ()
    assert ink.clear() is None
    ink.undo()
    assert np.array_equal(ink.bitmap, before) and len(ink.strokes) == 2


def test_undo_in_the_middle_of_a_stroke_lifts_the_pen() -> None:
    """Dragging on after it draws nothing until the pen is pressed again."""
    ink = Ink(20, 20)
    ink.press(5, 5)
    ink.undo()
    assert ink.is_empty
    assert ink.drag(15, 15) == Region(0, 0, 0, 0) and ink.is_empty


def test_far_away_points_are_clipped() -> None:
    """The pen may leave the canvas by miles: only the part of the line that crosses it is drawn."""
    ink = Ink(40, 40, radius=2)
    _scribble(ink, (-50_000.0, 20.0), (50_000.0, 20.0))
    assert (ink.bitmap[20] == 255).all() and not ink.bitmap[:15].any()
    ink.clear()
    assert ink.press(1e300, -1e300) == Region(0, 0, 0, 0) and ink.is_empty


def test_resizing_keeps_the_drawing() -> None:
    """A drawing made on a small canvas and enlarged is the one made on the large canvas."""
    small, large = Ink(40, 40, radius=2), Ink(80, 80, radius=4)
    _scribble(small, (5, 5), (30, 20), (10, 35))
    _scribble(large, (10, 10), (60, 40), (20, 70))
    small.resize(80, 80)
    assert np.array_equal(small.bitmap, large.bitmap) and small.radius == 4
    small.undo()
    small.resize(40, 40)
    small.redo()
    assert not small.is_empty and small.bitmap.shape == (40, 40)


def test_resizing_to_another_shape_loses_nothing() -> None:
    """Into a flat canvas the drawing is fitted whole, centred, in its proportions."""
    ink = Ink(40, 40, radius=2)
    _scribble(ink, (2, 2), (38, 2), (38, 38), (2, 38), (2, 2))
    ink.resize(90, 20)
    rows, columns = np.nonzero(ink.bitmap > 100)
    assert rows.min() <= 1 and rows.max() >= 18
    assert 34 <= columns.min() <= 37 and 52 <= columns.max() <= 55


@pytest.mark.parametrize("size", [28, 64, 101])
def test_a_trace_is_fitted_in_mnist_s_proportions(size: int) -> None:
    """A trace in any unit fills 20/28 of the canvas, centred, with MNIST's share of stroke width."""
    bitmap = draw([[(1000, -3), (1000, 400)], [(900, 200), (1100, 200)]], size)
    rows, columns = np.nonzero(bitmap > 127)
    assert bitmap.shape == (size, size)
    assert abs((rows.max() + 1 - rows.min()) - size * 20 / 28) <= 1.5
    assert abs(rows.min() + rows.max() + 1 - size) <= 1 and abs(columns.min() + columns.max() + 1 - size) <= 1
    width = bitmap[size // 3].sum() / 255
    assert math.isclose(width, size * 20 / 28 * STROKE_WIDTH, rel_tol=0.15)


@pytest.mark.parametrize("trace", [[[(7, 7)]], [[(7, 7), (7, 7)]], [[(0, 5), (9, 5)]], [[(1e308, 0), (-1e308, 0)]]])
def test_degenerate_traces_are_drawn(trace: list[list[Point]]) -> None:
    """A single point is a dot in the middle and a straight line a line through it."""
    bitmap = draw(trace)
    assert bitmap[32, 32] == 255 and bitmap.any(axis=1).sum() < 12


@pytest.mark.parametrize(
    "trace", [[], [[]], [[(1, 2, 3)]], [[(math.nan, 1)]], [[("a", 1)]], [[1, 2]], [[(1, 2), (3,)]]]
)
def test_what_is_no_trace_is_explained(trace: Any) -> None:
    """An empty trace, and points that are not two finite numbers, raise DataError."""
    with pytest.raises(DataError, match="trace"):
        draw(trace)


def test_the_default_brush_grows_with_the_canvas() -> None:
    """On a canvas twice as large the brush is twice as wide, and never too thin to see."""
    assert math.isclose(default_radius(80, 90), 2 * default_radius(40, 40))
    assert default_radius(4, 4) >= 0.5


@pytest.mark.parametrize("radius", [0.0, -1.0, math.nan, math.inf])
def test_an_impossible_brush_is_refused(radius: float) -> None:
    """The message names the radius that was given."""
    with pytest.raises(ValueError, match="radius is"):
        Ink(10, 10, radius=radius)
