"""The files of a folder, page by page: each image next to the 28×28 pixels that the network sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

from rich.segment import Segment
from rich.style import Style
from textual import events, work
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from core.checkup.finding import Picture
from core.data.amendments import Amendment
from tui.processes.decisions import said
from tui.widgets.check.caption import caption
from tui.widgets.check.cards import GAP, Card, Cards
from tui.widgets.check.image_line import CardInks, image_line
from tui.widgets.shared.image_look import Grey, Looks
from tui.widgets.shared.thumbnail import shades

_DIGITS = Binding.Group("Label", compact=True)


class BeforeAfter(Widget, can_focus=True):
    """Pages of cards; keys move the cursor and decide about the image under it."""

    ALLOW_SELECT = False
    BINDING_GROUP_TITLE = "Images"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "decide('leave out')", "Leave out"),
        *(Binding(str(digit), f"relabel({digit})", f"Label as {digit}", group=_DIGITS) for digit in range(10)),
        Binding("a", "accept", "Accept the suggested digit", show=False),
        Binding("b", "decide('withdraw')", "As is", tooltip="Withdraw the decision about this image"),
        Binding("o", "turn", "Other image of the pair", show=False),
        Binding("z", "size", "Smaller or larger images", show=False),
        Binding("enter,v", "open", "Why", key_display="⏎"),
        Binding("left", "move(-1)", "Previous image", show=False),
        Binding("right", "move(1)", "Next image", show=False),
        Binding("up", "move_row(-1)", "Row above", show=False),
        Binding("down", "move_row(1)", "Row below", show=False),
        Binding("pageup", "move_page(-1)", "Previous page", show=False),
        Binding("pagedown,space", "move_page(1)", "Next page", show=False),
        Binding("home", "go(0)", "First image", show=False),
        Binding("end", "go(-1)", "Last image", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "before-after--page",
        "before-after--name",
        "before-after--cursor",
        "before-after--decision",
        "before-after--detail",
    }
    # Images have the theme's background and the page is a shade off, so that their borders show.
    DEFAULT_CSS = """
    BeforeAfter {
        width: 1fr;
        height: 1fr;
        background: $background;
        color: $foreground;
        & > .before-after--page { background: $surface; color: $foreground; }
        & > .before-after--name { background: $surface; color: $foreground; }
        & > .before-after--cursor { background: $surface; color: $foreground; text-style: bold; }
        & > .before-after--decision { background: $surface; color: $text-warning; text-style: bold; }
        & > .before-after--detail { background: $surface; color: $foreground-muted; }
    }
    """

    cursor: reactive[int] = reactive(0, init=False)
    """The index of the file that keys decide about."""
    amended: reactive[Mapping[str, Amendment]] = reactive({}, always_update=True, init=False)
    """The decisions, by path."""
    is_large: reactive[bool] = reactive(True, init=False)
    """Whether the network's images are shown with all their 28×28 pixels."""

    class Moved(Message):
        """The cursor moved to another file, or the files changed."""

    @dataclass(eq=False)
    class Opened(Message):
        """What a network makes of an image is to be shown."""

        path: str
        seen: Grey
        """(28, 28), as the network sees it."""

    @dataclass
    class Decided(Message):
        """The user decided about a file."""

        path: str
        decision: Literal["leave out", "withdraw"] | int
        """A digit is the new label."""

    def __init__(self, folder: Path, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self._looks = Looks(folder)
        self._turned: set[int] = set()
        self._has_pairs = False
        self.pictures: Sequence[Picture] = ()
        """The files to page through."""

    # Contents

    @property
    def cards(self) -> Cards:
        """The layout for the current size."""
        return Cards.within(self.size, pairs=self._has_pairs, large=self.is_large)

    @property
    def first(self) -> int:
        """The index of the page's first file."""
        count = self.cards.count
        return self.cursor // count * count

    @property
    def current(self) -> Picture | None:
        """The file under the cursor; None if there is none."""
        return self._picture(self.cursor) if self.cursor < len(self.pictures) else None

    def _picture(self, index: int) -> Picture:
        picture = self.pictures[index]
        return picture.turned if index in self._turned else picture

    def forget(self) -> None:
        """Read the files again; they may have changed."""
        self._looks.forget()
        self._read()

    def show(self, pictures: Sequence[Picture], *, has_pairs: bool) -> None:
        """Page through `pictures` from the first; with `has_pairs` each card has room for two files."""
        self.pictures, self._has_pairs = pictures, has_pairs
        self._turned.clear()
        self.set_reactive(BeforeAfter.cursor, 0)
        self.watch_cursor()

    def watch_cursor(self) -> None:
        """Show the cursor's page."""
        self.refresh()
        self.refresh_bindings()
        self._read()
        self.post_message(self.Moved())

    def watch_amended(self) -> None:
        """Update the keys too: which decisions are possible depends on those made."""
        self.refresh()
        self.refresh_bindings()

    def watch_is_large(self) -> None:
        """Read the files that the new layout shows."""
        self.refresh()
        self._read()

    def on_resize(self) -> None:
        """Read the files that the new layout shows."""
        self._read()

    @work(exclusive=True, group="looks")
    async def _read(self) -> None:
        """Decode the visible files that are not cached, in a thread; turning the page cancels this."""
        if not self.size.area:
            return
        cards, first = self.cards, self.first
        for index in range(first, min(first + cards.count, len(self.pictures))):
            for path in filter(None, (self.pictures[index].path, self.pictures[index].other)):
                if await self._looks.read(path):
                    self.refresh(cards.place(index - first))

    # Rendering

    def render_line(self, y: int) -> Strip:
        """One line of cells."""
        cards, inks = self.cards, self._inks()
        row, line = divmod(y, cards.card.size.height + 1)
        segments: list[Segment] = []
        if row < cards.rows and line < cards.card.size.height:
            first = self.first + row * cards.columns
            for index in range(first, min(first + cards.columns, len(self.pictures))):
                segments += self._card_line(cards.card, index, line, inks)
                segments.append(Segment(" " * GAP, inks.page))
        return Strip(segments).adjust_cell_length(self.size.width, inks.page)

    def _card_line(self, card: Card, index: int, line: int, inks: CardInks) -> list[Segment]:
        """Line `line` of the card for file `index`."""
        picture = self._picture(index)
        pieces: list[tuple[int, list[Segment]]] = []
        for slot in card.slots:
            path = picture.other if slot.is_other else picture.path
            if path is not None and slot.y <= line < slot.y + slot.side // 2:
                decision = said(self.amended[path]) if path in self.amended else ""
                pieces.append((slot.x, image_line(self._looks.get(path), decision, slot, line - slot.y, inks)))
        if line in card.words.line_range:
            words = caption(picture, self.amended, card.words.size, is_current=index == self.cursor)
            if line - card.words.y < len(words):
                text, kind = words[line - card.words.y]
                pieces.append((card.words.x, [Segment(text, self.get_component_rich_style(f"before-after--{kind}"))]))
        segments: list[Segment] = []
        x = 0
        for start, piece in sorted(pieces, key=lambda each: each[0]):
            segments += [Segment(" " * (start - x), inks.page), *piece]
            x = start + sum(segment.cell_length for segment in piece)
        return [*segments, Segment(" " * (card.size.width - x), inks.page)]

    def _inks(self) -> CardInks:
        _, _, paper, ink = self.colors
        return CardInks(
            shades=shades(self),
            is_light=paper.brightness > (paper + ink).brightness,
            paper=self.rich_style,
            page=self.get_component_rich_style("before-after--page"),
            tag=self.get_component_rich_style("before-after--decision") + Style(reverse=True),
        )

    # Keys and mouse

    def action_move(self, by: int) -> None:
        """Move the cursor by this many images."""
        self.action_go(max(0, self.cursor + by))

    def action_move_row(self, by: int) -> None:
        """Move the cursor by this many rows."""
        self.action_move(by * self.cards.columns)

    def action_move_page(self, by: int) -> None:
        """Turn this many pages."""
        self.action_go(max(0, self.first + by * self.cards.count))

    def action_go(self, index: int) -> None:
        """Put the cursor on file `index`, or on the last one for −1."""
        last = len(self.pictures) - 1
        self.cursor = max(0, last if index < 0 else min(index, last))

    def go_to(self, path: str) -> None:
        """Put the cursor on the file at `path`, if it is listed."""
        for index, picture in enumerate(self.pictures):
            if path in (picture.path, picture.other):
                self.cursor = index
                return

    def action_open(self) -> None:
        """Show what a network makes of the image; nothing if the file cannot be read, or is still to be read."""
        look = None if self.current is None else self._looks.get(self.current.path)
        if self.current is not None and look is not None and look.after:
            self.post_message(self.Opened(self.current.path, look.after[28]))

    def action_size(self) -> None:
        """Show fewer and larger images, or more and smaller ones."""
        self.is_large = not self.is_large

    def action_turn(self) -> None:
        """Swap the two images of a pair."""
        self._turned ^= {self.cursor}
        self.watch_amended()

    def action_decide(self, decision: Literal["leave out", "withdraw"]) -> None:
        """Leave the image out, or withdraw the decision about it."""
        if self.current is not None:
            self.post_message(self.Decided(self.current.path, decision))

    def action_relabel(self, digit: int) -> None:
        """Relabel the image as this digit."""
        if self.current is not None:
            amendment = self.amended.get(self.current.path)
            was = self.current.label if amendment is None else amendment.was
            self.post_message(self.Decided(self.current.path, "withdraw" if digit == was else digit))

    def action_accept(self) -> None:
        """Relabel the image as the suggested digit."""
        if self.current is not None and self.current.suggested is not None:
            self.action_relabel(self.current.suggested)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only the decisions that apply to the image under the cursor."""
        picture = self.current
        if picture is None:
            return action not in ("decide", "relabel", "accept", "turn")
        amendment = self.amended.get(picture.path)
        match action, parameters:
            case "decide", ("leave out",):
                return amendment is None or amendment.label is not None
            case "decide", _:
                return amendment is not None
            case "accept", _:
                return picture.suggested is not None
            case "turn", _:
                return picture.other is not None
            case _:
                return True

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the card that was clicked; a second click opens it."""
        index = self.cards.at(event.offset)
        if index is not None and self.first + index < len(self.pictures):
            if self.first + index == self.cursor:
                self.action_open()
            self.cursor = self.first + index

    def on_mouse_scroll_down(self) -> None:
        """Show the next page."""
        self.action_move_page(1)

    def on_mouse_scroll_up(self) -> None:
        """Show the previous page."""
        self.action_move_page(-1)
