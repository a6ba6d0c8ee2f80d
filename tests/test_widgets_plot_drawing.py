"""What is drawn where: points on their lines, curves that can be told apart, values that are read off."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from rich.cells import cell_len

from core.runs.events import Started
from core.runs.history import History
from tui.widgets.run import axis
from tui.widgets.run.curve import LOOKS, Curve
from tui.widgets.run.plot_drawing import FIRST_LOOK, PlotContent, PlotDrawing
from tui.widgets.run.quantity import Quantity
from tui.widgets.run.scale import Scale

_EPOCHS = 10
_MARKS = {look.mark for look in LOOKS}


def _none(_history: History, _started: Started) -> list[Curve]:
    return []


_VALUES = Quantity("Values", (axis.linear, axis.logarithmic), "{:.3g}".format, _none, "nothing yet")


def _content(*curves: Curve, logarithmic: bool = False, window: tuple[float, float] = (0.0, _EPOCHS)) -> PlotContent:
    scaling = axis.logarithmic if logarithmic else axis.linear
    return PlotContent(curves, _VALUES, scaling, Scale(_EPOCHS, 100), window)


def _is_line(character: str) -> bool:
    return "⠀" < character <= "⣿"


def _cells(drawing: PlotDrawing) -> NDArray[np.str_]:
    """The characters of the area of curves."""
    return drawing.frame.characters[: drawing._rows, drawing.begin :]


def _random_contents(count: int) -> Iterator[tuple[Curve, PlotContent, tuple[int, int]]]:
    """Curves of one to a thousand points, in windows and plots of many sizes, on both kinds of axes."""
    chance = np.random.default_rng(3)
    for turn in range(count):
        points = int(10 ** chance.uniform(0, 3))
        x = np.sort(chance.uniform(0, _EPOCHS, points)) if turn % 2 else np.linspace(0, _EPOCHS, points)
        y = np.exp(np.cumsum(chance.normal(0, 0.4, points)) - 3)
        low = float(chance.uniform(0, 9)) if turn % 3 else 0.0
        high = float(chance.uniform(low + 0.1, _EPOCHS)) if turn % 3 else float(_EPOCHS)
        curve = Curve.of(x, y)
        size = int(chance.integers(16, 161)), int(chance.integers(5, 50))
        yield curve, _content(curve, logarithmic=turn % 4 < 2, window=(low, high)), size


def test_points_lie_on_their_lines() -> None:
    """Over many curves and sizes: where a mark is drawn, the line without marks passes through its cell."""
    seen = 0
    for curve, content, size in _random_contents(600):
        marked = _cells(PlotDrawing(content, *size))
        line = _cells(
            PlotDrawing(dataclasses.replace(content, curves=[dataclasses.replace(curve, is_marked=False)]), *size)
        )
        for row, column in np.argwhere(marked == LOOKS[0].mark).tolist():
            assert _is_line(line[row, column]), (size, content.window)
            seen += 1
    assert seen > 1000


def test_points_lie_at_their_values() -> None:
    """Each point alone, without others to be averaged with, is in the cell that both axes say; also at both ends."""
    chance = np.random.default_rng(4)
    for columns, rows in chance.integers((40, 6), (161, 50), (60, 2)).tolist():
        x, y = np.arange(0.0, _EPOCHS + 1), np.exp(chance.normal(0, 2, _EPOCHS + 1))
        for logarithmic in (False, True):
            drawing = PlotDrawing(_content(Curve.of(x, y), logarithmic=logarithmic), columns, rows)
            found = {column: row for row, column in np.argwhere(_cells(drawing) == LOOKS[0].mark).tolist()}
            expected = dict(zip(map(drawing.column, x), drawing.up.cells(y, drawing._rows), strict=True))
            for column, row in found.items():
                assert drawing._rows - 1 - row == expected[column]
            assert {0} <= set(found) and (drawing.columns < 60 or max(found) == drawing.columns - 1)


def test_a_line_has_no_gap_and_reaches_the_edges_of_a_window() -> None:
    """Every column between its first and last point has dots, also where its points are out of sight."""
    for curve, content, size in _random_contents(300):
        drawing = PlotDrawing(content, *size)
        if not drawing.is_drawn:
            continue
        low, high = content.window
        begin = drawing.column(max(low, float(curve.x[0])))
        end = drawing.column(min(high, float(curve.x[-1])))
        shown = _cells(drawing)
        for column in range(begin, end + 1):
            assert any(_is_line(each) or each in _MARKS for each in shown[:, column]), (size, content.window)


def test_a_tick_is_where_its_value_is() -> None:
    """A curve that stays at the value of a label runs through that label's row."""
    for columns, rows in ((38, 10), (80, 25)):
        y = np.array([0.1, 0.3, 0.3, 0.3])
        drawing = PlotDrawing(_content(Curve.of([0, 3, 4, 9.9], y, is_marked=False)), columns, rows)
        lines = ["".join(row) for row in drawing.frame.characters]
        labelled = next(row for row, line in enumerate(lines) if line.lstrip().startswith(("0.3 ", "0.30 ")))
        assert _is_line(_cells(drawing)[labelled, drawing.column(8)])


