"""The catalogue as a table that fits its width and so never scrolls sideways."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.coordinate import Coordinate
from textual.message import Message
from textual.widgets import DataTable

from core.data.catalogue import Entry

_IMAGES, _CLASSES, _STATE, _SOURCE = 9, 7, 16, 19  # cells; the state gets more if there is room
_WIDE = 110


class CatalogueTable(DataTable[Text], inherit_bindings=False):
    """One row per entry; the entry under the cursor is the chosen one."""

    BINDING_GROUP_TITLE = "Table"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select_cursor", "Go to the start button", show=False),
        Binding("up", "cursor_up", "Set above", show=False),
        Binding("down", "cursor_down", "Set below", show=False),
        Binding("pageup", "page_up", "Page up", show=False),
        Binding("pagedown", "page_down", "Page down", show=False),
        Binding("home,ctrl+home", "scroll_top", "First set", show=False),
        Binding("end,ctrl+end", "scroll_bottom", "Last set", show=False),
    ]
    DEFAULT_CSS = """
    CatalogueTable {
        background: transparent;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
    }
    """

    class Chosen(Message):
        """Another entry was chosen, or the same one may have changed."""

    def __init__(self, *, id: str, classes: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes, cursor_type="row")
        self._entries: Sequence[Entry] = ()
        self._chosen = ""

    @property
    def names(self) -> list[str]:
        """The names of all entries, from top to bottom."""
        return [entry.name for entry in self._entries]

    @property
    def chosen(self) -> Entry | None:
        """The entry under the cursor; None in an empty table."""
        return next((entry for entry in self._entries if entry.name == self._chosen), None)

    def show(self, entries: Sequence[Entry], chosen: str = "") -> None:
        """Show `entries` with the cursor on `chosen`, else on the entry that was chosen before, else on the first."""
        self._entries = entries
        names = [entry.name for entry in entries]
        wanted = [name for name in (chosen, self._chosen, *names[:1]) if name in names]
        self._chosen = wanted[0] if wanted else ""
        self._fill()
        self.post_message(self.Chosen())

    def validate_cursor_coordinate(self, value: Coordinate) -> Coordinate:
        """Keep the cursor of an empty table where its first row will be; Textual moves it above that."""
        row, column = super().validate_cursor_coordinate(value)
        return Coordinate(max(0, row), max(0, column))

    def on_resize(self) -> None:
        """Adapt the columns to the new width."""
        self._fill()

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        """Note the entry under the cursor, unless the table is being filled."""
        name = event.row_key.value
        if name is not None and name != self._chosen:
            self._chosen = name
            self.post_message(self.Chosen())

    def _fill(self) -> None:
        if not self.size.width:
            return
        state = _STATE if self.size.width < _WIDE else 2 * _STATE
        room = self.size.width - 1 - 5 * 2 * self.cell_padding - _IMAGES - _CLASSES - state
        source = max(_SOURCE, room // 2)
        widths = {"Name": room - source, "Images": _IMAGES, "Classes": _CLASSES, "Source": source, "State": state}
        with self.prevent(DataTable.RowHighlighted):
            self.clear(columns=True)
            for name, width in widths.items():
                figures = name in ("Images", "Classes")
                self.add_column(Text(name, justify="right" if figures else "left"), width=width)
            for entry in self._entries:
                self.add_row(
                    _beginning(entry.title, widths["Name"]),
                    _figure(entry.images),
                    _figure(entry.classes),
                    _end(entry.source, source),
                    _beginning(entry.state, state),
                    key=entry.name,
                )
            if self.chosen is not None:
                self.move_cursor(row=self.get_row_index(self._chosen))


def _figure(count: int | None) -> Text:
    return Text("" if count is None else f"{count:,}", justify="right")


def _beginning(text: str, width: int) -> Text:
    return Text(text if len(text) <= width else text[: width - 1] + "…")


def _end(text: str, width: int) -> Text:
    """`text` cut at its start: the end of a path says more."""
    return Text(text if len(text) <= width else "…" + text[1 - width :])
