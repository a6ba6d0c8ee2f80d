"""What is sent to the terminal, against a terminal in memory that shows it."""

from __future__ import annotations

import random

import pyte
import pytest
from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from tui.terminal.cells import TerminalCells

WIDTH, HEIGHT = 24, 6
STYLES = [
    Style.parse(each)
    for each in (
        "#e4e4e4 on #121212",
        "bold #e4e4e4 on #121212",
        "dim #ff0000 on #121212",
        "reverse #e4e4e4 on #1c1c1c",
        "underline italic #0178d4 on #121212",
        "strike #0178d4 on #0178d4",
        "bold dim red on default",
        "none",
    )
]


def layout(rows: list[list[tuple[str, Style]]]) -> LayoutUpdate:
    """A whole screen of cells."""
    strips = [[Strip([Segment(*cell) for cell in row])] for row in rows]
    return LayoutUpdate(strips, Region(0, 0, WIDTH, HEIGHT))  # type: ignore[arg-type] # lists of strips


def new_canvas() -> TerminalCells:
    """One of that size."""
    canvas = TerminalCells(ColorSystem.TRUECOLOR)
    canvas.resize(WIDTH, HEIGHT)
    return canvas


class Shown:
    """A terminal."""

    def __init__(self) -> None:
        self.screen = pyte.Screen(WIDTH, HEIGHT)
        self.screen.reset_mode(pyte.modes.DECAWM)
        self._stream = pyte.Stream(self.screen)

    def feed(self, text: str) -> None:
        """Show it."""
        self._stream.feed(text)

    def cells(self) -> list[list[object]]:
        """What is seen of each cell: of a blank only what is behind it, and its lines."""
        return [[_seen(self.screen.buffer[y][x]) for x in range(WIDTH)] for y in range(HEIGHT)]


def _seen(cell: pyte.screens.Char) -> object:
    if cell.data == " " and not cell.reverse:
        ink = cell.fg if cell.underscore or cell.strikethrough else ""
        return cell.data, cell.bg, cell.underscore, cell.strikethrough, ink
    return cell


def screens(chance: random.Random, count: int) -> list[list[list[tuple[str, Style]]]]:
    """Screens, each of which differs from the one before in some cells."""
    rows = [[(" ", STYLES[0])] * WIDTH for _ in range(HEIGHT)]
    found = []
    for _ in range(count):
        for _ in range(chance.randrange(1, 30)):
            cell = chance.choice("ab  ▀█·┌⣿é"), chance.choice(STYLES)
            rows[chance.randrange(HEIGHT)][chance.randrange(WIDTH)] = cell
        found.append([list(row) for row in rows])
    return found


def test_the_terminal_shows_what_textual_would_have_sent() -> None:
    """Whatever changes from screen to screen, each cell looks as if all of the screen had been sent."""
    console = Console(color_system="truecolor", force_terminal=True)
    canvas, ours = new_canvas(), Shown()
    for rows in screens(random.Random(3), 60):
        update = layout(rows)
        theirs = Shown()
        theirs.feed(update.render_segments(console))
        canvas.take(update)
        ours.feed(canvas.paint())
        assert canvas.is_shown
        assert ours.cells() == theirs.cells()


def test_nothing_is_sent_for_what_is_shown_already() -> None:
    """The same screen again, or one that looks the same, is no byte."""
    canvas = new_canvas()
    rows = [[("x", STYLES[0])] * WIDTH for _ in range(HEIGHT)]
    canvas.take(layout(rows))
    assert canvas.paint()
    canvas.take(layout(rows))
    assert canvas.paint() == ""
    rows[2][3] = " ", STYLES[0]
    canvas.take(layout(rows))
    assert canvas.paint()
    rows[2][3] = " ", STYLES[1]  # a blank in bold is a blank
    canvas.take(layout(rows))
    assert canvas.paint() == ""


def test_one_cell_is_some_bytes() -> None:
    """A character that changes costs its place and itself, and its colour only where that is another than before."""
    canvas = new_canvas()
    rows = [[("x", STYLES[0])] * WIDTH for _ in range(HEIGHT)]
    canvas.take(layout(rows))
    canvas.paint()
    rows[2][3] = "y", STYLES[0]
    canvas.take(layout(rows))
    assert canvas.paint() == "\x1b[3;4Hy"
    rows[2][4] = "z", STYLES[0]
    canvas.take(layout(rows))
    assert canvas.paint() == "z"
    rows[2][7] = "z", STYLES[0]
    canvas.take(layout(rows))
    assert canvas.paint() == "xxz"  # shorter than to say where


