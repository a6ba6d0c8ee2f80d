"""core.drawing.clean_copy and core.data.image_file: small drawings are read by their strokes, as if by a pen."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.data import own_sets
from core.data.image_file import seen_in
from core.drawing.clean_copy import clean_copy, of_ink, rewritten, smoothed
from core.drawing.ink import Ink, default_radius
from core.errors import DataError
from core.preprocessing.normalise import normalise

_SIDE = 40


def _ring(radius: float) -> Ink:
    """A circle of cells, with the pad's own brush, as arrow keys draw it: one cell at a time, at right angles."""
    ink = Ink(_SIDE, _SIDE)
    turns = np.linspace(0, 2 * math.pi, 400)
    cells = [(round(20 + radius * math.cos(turn)), round(20 + radius * math.sin(turn))) for turn in turns]
    x, y = cells[0]
    ink.press(x + 0.5, y + 0.5)
    for wanted in cells[1:]:
        while (x, y) != wanted:
            x, y = (x + np.sign(wanted[0] - x), y) if x != wanted[0] else (x, y + np.sign(wanted[1] - y))
            ink.drag(x + 0.5, y + 0.5)
    ink.lift()
    return ink


def _hole(image: np.ndarray) -> int:
    """Dark pixels around the middle of a (28, 28) image."""
    return int((image[9:19, 9:19] < 40).sum())


def test_a_small_ring_keeps_its_hole() -> None:
    """The pad's brush fills it; the copy has a thin, round line."""
    ink = _ring(3)
    assert _hole(normalise(ink.bitmap, "bright")) < 16
    copied = clean_copy(ink.strokes)
    assert copied is not None and copied.shape == (64, 64)
    assert _hole(normalise(copied, "bright")) > 40
    rows, columns = np.nonzero(copied > 127)
    distances = np.hypot(rows - 31.5, columns - 31.5)
    assert np.ptp(distances) < 12  # a stair of the drawing's cells would be a fifth of the ring's size


def test_a_drawing_in_proportion_needs_no_copy() -> None:
    """What is read and kept of it is the canvas, a copy of its own that does not change with the next stroke."""
    ink = _ring(13)
    assert clean_copy(ink.strokes) is None
    kept = of_ink(ink)
    np.testing.assert_array_equal(kept, ink.bitmap)
    ink.press(1, 1)
    assert not np.array_equal(kept, ink.bitmap)


def test_where_strokes_do_not_tell_there_is_no_copy() -> None:
    """Nothing, a dot, and what was partly erased: the canvas is read."""
    assert clean_copy(()) is None
    dot = Ink(_SIDE, _SIDE)
    dot.press(20, 20)
    assert clean_copy(dot.strokes) is None
    erased = _ring(3)
    erased.erasing = True
    erased.press(20, 17)
    assert clean_copy(erased.strokes) is None


def test_the_copy_does_not_depend_on_where_and_how_large() -> None:
    """The same path elsewhere, or scaled with its canvas, gives the same image within rounding."""
    ink = _ring(4)
    before = clean_copy(ink.strokes)
    for stroke in ink.strokes:
        stroke.points[:] = [(x - 12.25, y + 8.5) for x, y in stroke.points]
    moved = clean_copy(ink.strokes)
    assert before is not None and moved is not None
    assert np.abs(before.astype(int) - moved).max() <= 1


def test_the_pen_is_in_proportion() -> None:
    """A straight line comes out as wide as MNIST's strokes are for its length, whatever brush drew it."""
    for radius in (default_radius(_SIDE, _SIDE), 2.5):
        ink = Ink(_SIDE, _SIDE, radius)
        ink.press(20, 16)
        ink.drag(20, 24)
        (stroke,) = rewritten(ink.strokes, 8, 40) or ()
        assert stroke.radius == pytest.approx(40 * 0.115 / 0.885 / 2)
        xs, ys = np.transpose(stroke.points)
        assert np.ptp(xs) < 1e-9 and np.ptp(ys) == pytest.approx(40)


def test_smoothing_keeps_ends_and_straight_lines() -> None:
    """A stair becomes nearly its diagonal; a single point stays."""
    stair = np.array([(step // 2, (step + 1) // 2) for step in range(21)], float)
    found = smoothed(stair, 0.75)
    np.testing.assert_allclose(found[[0, -1]], stair[[0, -1]], atol=1e-9)
    away = np.abs(found[:, 0] - found[:, 1])
    assert 0.4 < np.median(away) < 0.5 and away.max() < 0.6  # all stairs lie above the diagonal by half of one
    line = np.array([[0.0, 0.0], [10.0, 5.0]])
    np.testing.assert_allclose(smoothed(line, 1)[:, 1] * 2, smoothed(line, 1)[:, 0], atol=1e-9)
    assert smoothed(np.array([[3.0, 4.0]] * 3), 1).tolist() == [[3.0, 4.0]]


def test_a_kept_drawing_is_learned_as_it_was_read() -> None:
    """Its file holds the canvas, its strokes the rest; another image under such a name is read by its pixels."""
    ink = _ring(3)
    drawing = own_sets.keep(own_sets.active(), 0, ink.bitmap, ink.strokes)
    np.testing.assert_array_equal(seen_in(drawing.path), normalise(of_ink(ink), "bright"))
    with Image.open(drawing.path) as image:
        np.testing.assert_array_equal(np.asarray(image), ink.bitmap)
    other = _ring(12).bitmap
    Image.fromarray(other).save(drawing.path)
    np.testing.assert_array_equal(seen_in(drawing.path), normalise(other))


def test_a_drawing_without_its_strokes_is_read_by_its_pixels(tmp_path: Path) -> None:
    """Where the file beside it is gone or damaged; a missing image is an error in words."""
    ink = _ring(3)
    drawing = own_sets.keep(own_sets.active(), 0, ink.bitmap, ink.strokes)
    for content in ("{", '{"strokes": 5}', '{"strokes": []}'):
        drawing.path.with_suffix(".json").write_text(content)
        np.testing.assert_array_equal(seen_in(drawing.path), normalise(ink.bitmap))
    drawing.path.with_suffix(".json").unlink()
    np.testing.assert_array_equal(seen_in(drawing.path), normalise(ink.bitmap))
    with pytest.raises(DataError, match="does not exist"):
        seen_in(tmp_path / "none.png")
