"""The layout of a page of files: images before and after, with text beside or below them."""

from __future__ import annotations

from dataclasses import dataclass

from textual.geometry import Offset, Region, Size

GAP = 2
"""Columns between two cards, and between images and the text beside them."""
_BESIDE = 18
"""Columns that the text needs beside images; with fewer it goes below them."""


@dataclass(frozen=True)
class Slot:
    """The place of one image on a card."""

    x: int
    y: int
    side: int
    """Pixels on a side: this many columns and half as many rows."""
    is_after: bool
    is_other: bool
    """Whether it belongs to the second file of a pair."""


@dataclass(frozen=True)
class Card:
    """The places of the images and text of one file, or of a pair of files."""

    slots: tuple[Slot, ...]
    words: Region

    @property
    def size(self) -> Size:
        """Columns and rows of the whole card."""
        right = max([slot.x + slot.side for slot in self.slots] + [self.words.right])
        bottom = max([slot.y + slot.side // 2 for slot in self.slots] + [self.words.bottom])
        return Size(right, bottom)


@dataclass(frozen=True)
class Cards:
    """A page of equal cards."""

    card: Card
    columns: int
    rows: int

    @property
    def count(self) -> int:
        """Cards on a page."""
        return self.columns * self.rows

    def place(self, index: int) -> Region:
        """The region of the page's card `index`."""
        row, column = divmod(index, self.columns)
        width, height = self.card.size
        return Region(column * (width + GAP), row * (height + 1), width, height)

    def at(self, offset: Offset) -> int | None:
        """The index of the card at a cell; None if there is none."""
        return next((index for index in range(self.count) if self.place(index).contains_point(offset)), None)

    @classmethod
    def within(cls, size: Size, *, pairs: bool, large: bool) -> Cards:
        """As many cards as fit, but at least one.

        Large ones show the network's image at 28×28 pixels; `pairs` have the images of two files.
        """
        if large:
            card = _large_pair(size) if pairs else _large(size)
        else:
            card = _row(size, [(14, False), (14, True)] if pairs else [(14, False)])
        width, height = card.size
        return cls(card, max(1, (size.width + GAP) // (width + GAP)), max(1, (size.height + 1) // (height + 1)))


def _large(size: Size) -> Card:
    images = 57 + GAP
    columns = max(1, (size.width + GAP) // (images + _BESIDE + GAP))
    return _row(size, [(28, False)], most=min(2 * _BESIDE, (size.width + GAP) // columns - GAP - images))


def _large_pair(size: Size) -> Card:
    """Both files in a row, or one below the other, or the second one small beside the first with the text below."""
    if size.width >= 2 * 57 + 2 * GAP + _BESIDE:
        return _row(size, [(28, False), (28, True)])
    if size.height >= 29:
        slots = tuple(Slot(x, y, 28, is_after=x > 0, is_other=y > 0) for y in (0, 15) for x in (0, 29))
        return Card(slots, Region(57 + GAP, 0, max(_BESIDE, size.width - 57 - GAP), 29))
    slots = (
        Slot(0, 0, 28, is_after=False, is_other=False),
        Slot(29, 0, 28, is_after=True, is_other=False),
        Slot(57 + GAP, 0, 14, is_after=False, is_other=True),
        Slot(57 + GAP, 7, 14, is_after=True, is_other=True),
    )
    return Card(slots, Region(0, 14, size.width, 3))


def _row(size: Size, files: list[tuple[int, bool]], most: int | None = None) -> Card:
    """The images before and after for each of `files` (side, whether it is the other file) in a row.

    The text is beside them in up to `most` columns, by default all that are left, or below if that is too narrow.
    """
    slots: list[Slot] = []
    x = 0
    for side, is_other in files:
        slots += [Slot(x, 0, side, False, is_other), Slot(x + side + 1, 0, side, True, is_other)]
        x += 2 * side + 1 + GAP
    height = max(slot.side // 2 for slot in slots)
    left = size.width - x
    if (len(files) == 1 and files[0][0] < 28) or left < _BESIDE:
        return Card(tuple(slots), Region(0, height, x - GAP, 2))
    return Card(tuple(slots), Region(x, 0, left if most is None else min(most, left), height))
