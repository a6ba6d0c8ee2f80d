"""What stands beside the pad: the bars, the large answer and the bitmap in half blocks."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from rich.color import Color
from textual.app import App, ComposeResult
from textual.widget import Widget

from core.reading.reading import Reading
from tui.widgets.drawing.answer import Answer
from tui.widgets.shared.probabilities import Probabilities
from tui.widgets.shared.thumbnail import Thumbnail, half_blocks


class Showing(App[None]):
    """One widget in a corner."""

    def __init__(self, widget: Widget, width: int | None = None, height: int | None = None) -> None:
        super().__init__()
        self.widget = widget
        if width is not None:
            widget.styles.width = width
        if height is not None:
            widget.styles.height = height

    def compose(self) -> ComposeResult:
        yield self.widget

    def lines(self) -> list[str]:
        """The widget as the terminal shows it, without colour."""
        x, y, width, height = self.widget.region
        strips = self.screen._compositor.render_strips()
        return [strip.text[x : x + width] for strip in strips[y : y + height]]


def reading(*probabilities: float) -> Reading:
    """A reading with these ten probabilities."""
    digit = int(np.argmax(probabilities)) if any(probabilities) else None
    return Reading(digit, probabilities, np.zeros((28, 28), np.uint8), "x.npz", 1.0)


async def test_ten_bars_with_figures() -> None:
    """In one column: each digit, a bar of its length, and its probability in per cent."""
    widget = Probabilities()
    app = Showing(widget, 50, 10)
    async with app.run_test(size=(80, 24)) as pilot:
        widget.values = (0.0, 0.25, 0.5, 0.0, 0.001, 0.0, 0.0, 0.249, 0.0, 0.0)
        await pilot.pause()
        lines = app.lines()
        assert [line[0] for line in lines] == list("0123456789")
        assert [line.split()[-1] for line in lines[:5]] == ["0.0%", "25.0%", "50.0%", "0.0%", "0.1%"]
        assert [line.count("█") for line in lines[:3]] == [0, 10, 20]


async def test_two_columns_of_five_where_it_is_low() -> None:
    """In 37 columns and five rows all ten bars and figures are there, and nothing is cut."""
    widget = Probabilities()
    app = Showing(widget, 37, 5)
    async with app.run_test(size=(80, 24)) as pilot:
        widget.values = (0.0,) * 8 + (1.0, 0.0)
        await pilot.pause()
        assert [line[0] + line[19] for line in app.lines()] == ["05", "16", "27", "38", "49"]
        assert app.lines()[3].rstrip().endswith("8 ████████  99.9%")


async def test_nothing_read_has_no_figures() -> None:
    """Without a drawing there are digits and empty bars."""
    app = Showing(Probabilities(), 37, 5)
    async with app.run_test(size=(80, 24)):
        assert "%" not in "".join(app.lines()) and "█" not in "".join(app.lines())


@pytest.mark.parametrize(
    ("most", "none", "word", "rival"),
    [
        (0.99, 0.0, "sure", None),
        (0.8, 0.0, "likely", "or 4?"),
        (0.55, 0.0, "unsure", "or 4?"),
        (0.99, 0.4, "unsure", "or none?"),
    ],
)
async def test_the_answer_is_large_and_says_how_sure(most: float, none: float, word: str, rival: str | None) -> None:
    """Five rows of digit, then how probably it is this digit and one at all, the word for it, and what comes near."""
    widget = Answer()
    app = Showing(widget)
    async with app.run_test(size=(80, 24)) as pilot:
        rest = 1 - most
        widget.reading = dataclasses.replace(reading(0, 0, 0, 0, rest, 0, 0, most, 0, 0), no_digit=none)
        await pilot.pause()
        lines = [line.rstrip() for line in app.lines()]
        assert lines[:5] == ["████████", "      ██", "    ██", "  ██", "  ██"]
        assert lines[5:7] == [f"{most * (1 - none):.1%}", word]
        assert lines[7:] == ([rival] if rival else [])


async def test_what_is_no_digit_is_said_so() -> None:
    """A question mark and words take the place of the digit and its probability."""
    widget = Answer()
    app = Showing(widget)
    async with app.run_test(size=(80, 24)) as pilot:
        read = reading(0, 0, 0, 0, 0.1, 0, 0, 0.9, 0, 0)
        widget.reading = dataclasses.replace(read, no_digit=0.8, threshold=0.5)
        await pilot.pause()
        lines = [line.strip() for line in app.lines()]
        assert lines[5:] == ["not a", "digit"]
        assert "90" not in "".join(lines)


@pytest.mark.parametrize("nothing", [None, reading(*(0.0,) * 10)])
async def test_the_answer_to_nothing(nothing: Reading | None) -> None:
    """Where nothing is drawn it says what to do."""
    widget = Answer()
    widget.reading = nothing
    app = Showing(widget)
    async with app.run_test(size=(80, 24)):
        assert " ".join(line.strip() for line in app.lines()) == "Draw something"


def test_half_blocks_without_colours() -> None:
    """Upper and lower pixels become the four glyphs; an odd last row has nothing below it."""
    bitmap = np.array([[0, 255, 0, 255], [0, 0, 255, 255], [255, 0, 200, 60]], np.uint8)
    assert [strip.text for strip in half_blocks(bitmap)] == [" ▀▄█", "▀ ▀ "]


def _red(colour: Color | None) -> int:
    assert colour is not None and colour.triplet is not None
    return colour.triplet.red


def test_half_blocks_in_colours_hold_every_pixel() -> None:
    """Read back from its strips, each pixel has the colour of its level, and equal cells share a segment."""
    colours = tuple(Color.from_rgb(level, level, level) for level in range(8))
    rng = np.random.default_rng(0)
    bitmap = rng.choice(np.array([0, 1, 100, 255], np.uint8), (12, 9))
    bitmap[0:2] = 255
    expected = np.ceil(bitmap / 255 * 7)
    strips = half_blocks(bitmap, colours)
    assert len(strips) == 6 and len(list(strips[0])) == 1
    for row, strip in enumerate(strips):
        cells = [(segment.text[0], segment.style) for segment in strip for _ in segment.text]
        for column, (glyph, style) in enumerate(cells):
            assert style is not None
            bottom = _red(style.bgcolor)
            top = _red(style.color) if glyph == "▀" else bottom
            assert (top, bottom) == (expected[2 * row, column], expected[2 * row + 1, column])


async def test_a_thumbnail_takes_its_bitmap_s_size() -> None:
    """28 pixels are 28 columns and 14 rows, at twice the scale 56 and 28, and nothing where there is none."""
    widget = Thumbnail(np.full((28, 28), 255, np.uint8))
    app = Showing(widget)
    async with app.run_test(size=(80, 40)) as pilot:
        assert widget.size == (28, 14)
        widget.scale = 2
        await pilot.pause()
        assert widget.size == (56, 28)
        widget.bitmap = None
        await pilot.pause()
        assert widget.size.area == 0


async def test_a_thumbnail_is_readable_without_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    """With NO_COLOR ink is drawn by glyphs alone, and a new bitmap takes the place of the old one."""
    monkeypatch.setenv("NO_COLOR", "1")
    bitmap = np.zeros((4, 4), np.uint8)
    bitmap[1:3, 1:3] = 255
    widget = Thumbnail(bitmap)
    app = Showing(widget)
    async with app.run_test(size=(80, 24)) as pilot:
        assert app.lines() == [" ▄▄ ", " ▀▀ "]
        widget.bitmap = 255 - bitmap
        await pilot.pause()
        assert app.lines() == ["█▀▀█", "█▄▄█"]
