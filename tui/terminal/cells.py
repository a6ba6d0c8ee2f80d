"""The cells that the terminal should show and those it does show: only differences are sent, as briefly as possible.

Textual paints regions: for each stretch it sends the position, all colours and a reset. Here each update goes into a
picture of the screen instead. Output is then whatever turns the terminal's current contents into that picture, however
many updates came in between, so outdated cells are never sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import repeat
from math import inf

from rich.cells import split_graphemes
from rich.color import Color, ColorSystem, ColorType
from rich.color_triplet import ColorTriplet
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

_ENDS = {"1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "6": "25", "7": "27", "8": "28", "9": "29",
         "21": "24", "51": "54", "52": "54", "53": "55"}  # fmt: skip
"""The code that ends each attribute of a cell; some codes end two attributes."""
_SEEN_ON_BLANKS = frozenset(("4", "7", "9", "21", "51", "52", "53"))
"""Attributes that are visible on a blank: lines and reversed colours."""
_BRIDGE = 6
"""At most this many unchanged cells are written again when that is shorter than moving the cursor past them."""
_STEPS = (0, 95, 135, 175, 215, 255)
_NUMBERS = {
    **{ColorTriplet(red, green, blue): 16 + 36 * r + 6 * g + b
       for r, red in enumerate(_STEPS) for g, green in enumerate(_STEPS) for b, blue in enumerate(_STEPS)},
    **{ColorTriplet(*[8 + 10 * step] * 3): 232 + step for step in range(24)},
}  # fmt: skip
"""The colours in the 256-colour palette; a palette number is shorter to send than a colour."""
_GREYS_APART = 10
"""Distance (of 255) between two greys of that palette. Ink is sent as the nearest one, at most half of it off."""


@dataclass(frozen=True, eq=False)
class CellStyle:
    """How a cell looks, apart from its character. Equal looks share one object."""

    attributes: frozenset[str]
    """SGR codes, such as `1` for bold."""
    ink: str | None
    """The code of the character's colour; empty for the terminal's default, None if no character is visible."""
    paper: str
    """The code of the background colour; empty for the terminal's default."""


Cell = tuple[str, CellStyle]
"""A character and its look. The character is empty in the second cell of a wide one."""
_Row = list[Cell | None]
_PLAIN = CellStyle(frozenset(), "", "")


_MOST_STYLES = 512
"""Styles whose looks are remembered. Textual makes one for each line of text that can be selected, and each is some
hundred bytes; that they look alike is known when they are looked up again."""
_MOST_LOOKS = 4096
"""Different looks that are remembered; each theme, grey and blend of two colours has its own."""
_MOST_CELLS = 2048
"""Different cells that are remembered."""