def test_what_is_out_of_date_is_never_sent() -> None:
    """Of several updates between two sendings only the last one is sent."""
    canvas = new_canvas()
    rows = [[(" ", STYLES[0])] * WIDTH for _ in range(HEIGHT)]
    canvas.take(layout(rows))
    canvas.paint()
    for character in "abcdefg":
        rows[1][1] = character, STYLES[0]
        canvas.take(layout(rows))
    assert canvas.paint().endswith("g")
    assert canvas.paint() == ""


def test_a_part_first_and_the_rest_in_pieces() -> None:
    """Cells that are asked for first are sent first; a limit is kept, and all arrives in the end."""
    console = Console(color_system="truecolor", force_terminal=True)
    canvas, ours, theirs = new_canvas(), Shown(), Shown()
    rows = screens(random.Random(5), 9)[-1]
    update = layout(rows)
    theirs.feed(update.render_segments(console))
    canvas.take(update)
    part = Region(4, 2, 10, 3)
    ours.feed(canvas.paint(within=part))
    for y in range(part.y, part.bottom):
        assert ours.cells()[y][part.x : part.right] == theirs.cells()[y][part.x : part.right]
    assert ours.screen.display[0].strip() == ""
    for _ in range(500):
        if canvas.is_shown:
            break
        piece = canvas.paint(20)
        assert len(piece.encode()) < 20 + 3 * WIDTH + 60  # no more than one stretch above it
        ours.feed(piece)
    assert ours.cells() == theirs.cells()


def test_wide_characters_keep_both_halves() -> None:
    """A character of two cells is replaced, moved and covered as a whole."""
    canvas, ours = new_canvas(), Shown()
    for line in ("a漢字b", "漢字ab", "x字  b", "漢x漢y", "ab漢漢"):
        text = line + " " * (WIDTH - sum(2 if ord(each) > 0x2000 else 1 for each in line))
        rows = [[(text, STYLES[0])]] + [[(" " * WIDTH, STYLES[0])]] * (HEIGHT - 1)
        canvas.take(layout(rows))
        ours.feed(canvas.paint())
        assert ours.screen.display[0].rstrip() == line.rstrip()


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("a\ud800b", ["a", "?", "b"]),  # half a character, of a name that is not UTF-8
        ("e\u0301!", ["e\u0301", "!"]),
        ("カ\u3099!", ["カ\u3099", "", "!"]),  # a mark on a character of two cells
        ("\u2764\ufe0f!", ["\u2764\ufe0f", "", "!"]),
        ("\U0001f469\u200d\U0001f52c!", ["\U0001f469\u200d\U0001f52c", "", "!"]),
    ],
)
def test_what_is_one_character_to_a_person_is_one(text: str, cells: list[str]) -> None:
    """It takes as many cells as Textual gave it; what comes after it is placed anew, since terminals differ."""
    canvas = new_canvas()
    rest = "." * (WIDTH - len(cells))
    canvas.take(layout([[(text + rest, STYLES[0])]] + [[(" " * WIDTH, STYLES[0])]] * (HEIGHT - 1)))
    row = canvas._wanted[0]
    assert [cell[0] for cell in row[: len(cells) + 1] if cell is not None] == [*cells, "."]
    sent = canvas.paint()
    assert sent.encode()
    wide = [number for number, cell in enumerate(cells) if len(cell) > 1]
    for number in wide:
        after = number + 1 + (cells[number + 1] == "")
        assert cells[number] + f"\x1b[1;{after + 1}H" + cells[after] in sent


def test_a_forgotten_terminal_is_painted_anew() -> None:
    """After another program has written on it, all is sent, whatever was sent before."""
    canvas, ours = new_canvas(), Shown()
    rows = screens(random.Random(7), 3)[-1]
    canvas.take(layout(rows))
    ours.feed(canvas.paint())
    before = ours.cells()
    ours.feed("\x1b[0m\x1b[2Jsomething else")
    canvas.forget()
    ours.feed(canvas.paint())
    assert ours.cells() == before


def test_fewer_colours_where_the_terminal_has_fewer() -> None:
    """A terminal of sixteen colours is sent no others."""
    canvas = TerminalCells(ColorSystem.STANDARD)
    canvas.resize(WIDTH, HEIGHT)
    canvas.take(layout(screens(random.Random(1), 5)[-1]))
    sent = canvas.paint()
    assert sent
    assert "38;2" not in sent and "38;5" not in sent and "48;2" not in sent


def test_greys_are_sent_by_number_and_look_the_same() -> None:
    """A grey is no further than five of 255 from what it should be; other colours are what they should be."""
    for level in range(8, 243):
        canvas, ours = new_canvas(), Shown()
        canvas.take(layout([[("x" * WIDTH, Style.parse(f"rgb({level},{level},{level}) on rgb(1,2,3)"))]]))
        ours.feed(canvas.paint())
        cell = ours.screen.buffer[0][0]
        assert abs(int(cell.fg[:2], 16) - level) <= 5
        assert cell.bg == "010203"
