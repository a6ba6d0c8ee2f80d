"""The cells that the terminal is to show, and those that it shows: only what differs is sent, as briefly as it can be.

Textual paints regions: each stretch of them with the place where it begins, all of its colours, and an end to them.
Here each update goes into a picture of the screen. What is sent later brings the terminal from what it shows to that
picture, however many updates came in between, so that nothing that is out of date is ever sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
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
"""What takes back each attribute of a cell; some take back two."""
_SEEN_ON_BLANKS = frozenset(("4", "7", "9", "21", "51", "52", "53"))
"""Attributes that are seen where there is no character: lines, and the colours reversed."""
_BRIDGE = 6
"""Cells that are written again, where that is shorter than to say where to go on."""
_STEPS = (0, 95, 135, 175, 215, 255)
_NUMBERS = {
    **{ColorTriplet(red, green, blue): 16 + 36 * r + 6 * g + b
       for r, red in enumerate(_STEPS) for g, green in enumerate(_STEPS) for b, blue in enumerate(_STEPS)},
    **{ColorTriplet(*[8 + 10 * step] * 3): 232 + step for step in range(24)},
}  # fmt: skip
"""The colours that have a number in the palette of 256, which is shorter to send than the colour."""
_GREYS_APART = 10
"""Of 255, between two greys of that palette: the ink's shades are sent by the nearest, which is half of it off."""


@dataclass(frozen=True, eq=False)
class CellStyle:
    """How a cell looks, but for its character. There is one object for each look."""

    attributes: frozenset[str]
    """Codes, such as `1` for bold."""
    ink: str | None
    """The code of the character's colour; empty for the terminal's own, None where no character is seen."""
    paper: str
    """The code of what is behind it; empty for the terminal's own."""


Cell = tuple[str, CellStyle]
"""A character, empty in the second cell of one that is two cells wide, and its look."""
_Row = list[Cell | None]
_PLAIN = CellStyle(frozenset(), "", "")


class TerminalCells:
    """What the terminal is to show. Nothing is known of what it shows until that was sent."""

    def __init__(self, colours: ColorSystem | None = ColorSystem.TRUECOLOR) -> None:
        """`colours` are those that the terminal knows."""
        self._colours = colours or ColorSystem.TRUECOLOR
        self._looks: dict[Style | None, tuple[CellStyle, CellStyle]] = {}
        self._known: dict[tuple[frozenset[str], str | None, str], CellStyle] = {}
        self._wanted: list[_Row] = []
        self._shown: list[_Row] = []
        self._touched: set[int] = set()
        """Rows in which something may differ."""
        self._pen: CellStyle | None = None
        self._place: tuple[int, int] | None = None
        """Where the terminal's cursor is, column and row; None where that is not known."""

    @property
    def is_shown(self) -> bool:
        """Whether there is nothing to send."""
        return not self._touched

    def forget(self) -> None:
        """Know nothing of what the terminal shows: it was another's for a while, or has another size."""
        self._shown = [[None] * len(row) for row in self._wanted]
        self._touched = set(range(len(self._wanted)))
        self._pen = self._place = None

    def resize(self, width: int, height: int) -> None:
        """Begin anew with so many cells, where they are others than before."""
        if (width, height) != (len(self._wanted[0]) if self._wanted else 0, len(self._wanted)):
            self._wanted = [[None] * width for _ in range(height)]
            self.forget()

    # What is to be shown

    def take(self, update: CompositorUpdate) -> None:
        """Have the terminal show what is in this update."""
        for x, y, strip in _pieces(update):
            if 0 <= y < len(self._wanted):
                self._put(x, y, strip)

    def _put(self, x: int, y: int, strip: Strip) -> None:
        row, begin = self._wanted[y], x
        for text, style, control in strip:
            if control or not text:
                continue
            looks = self._looks.get(style)
            if looks is None:
                looks = self._looks[style] = self._look(style)
            look, blank = looks
            for character, wide in _characters(text):
                if x + wide > len(row):
                    break
                if wide:
                    _part(row, x)
                    _part(row, x + wide)
                    row[x] = character, blank if character == " " else look
                    row[x + 1 : x + wide] = [("", look)] * (wide - 1)
                    x += wide
                elif x > begin:  # it stands on the one before
                    at = x - 1 if (last := row[x - 1]) is None or last[0] or x - 1 == begin else x - 2
                    if (last := row[at]) is not None:
                        row[at] = last[0] + character, last[1]
        self._touched.add(y)

    def _look(self, style: Style | None) -> tuple[CellStyle, CellStyle]:
        """The look of a style, and that of its blanks, of which less is seen."""
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
        """What makes the terminal show what it is to show, or no more than about `most` bytes of it.

        `within` are the cells to look at, by default all. What is returned counts as shown.
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
        """What puts the terminal's cursor there."""
        moved, self._place = self._to(x, y), (x, y)
        return moved

    def _changes(self, y: int, begin: int, end: int) -> Iterator[str]:
        """One piece for each stretch of cells of one look that changed."""
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
            # Terminals differ in how many cells they give to several characters that make one.
            self._place = (x, y) if x < len(wanted) and not composed else None
            yield where + self._dressed(look) + "".join(text)

    def _to(self, x: int, y: int) -> str:
        """What brings the cursor there. Places are absolute: terminals differ in how wide some characters are."""
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
        """What changes the terminal's pen so that what it writes looks so."""
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
        """The pen's attributes after a blank, which takes back only those that would be seen on it."""
        assert self._pen is not None
        return (self._pen.attributes - _SEEN_ON_BLANKS) | blank.attributes


@lru_cache(4096)
def _characters(text: str) -> list[tuple[str, int]]:
    """What a person takes for one character, and how many cells it takes, as Textual counts them."""
    if text.isascii():
        return [(character, 1) for character in text]
    # A name that is not UTF-8 holds halves of characters, which cannot be sent.
    whole = text.encode(errors="replace").decode()
    return [(whole[start:end], cells) for start, end, cells in split_graphemes(whole)[0]]


def _grey(colour: ColorTriplet) -> int | None:
    """The number of the grey next to this one; None for what is no grey, or is too dark or too light."""
    step = round((colour.red - 8) / _GREYS_APART)
    return 232 + step if len(set(colour)) == 1 and 0 <= step < 24 else None


def _part(row: _Row, x: int) -> None:
    """Make a blank of each half of the wide character that a place in a row is in the middle of."""
    if 0 < x < len(row) and (right := row[x]) is not None and not right[0]:
        row[x - 1 : x + 1] = [(" ", right[1])] * 2


def _codes(pen: CellStyle, look: CellStyle) -> list[str]:
    """What makes a pen write in this look; nothing where it does."""
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
    """Column, row and strip of all that an update changes, in pieces of a row."""
    if isinstance(update, LayoutUpdate):
        for y, line in enumerate(update.strips, update.region.y):
            x = update.region.x
            for strip in line:
                yield x, y, strip
                x += strip.cell_length
    elif isinstance(update, ChopsUpdate):
        for y, begin, end in update.spans:
            for stop, (x, piece) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
                # The rest of a piece was not asked for, and may be covered by what was not rendered.
                left, right = max(x, begin), min(stop, end)
                if piece is not None and left < right:
                    yield left, y, piece.crop(left - x, right - x)