class TerminalCells:
    """What the terminal should show, and what it is known to show: at first nothing, then what was sent."""

    def __init__(self, colours: ColorSystem | None = ColorSystem.TRUECOLOR) -> None:
        """`colours` is the colour system that the terminal supports."""
        self._colours = colours or ColorSystem.TRUECOLOR
        self._looks: dict[Style | None, tuple[CellStyle, CellStyle]] = {}
        self._known: dict[tuple[frozenset[str], str | None, str], CellStyle] = {}
        self._cells: dict[Cell, Cell] = {}
        """Equal cells are one object: a screen of 300×100 has thirty thousand, but a few hundred different ones."""
        self._wanted: list[_Row] = []
        self._shown: list[_Row] = []
        self._touched: set[int] = set()
        """Rows that may differ."""
        self._pen: CellStyle | None = None
        self._place: tuple[int, int] | None = None
        """Column and row of the terminal's cursor; None if unknown."""

    @property
    def is_shown(self) -> bool:
        """Whether there is nothing to send."""
        return not self._touched

    def forget(self) -> None:
        """Assume nothing about what the terminal shows: another program used it, or its size changed."""
        self._shown = [[None] * len(row) for row in self._wanted]
        self._touched = set(range(len(self._wanted)))
        self._pen = self._place = None

    def resize(self, width: int, height: int) -> None:
        """Start again with this many columns and rows, if the size has changed."""
        if (width, height) != (len(self._wanted[0]) if self._wanted else 0, len(self._wanted)):
            self._wanted = [[None] * width for _ in range(height)]
            self.forget()

    # What is to be shown

    def take(self, update: CompositorUpdate) -> None:
        """Add an update to what the terminal should show."""
        for x, y, strip in _pieces(update):
            if 0 <= y < len(self._wanted):
                self._put(x, y, strip)

    def _put(self, x: int, y: int, strip: Strip) -> None:
        row, begin, cells = self._wanted[y], x, self._cells
        if len(cells) >= _MOST_CELLS:
            cells.clear()
        for text, style, control in strip:
            if control or not text:
                continue
            looks = self._looks.get(style)
            if looks is None:
                if len(self._looks) >= _MOST_STYLES:
                    self._looks.clear()
                if len(self._known) >= _MOST_LOOKS:
                    self._looks.clear()
                    self._known.clear()
                    self._cells.clear()
                looks = self._looks[style] = self._look(style)
            look, blank = looks
            for character, wide in _characters(text):
                if x + wide > len(row):
                    break
                if wide:
                    _part(row, x)
                    _part(row, x + wide)
                    cell = character, blank if character == " " else look
                    row[x] = cells.setdefault(cell, cell)
                    row[x + 1 : x + wide] = [("", look)] * (wide - 1)
                    x += wide
                elif x > begin:  # a combining character: it belongs to the one before
                    at = x - 1 if (last := row[x - 1]) is None or last[0] or x - 1 == begin else x - 2
                    if (last := row[at]) is not None:
                        row[at] = last[0] + character, last[1]
        self._touched.add(y)

    def _look(self, style: Style | None) -> tuple[CellStyle, CellStyle]:
        """The look of a style, and the look of its blanks, on which fewer attributes are visible."""
        if style is None:
            return self._one(frozenset(), "", ""), self._one(frozenset(), None, "")
        codes = Strip.render_ansi(style.without_color, self._colours)
        attributes = frozenset(codes.split(";")) if codes else frozenset[str]()
        ink, paper = self._colour(style.color, True), self._colour(style.bgcolor, False)
        look = self._one(attributes, ink, paper)
        seen = attributes & _SEEN_ON_BLANKS
        return look, (look if seen else self._one(seen, None, paper))

    def _one(self, attributes: frozenset[str], ink: str | None, paper: str) -> CellStyle:
        return self._known.setdefault((attributes, ink, paper), CellStyle(attributes, ink, paper))

    def _colour(self, colour: Color | None, ink: bool) -> str:
        if colour is None:
            return ""
        sent = colour.downgrade(self._colours)
        if sent.type is ColorType.TRUECOLOR and sent.triplet is not None:
            number = _NUMBERS.get(sent.triplet, _grey(sent.triplet))
            if number is not None:
                return f"{38 if ink else 48};5;{number}"
        return ";".join(sent.get_ansi_codes(ink))

    # What is sent

    def paint(self, most: float = inf, within: Region | None = None) -> str:
        """The output that makes the terminal show what it should, or about the first `most` bytes of it.

        `within` limits it to a region. What is returned counts as shown.
        """
        sent: list[str] = []
        size = 0
        for y in sorted(self._touched):
            begin, end = 0, len(self._wanted[y])
            if within is not None:
                if not within.y <= y < within.bottom:
                    continue
                begin, end = max(begin, within.x), min(end, within.right)
            for piece in self._changes(y, begin, end):
                sent.append(piece)
                size += len(piece.encode())
                if size >= most:
                    return "".join(sent)
            if self._wanted[y] == self._shown[y]:
                self._touched.discard(y)
        return "".join(sent)

    def move(self, x: int, y: int) -> str:
        """The output that moves the terminal's cursor there."""
        moved, self._place = self._to(x, y), (x, y)
        return moved

    def _changes(self, y: int, begin: int, end: int) -> Iterator[str]:
        """Yield the output for each stretch of changed cells with one look."""
        wanted, shown = self._wanted[y], self._shown[y]
        x = begin
        while x < end:
            cell = wanted[x]
            if cell is None or cell == shown[x]:
                x += 1
                continue
            if not cell[0] and x:
                x -= 1  # the right half of a wide character is sent with its left one
                shown[x], cell = None, wanted[x]
                assert cell is not None
            where, look = self._to(x, y), cell[1]
            text: list[str] = []
            composed = False
            while x < len(wanted):
                cell = wanted[x]
                if cell is None or cell[1] is not look or (cell[0] and (composed or x >= end or cell == shown[x])):
                    break
                text.append(cell[0])
                shown[x] = cell
                composed |= len(cell[0]) > 1
                x += 1
            # Terminals disagree on the width of several characters that combine into one.
            self._place = (x, y) if x < len(wanted) and not composed else None
            yield where + self._dressed(look) + "".join(text)

    def _to(self, x: int, y: int) -> str:
        """The output that moves the cursor there. Moves are absolute: terminals disagree on some characters' widths."""
        if self._place == (x, y):
            return ""
        if self._place is None or self._place[1] != y:
            return f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H"
        move = f"\x1b[{x + 1}G"
        if 0 < x - self._place[0] <= _BRIDGE and self._pen is not None:
            between = [cell for cell in self._shown[y][self._place[0] : x] if cell and not _codes(self._pen, cell[1])]
            again = "".join(cell[0] for cell in between)
            if len(between) == x - self._place[0] and len(again.encode()) <= len(move):
                return again
        return move

    def _dressed(self, look: CellStyle) -> str:
        """The output that sets the terminal's pen to this look."""
        if self._pen is None:
            codes = ["0", *_codes(_PLAIN, look)]
            self._pen = _PLAIN
        else:
            codes = _codes(self._pen, look)
        if not codes:
            return ""
        self._pen = self._one(
            look.attributes if look.ink is not None else self._left(look),
            self._pen.ink if look.ink is None else look.ink,
            look.paper,
        )
        return f"\x1b[{';'.join(codes)}m"

    def _left(self, blank: CellStyle) -> frozenset[str]:
        """The pen's attributes after a blank, which ends only those that would be visible on it."""
        assert self._pen is not None
        return (self._pen.attributes - _SEEN_ON_BLANKS) | blank.attributes


