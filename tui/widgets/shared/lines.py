"""Lines of text; only their changed cells are sent."""

from __future__ import annotations

from itertools import zip_longest

from rich.cells import cell_len, set_cell_size
from textual.content import Content
from textual.geometry import Region
from textual.widget import Widget


class Lines(Widget):
    """Base of the panels that show figures: a subclass writes its lines for the given width."""

    DEFAULT_CSS = """
    Lines { height: auto; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._lines: list[Content] = []

    def lines(self, width: int) -> list[Content]:
        """What to show in `width` cells, one content per line."""
        raise NotImplementedError

    def renew(self) -> None:
        """Write the lines again, and send what changed."""
        before, self._lines = self._lines, self.lines(self.size.width) if self.size.width else []
        height = self.styles.height
        if len(before) != len(self._lines) and (height is None or height.is_auto):
            self.refresh(layout=True)
            return
        changed = [
            Region(cells.start, y, len(cells), 1)
            for y, (old, new) in enumerate(zip_longest(before, self._lines, fillvalue=Content()))
            if (cells := _differing(old, new, self.size.width))
        ]
        if changed:
            self.refresh(*changed)

    def on_resize(self) -> None:
        """Write for the new width."""
        self.renew()

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """One row per line."""
        return len(self.lines(width))

    def render(self) -> Content:
        """The lines, one below the other."""
        return Content("\n").join(self._lines)


def _differing(old: Content, new: Content, width: int) -> range:
    """The range from the first to the last cell in which two lines of `width` cells differ.

    One range per line: Textual sends a row from the widget's left edge to the end of each region in it.
    """
    if old.is_same(new):
        return range(0)
    if old.cell_length != len(old) or new.cell_length != len(new):
        return range(width)  # with wide characters, positions in the text are not positions on the screen
    pairs = zip_longest(_cells(old)[:width], _cells(new)[:width])
    changed = [x for x, (before, after) in enumerate(pairs) if before != after]
    return range(changed[0], changed[-1] + 1) if changed else range(0)


def _cells(line: Content) -> list[tuple[object, ...]]:
    """Each character of a line with its styles."""
    cells: list[tuple[object, ...]] = [(character,) for character in line.plain]
    for span in line.spans:
        for index in range(span.start, min(span.end, len(cells))):
            cells[index] += (span.style,)
    return cells


def meter(fraction: float, width: int, style: str) -> Content:
    """A bar of `width` cells, filled by `fraction`, 0 to 1, in steps of half a cell."""
    halves = round(min(1.0, max(0.0, fraction)) * 2 * width)
    full, half = divmod(halves, 2)
    return Content.assemble(
        ("━" * full + "╸" * half, style),
        ("─" * (width - full - half), "$foreground 20%"),
    )


def fit(text: str, width: int) -> str:
    """`text` in `width` cells, with its end replaced by an ellipsis if it is longer."""
    return text if cell_len(text) <= width else set_cell_size(text, max(0, width - 1)) + "…"
