"""A number on the drawing screen: boxes on the pad, the list beside it, and what is kept of it, which is nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
import pytest
from drawing_app import DrawingApp, FakeReader, settled
from drawn import SHAPES
from layout import after, clipped, scrollbars
from numpy.typing import NDArray
from textual.pilot import Pilot

from core.data import own_sets
from core.drawing.ink import Stroke
from core.reading.protocol import ReadAnswer
from core.reading.reading import ReadDigit, Reading
from tui.app import DigitsApp
from tui.processes.reader import ReaderState
from tui.screens.drawing import DrawingScreen
from tui.widgets.drawing.answer import Answer
from tui.widgets.shared.probabilities import Probabilities

TEXT = "407"
CONFIDENCES = (0.993, 0.62, 0.98)


class NumberReader(FakeReader):
    """Reads every drawing as 407, of which the 0 is unsure, and boxes each third of the pad as wide as its ink."""

    several = True
    rejected: ClassVar[set[int]] = set()

    def __init__(self, on_answer: Callable[[ReadAnswer], None], on_state: Callable[[ReaderState], None]) -> None:
        super().__init__(on_answer, on_state)
        self.strokes: list[object] = []

    def ask(self, bitmap: NDArray[np.uint8], strokes: object = None) -> int:
        self.strokes.append(strokes)
        if not self.several:
            return super().ask(bitmap)
        self.asked.append(bitmap.copy())
        digits = []
        third = bitmap.shape[1] // 3
        for place, (sign, confidence) in enumerate(zip(TEXT, CONFIDENCES, strict=True)):
            part = bitmap[:, place * third : (place + 1) * third]
            rows, columns = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
            probabilities = [(1 - confidence) / 9] * 10
            probabilities[int(sign)] = confidence
            left, top = place * third + int(columns[0]), int(rows[0])
            box = left, top, int(np.ptp(columns)) + 1, int(np.ptp(rows)) + 1
            seen = np.full((28, 28), place, np.uint8)
            digits.append(ReadDigit(int(sign), tuple(probabilities), 0.9 * (place in self.rejected), box, seen))
        least = min(digits, key=lambda each: each.certainty)
        return self.answer(
            Reading(
                least.digit, least.probabilities, least.seen, "/shipped.npz", 2.0, least.no_digit, 0.5, tuple(digits)
            )
        )


class NumberApp(DrawingApp):
    """The drawing screen with it."""

    SCREENS_OF_MODES: ClassVar[dict[str, Any]] = {
        **DigitsApp.SCREENS_OF_MODES,
        "drawing": lambda owners: DrawingScreen(owners, NumberReader),
    }


def put(app: DrawingApp) -> None:
    """Three digits on the pad, of which none comes near the others."""
    strokes = [
        Stroke(1.6, False, [(4 + 40 * place + 0.9 * (x - 8), 34 + y) for x, y in points])
        for place, sign in enumerate(TEXT)
        for points in SHAPES[int(sign)]
    ]
    app.pad.put(120, 120, strokes)


async def shown(pilot: Pilot[Any]) -> NumberApp:
    """The app with the number drawn and read."""
    app = pilot.app
    assert isinstance(app, NumberApp)
    put(app)
    await settled(pilot)
    return app


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test sets what the reader says otherwise."""
    monkeypatch.setattr(NumberReader, "several", True)
    monkeypatch.setattr(NumberReader, "rejected", set())


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
async def test_a_number_is_shown(size: tuple[int, int]) -> None:
    """The number, each digit's confidence beside and on the pad, and whose bars and 28×28 are shown."""
    async with NumberApp().run_test(size=size) as pilot:
        app = await shown(pilot)
        lines = [each.plain for each in app.screen.query_one(Answer).lines(9)]
        assert lines[0] == "407"
        assert lines[2:] == ["4 99.3%", "0 62.0%", "7 98.0%"]
        text = app.text()
        for part in ("99%", "62%", "98%", "Least sure: digit 2 of 3", "What the network sees of it"):
            assert part in text
        assert text.count("┌") == text.count("┐") == 3
        assert clipped(app) == [] and not scrollbars(app)
        reader = app.reader
        assert isinstance(reader, NumberReader)
        assert reader.strokes[-1] == app.pad.ink.strokes


