"""An own set's drawings, page by page, with keys to relabel or remove one and to undo that.

Changes are made one after another in a thread, and the set is read again after each: another window may have changed
it too. Knows nothing of how drawings are stored.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static
from textual.worker import get_current_worker

from core.data import amendments, own_sets
from core.data.amendments import Amendment
from core.data.image_file import seen_in
from core.data.own_sets import Drawing, OwnSet
from core.errors import DataError
from core.printable import printable
from core.words import plural
from tui.screens import own_dialogs
from tui.screens.pushed import PushedScreen
from tui.state.complaint import complain
from tui.state.requests import LookInside
from tui.widgets.data.drawing_grid import DrawingGrid, Grey
from tui.widgets.data.own_summary import OwnSummary
from tui.widgets.shared.key_footer import KeyFooter
from tui.widgets.shared.lines import fit

_KEPT_IMAGES = 1000  # 28 × 28 bytes each


class OwnSetScreen(PushedScreen[OwnSet | None]):
    """Returns the set that was shown last if anything may have changed, else None."""

    CSS_PATH = "own_set.tcss"
    BINDING_GROUP_TITLE = "Own drawings"
    AUTO_FOCUS = "DrawingGrid"
    VERTICAL_BREAKPOINTS = [(0, "-low"), (36, "-high")]  # noqa: RUF012 - as Textual declares it
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]  # noqa: RUF012 - as Textual declares it
    BINDINGS: ClassVar[list[BindingType]] = [
        # Stands for the ten keys below in the footer, the help and the palette; no terminal sends such a key.
        Binding("0-9", "which", "Relabel"),
        *(Binding(str(digit), f"relabel({digit})", show=False) for digit in range(10)),
        Binding("x", "remove", "Remove"),
        Binding("delete", "remove", "Remove", show=False),
        Binding("u", "undo", "Undo"),
        Binding("e", "export", "Export"),
        Binding("i", "import", "Import a set", show=False),
        Binding("r", "rename", "Rename", show=False),
        Binding("a", "activate", "Draw into this set", show=False),
        Binding("n", "new", "New set", show=False),
        Binding("o", "other", "Next own set", show=False),
        Binding("escape", "back", "Back", key_display="esc"),
    ]

    class ImagesRead(Message):
        """Images of the page were read: (28, 28) with bright ink, or None for a file that cannot be read."""

        def __init__(self, found: dict[Path, Grey | None]) -> None:
            super().__init__()
            self.found = found

    def __init__(self, own_set: OwnSet) -> None:
        """Show this set, which need not exist yet."""
        super().__init__()
        self.own = own_set
        """The set on screen."""
        self._drawings: list[Drawing] = []
        self._decided: dict[str, Amendment] = {}
        self._images: dict[Path, Grey | None] = {}
        self._sets: list[OwnSet] = []
        self._is_active = False
        self._changed = False
        self._turn = asyncio.Lock()

    def compose(self) -> ComposeResult:
        with Vertical(id="own"):
            with Horizontal(id="parts"):
                yield OwnSummary(classes="section")
                yield DrawingGrid(classes="section")
            yield Static("Reading …", id="status", markup=False)
        yield KeyFooter(compact=True, show_command_palette=False)

    @property
    def _grid(self) -> DrawingGrid:
        return self.query_one(DrawingGrid)

    def on_screen_resume(self) -> None:
        """Read the set again: another screen or window may have changed it."""
        self._read_again()

    def dismiss(self, result: OwnSet | None = None) -> AwaitComplete:
        """Close. If anything may have changed, return the set that was shown last, whatever the `result`."""
        return super().dismiss(self.own if self._changed else result)

    @on(DrawingGrid.Opened)
    def _look_inside(self) -> None:
        """Show what the network makes of the chosen drawing."""
        drawing = self._grid.chosen
        image = None if drawing is None else self._images.get(drawing.path)
        if drawing is not None and image is not None:
            self.post_message(LookInside(image, f"a {drawing.label} of {printable(self.own.name)}"))

    def action_back(self) -> None:
        """Close."""
        self.dismiss()

    # What is shown

    @work(group="list")
    async def _read_again(self, said: str = "") -> None:
        async with self._turn:
            await self._list(said)

    async def _list(self, said: str, to: Path | None = None) -> None:
        """Read and show the set's drawings; the cursor stays where it is, or moves to the drawing at `to`."""
        shown = self.own
        drawings, sets, active = await asyncio.to_thread(
            lambda: (own_sets.drawings(shown), own_sets.sets(), own_sets.active())
        )
        self._decided = await asyncio.to_thread(amendments.read, shown.folder)
        known = next((each for each in sets if each.folder == shown.folder), shown)
        self.own, self._sets, self._is_active = known, sets, active.folder == shown.folder
        self._drawings = drawings
        paths = [each.path for each in drawings]
        decided = frozenset(path for path in paths if self._key(path) in self._decided)
        self._grid.show(drawings, paths.index(to) if to in paths else self._grid.cursor, decided)
        counts = [0] * 10
        for each in drawings:
            counts[each.label] += 1
        summary = self.query_one(OwnSummary)
        summary.border_title = Content(fit(printable(known.name), 21)).markup  # a name may look like markup
        summary.show_counts(counts)
        self._say(said)
        self.refresh_bindings()

    def _key(self, path: Path) -> str:
        return path.relative_to(self.own.folder).as_posix()

    def _say(self, text: str) -> None:
        if not text and not self._drawings:
            text = "No drawings yet: draw on the drawing screen (p), or press i to import a set."
        elif not text and self._is_active:
            text = "New drawings go into this set."
        elif not text:
            text = "New drawings go into another set; press a to use this one."
        self.query_one("#status", Static).update(text)

    @on(DrawingGrid.Moved)
    def _show_page(self) -> None:
        number, pages = self._grid.pages
        count = len(self._drawings)
        drawings = plural(count, "drawing")
        self._grid.border_title = f"{drawings}, page {number:,} of {pages:,}" if count else "No drawings"
        if missing := [each.path for each in self._grid.page if each.path not in self._images]:
            self._read_images(missing)
        self._show_chosen()

    def _show_chosen(self) -> None:
        chosen = self._grid.chosen
        image = self._images.get(chosen.path) if chosen is not None else None
        decided = self._decided.get(self._key(chosen.path)) if chosen is not None else None
        self.query_one(OwnSummary).show_drawing(chosen, image, decided)

    @work(thread=True, exclusive=True, group="images")
    def _read_images(self, paths: list[Path]) -> None:
        """Read the images of the current page; turning the page cancels this."""
        worker = get_current_worker()
        found: dict[Path, Grey | None] = {}
        for path in paths:
            if worker.is_cancelled:
                break
            found[path] = _image(path)
        self.post_message(self.ImagesRead(found))

    def on_own_set_screen_images_read(self, event: ImagesRead) -> None:
        """Show the images, and cache them for when the user returns to their page."""
        self._images |= event.found
        page = {each.path for each in self._grid.page}
        for path in list(self._images)[: max(0, len(self._images) - _KEPT_IMAGES)]:
            if path not in page:
                del self._images[path]
        self._grid.show_images(self._images)
        self._show_chosen()

    # What is changed

    @work(group="change")
    async def _change(self, change: Callable[[], str], *, follow: bool = False) -> None:
        """Run `change` in a thread, since the disk may be slow, and show the sentence that it returns.

        With `follow` the cursor moves to the drawing that it added.
        """
        async with self._turn:
            before = {each.path for each in self._drawings}
            said, new = "", None
            try:
                said = await asyncio.to_thread(change)
                self._changed = True
                if follow:
                    now = await asyncio.to_thread(own_sets.drawings, self.own)
                    new = next((each.path for each in now if each.path not in before), None)
            except DataError as error:
                complain(self, printable(str(error)))
            await self._list(said, new)

    def action_which(self) -> None:
        """Explain how to relabel a drawing."""
        self._say("Press a digit to relabel the drawing under the cursor.")

    def action_relabel(self, digit: int) -> None:
        """Relabel the drawing under the cursor as this digit."""
        shown = self.own

        def change() -> str:
            if (chosen := self._grid.chosen) is None:
                return ""
            if chosen.label == digit:
                return f"It is already labelled {digit}."
            own_sets.relabel(shown, chosen, digit)
            return f"Relabelled the {chosen.label} as {digit}; u undoes it."

        self._change(change)

    def action_remove(self) -> None:
        """Remove the drawing under the cursor from the set."""
        shown = self.own

        def change() -> str:
            if (chosen := self._grid.chosen) is None:  # asked now: a change before may have moved the cursor
                return ""
            own_sets.remove(shown, chosen)
            return f"Removed the {chosen.label}; u brings it back."

        self._change(change)

    def action_undo(self) -> None:
        """Undo the last change to this set, even one made days ago."""
        shown = self.own
        self._change(lambda: own_sets.undo(shown) or "There is nothing to undo.", follow=True)

    def action_activate(self) -> None:
        """Make this set the active one."""
        shown = self.own

        def change() -> str:
            own_sets.activate(shown)
            return f"New drawings go into {printable(shown.name)} from now on."

        self._change(change)

    # Whole sets

    def action_rename(self) -> None:
        """Rename the set."""
        self.app.push_screen(own_dialogs.rename(self.own, self._open))

    def action_new(self) -> None:
        """Create a set, for another person or another pen, and show it."""
        self.app.push_screen(own_dialogs.create(self._open))

    def action_export(self) -> None:
        """Write the set to a folder or a file."""
        self.app.push_screen(own_dialogs.export(self.own, lambda text: self.notify(text, timeout=6, markup=False)))

    def action_import(self) -> None:
        """Import an exported set as a new one, and show it."""
        self.app.push_screen(own_dialogs.bring_in(self._open))

    def action_other(self) -> None:
        """Show the next own set."""
        folders = [each.folder for each in self._sets]
        index = folders.index(self.own.folder) if self.own.folder in folders else -1
        self._open(self._sets[(index + 1) % len(self._sets)])
        self._read_again()

    def _open(self, other: OwnSet) -> None:
        """Show this set, which may be the current one under a new name, once no dialog covers the screen."""
        if other.folder != self.own.folder:
            self._grid.cursor = 0
        self.own = other
        self._changed = True

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only the actions that apply to this set."""
        match action:
            case "which" | "relabel" | "remove" | "export":
                return bool(self._drawings)
            case "activate":
                return not self._is_active
            case "other":
                return len(self._sets) > 1
            case _:
                return True


def _image(path: Path) -> Grey | None:
    """The image as the network sees it, (28, 28); None if the file cannot be read."""
    try:
        return seen_in(path)
    except DataError:
        return None