def _characters(text: str) -> Iterable[tuple[str, int]]:
    """The graphemes of a text, each with its width in cells as Textual counts it."""
    return zip(text, repeat(1), strict=False) if text.isascii() else _graphemes(text)


@lru_cache(256)  # a screen's worth
def _graphemes(text: str) -> list[tuple[str, int]]:
    # A file name that is not UTF-8 contains surrogates, which cannot be encoded.
    whole = text.encode(errors="replace").decode()
    return [_grapheme(whole[start:end], cells) for start, end, cells in split_graphemes(whole)[0]]


@lru_cache(1024)
def _grapheme(text: str, cells: int) -> tuple[str, int]:
    """The pair of them, one object for all that are equal: the lines of a large terminal would take 20 KiB each."""
    return text, cells


def _grey(colour: ColorTriplet) -> int | None:
    """The palette number of the nearest grey; None if the colour is not a grey, or is too dark or too light."""
    step = round((colour.red - 8) / _GREYS_APART)
    return 232 + step if len(set(colour)) == 1 and 0 <= step < 24 else None


def _part(row: _Row, x: int) -> None:
    """If position `x` splits a wide character, replace both halves with blanks."""
    if 0 < x < len(row) and (right := row[x]) is not None and not right[0]:
        row[x - 1 : x + 1] = [(" ", right[1])] * 2


def _codes(pen: CellStyle, look: CellStyle) -> list[str]:
    """The SGR codes that change a pen to this look; empty if it has it already."""
    if pen is look:
        return []
    too_many = pen.attributes - look.attributes
    if look.ink is None:
        too_many &= _SEEN_ON_BLANKS
    ends = {_ENDS[each] for each in too_many if each in _ENDS}
    left = {each for each in pen.attributes if _ENDS.get(each) not in ends}
    codes = [*sorted(ends), *sorted(look.attributes - left)]
    if look.ink is not None and look.ink != pen.ink:
        codes.append(look.ink or "39")
    if look.paper != pen.paper:
        codes.append(look.paper or "49")
    return codes


def _pieces(update: CompositorUpdate) -> Iterator[tuple[int, int, Strip]]:
    """Yield column, row and strip of each piece of a row that an update changes."""
    if isinstance(update, LayoutUpdate):
        for y, line in enumerate(update.strips, update.region.y):
            x = update.region.x
            for strip in line:
                yield x, y, strip
                x += strip.cell_length
    elif isinstance(update, ChopsUpdate):
        for y, begin, end in update.spans:
            for stop, (x, piece) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
                # The rest of a piece is outside the update, and may lie under something that was not rendered.
                left, right = max(x, begin), min(stop, end)
                if piece is not None and left < right:
                    yield left, y, piece.crop(left - x, right - x)