async def test_marks_hide_no_ink() -> None:
    """Each cell that has ink looks as it does without the boxes."""
    async with NumberApp().run_test(size=(80, 24)) as pilot:
        app = await shown(pilot)
        pad = app.pad
        marked = [pad.render_line(y).text for y in range(pad.ink.height // 2)]
        pad.marks = ()
        bare = [pad.render_line(y).text for y in range(pad.ink.height // 2)]
        changed = [
            (x, y)
            for y, (one, other) in enumerate(zip(marked, bare, strict=True))
            for x in range(pad.ink.width)
            if one[x] != other[x]
        ]
        assert changed
        assert all(pad.ink.bitmap[2 * y : 2 * y + 2, x].max() <= 64 for x, y in changed)


@pytest.mark.parametrize("is_asked_again", [False, True])
async def test_a_reading_of_a_larger_pad_marks_nothing(is_asked_again: bool) -> None:
    """It arrives when the terminal has become smaller, before or after the reader was asked for the smaller drawing."""
    async with NumberApp().run_test(size=(300, 100)) as pilot:
        app = await shown(pilot)
        reading, name = app.drawing._reading, len(app.reader.asked)
        assert reading is not None and reading.digits[-1].box[0] > 80
        await pilot.resize_terminal(80, 24)
        await settled(pilot)
        assert app.pad.ink.width == 40 and len(app.reader.asked) > name
        if not is_asked_again:
            name = len(app.reader.asked)
            app.pad.marks = ()
            app.pad.ink.resize(20, 20)
        marks = app.pad.marks
        app.reader.on_answer(ReadAnswer(reading, name))
        await settled(pilot)
        assert app.pad.marks == marks and "407" in app.text()


async def test_what_is_no_digit_has_a_question_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the number, in the list and on the pad."""
    monkeypatch.setattr(NumberReader, "rejected", {2})
    async with NumberApp().run_test(size=(80, 24)) as pilot:
        app = await shown(pilot)
        lines = [each.plain for each in app.screen.query_one(Answer).lines(9)]
        assert lines[0] == "40?" and lines[-1].startswith("?")
        assert [mark.text for mark in app.pad.marks] == ["99%", "62%", "?"]
        # Its bars leave empty how probably it is none.
        assert sum(app.screen.query_one(Probabilities).values) == pytest.approx(0.1)
        assert [mark.doubtful for mark in app.pad.marks] == [False, True, True]


async def test_a_single_digit_has_no_box(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the drawing becomes one digit boxes and headings go; when it is wiped too."""
    async with NumberApp().run_test(size=(80, 24)) as pilot:
        app = await shown(pilot)
        marks = app.pad.marks
        assert len(marks) == 3
        monkeypatch.setattr(NumberReader, "several", False)
        put(app)
        await settled(pilot)
        assert app.pad.marks == () and "┌" not in app.text() and "How probable each digit is" in app.text()
        monkeypatch.setattr(NumberReader, "several", True)
        put(app)
        await settled(pilot)
        await pilot.press("c")
        await settled(pilot)
        assert app.pad.marks == () and "Least sure" not in app.text()


@pytest.mark.parametrize("keys", [["enter"], ["enter", "enter"], ["4"], ["4", "5"]])
async def test_a_number_is_not_kept(keys: list[str]) -> None:
    """It is said why, the drawing stays and nothing is in the set."""
    async with NumberApp().run_test(size=(80, 24)) as pilot:
        app = await shown(pilot)
        await pilot.press(*keys)
        await settled(pilot)
        assert "only single digits are kept" in app.text()
        assert not app.pad.ink.is_empty and sum(own_sets.counts(own_sets.active())) == 0


async def test_a_digit_that_was_taken_for_a_number_can_be_kept() -> None:
    """Whoever says twice that it is one digit knows better."""
    async with NumberApp().run_test(size=(80, 24)) as pilot:
        app = await shown(pilot)
        await pilot.press("4", "4")
        await settled(pilot)
        assert app.pad.ink.is_empty and own_sets.counts(own_sets.active())[4] == 1


def test_the_list_of_a_long_number() -> None:
    """Up to six digits one below the other, more in two columns, never wider than nine cells or higher than eight."""
    for many in (2, 6, 7, 9, 12):
        values = tuple([0.01] * 9 + [0.91])
        each = ReadDigit(9, values, 0.0, (0, 0, 5, 9), np.zeros((28, 28), np.uint8))
        answer = Answer()
        answer.set_reactive(Answer.reading, Reading(9, values, each.seen, "x", 1.0, digits=(each,) * many))
        lines = [line.plain for line in answer.lines(9)]
        assert len(lines) <= 8 and all(len(line) <= 9 for line in lines)
        assert "".join(lines[1:]).count("91") == many


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
def test_looks(snap_compare: Any, size: tuple[int, int]) -> None:
    """The screen looks as it did when somebody last looked at it."""

    async def draw(pilot: Pilot[Any]) -> None:
        await shown(pilot)
        await after()(pilot)

    assert snap_compare(NumberApp(), terminal_size=size, run_before=draw)