def test_eight_curves_can_be_told_apart_without_colours() -> None:
    """Each has a mark of its own, even where they lie on one another; and a part, which gives it its colour."""
    steps = np.linspace(0, _EPOCHS, 500)
    curves = [Curve.of(steps, steps + 1, f"run {look}", look=look) for look in range(len(LOOKS))]
    alone = {"".join(_cells(PlotDrawing(_content(curve), 60, 20)).ravel()) for curve in curves}
    assert len(alone) == len(LOOKS) == len(_MARKS) == 8
    together = [curve for index, curve in enumerate(curves) if index < 4]
    drawing = PlotDrawing(_content(*together), 60, 20)
    assert {LOOKS[look].mark for look in range(4)} <= set(_cells(drawing).ravel())
    apart = [dataclasses.replace(curve, y=curve.y + 3 * curve.look) for curve in curves]
    drawing = PlotDrawing(_content(*apart), 60, 20)
    assert set(_cells(drawing).ravel()) >= _MARKS
    assert {FIRST_LOOK + look for look in range(8)} <= set(drawing.frame.parts.ravel().tolist())
    assert [curve.key for curve in curves][:2] == ["─●─", "─○─"]


def test_curves_that_share_their_points_take_turns() -> None:
    """Three with the same values after each epoch: each has its mark at some of them."""
    epochs = np.arange(1, 10)
    drawing = PlotDrawing(
        _content(*(Curve.of(epochs, epochs / 10, str(look), look=look) for look in range(3))), 100, 20
    )
    drawn = "".join("".join(row) for row in _cells(drawing).T)
    assert [each for each in drawn if each in _MARKS] == [LOOKS[place % 3].mark for place in range(9)]


def test_where_lines_cross_both_remain() -> None:
    """A cell that two lines pass through has the dots of both."""
    up = Curve.of([0, 10], [1, 2], is_marked=False)
    down = Curve.of([0, 10], [2, 1], is_marked=False, look=1)
    drawn = [_cells(PlotDrawing(_content(*each), 50, 15)).ravel().tolist() for each in ((up, down), (up,), (down,))]
    crossings = [each for each in zip(*drawn, strict=True) if _is_line(each[1]) and _is_line(each[2])]
    assert crossings
    for both, one, other in crossings:
        assert ord(both) - 0x2800 == (ord(one) - 0x2800) | (ord(other) - 0x2800)


def test_smoothing_is_said() -> None:
    """How many points a dot averages, in the word for them, and nothing where each has a dot of its own."""
    steps = np.linspace(0.01, _EPOCHS, 1000)
    drawing = PlotDrawing(_content(Curve.of(steps, steps, points="steps")), 38, 10)
    count = drawing._traces[0].most
    assert count == -(-1000 // (2 * drawing.columns)) or count == 1000 // (2 * drawing.columns) + 1
    assert "".join(drawing.frame.characters[-1]).rstrip() == f"mean of {count} steps a dot, linear"
    few = PlotDrawing(_content(Curve.of([1, 2, 3], [1, 2, 3], points="steps")), 38, 10)
    assert "".join(few.frame.characters[-1]).rstrip() == "linear"
    state = dataclasses.replace(_content(Curve.of(steps, steps, points="steps")), state="frozen")
    assert "".join(PlotDrawing(state, 38, 10).frame.characters[-1]).startswith(f"frozen, mean of {count} steps a dot")


@pytest.mark.parametrize(
    ("width", "words"),
    [
        (80, "epoch 5.02, step 502  training 5.02  validation 5"),
        (44, "epoch 5.02  training 5.02  validation 5"),
        (38, "epoch 5.02  ── 5.02  ─○─ 5"),
    ],
)
def test_the_cursor_reads_the_values_of_all_curves(width: int, words: str) -> None:
    """The mean at the cursor, or that of the nearest point; by names where there is room, else by looks."""
    steps = np.linspace(0.01, _EPOCHS, 1000)
    curves = (
        Curve.of(steps, steps, "training", is_marked=False),
        Curve.of(range(1, 11), range(1, 11), "validation", look=1),
    )
    content = dataclasses.replace(_content(*curves), cursor=5.02)
    read = "".join(PlotDrawing(content, width, 10).frame.characters[-1]).rstrip().split("  ")
    place, training, validation = words.split("  ")
    assert (read[0], read[2]) == (place, validation)
    name, value = read[1].rsplit(" ", 1)
    assert name == training.rsplit(" ", 1)[0]
    assert float(value) == pytest.approx(5.02, abs=10 / width)


def test_zero_and_what_is_below_has_a_place_on_a_logarithmic_axis() -> None:
    """A loss that was rounded to 0 lies at the bottom, and stretches the axis by some decades only."""
    drawing = PlotDrawing(_content(Curve.of([1, 2, 3], [1.0, 0.0, 0.5]), logarithmic=True), 60, 20)
    assert drawing.up.low > 1e-8
    column = drawing.column(2.0)
    assert _cells(drawing)[-1, column] == LOOKS[0].mark


def test_there_is_a_drawing_in_any_room() -> None:
    """From no cell on, nothing is drawn out of bounds."""
    curve = Curve.of([0.5, 9], [1, 1000])
    for width in range(40):
        for height in range(12):
            frame = PlotDrawing(dataclasses.replace(_content(curve, logarithmic=True), cursor=3.0), width, height).frame
            assert frame.characters.shape == (height, width)


def test_wide_characters_take_two_cells() -> None:
    """In the words below the curves, which are cut where the plot ends."""
    epochs = np.arange(1, 10)
    content = _content(Curve.of(epochs, epochs / 10, "数字" * 12))
    drawing = PlotDrawing(dataclasses.replace(content, cursor=5.0), 60, 20)
    rows = ["".join(row) for row in drawing.frame.characters]
    assert {cell_len(row) for row in rows} == {60}
