"""The data screen: the catalogue, the details of the chosen set, and the options for training on it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import DataTable

from core.config.devices import DeviceList
from core.data import catalogue
from core.data.catalogue import Entry
from core.data.details import DataDetails
from core.errors import ConfigurationError, DigitsError
from core.printable import printable
from tui.processes import child
from tui.screens.add_folder import AddFolder
from tui.screens.confirm import Confirm
from tui.screens.mode import ModeScreen
from tui.screens.skipped import SkippedScreen
from tui.state.complaint import complain
from tui.state.requests import LookInside, StartRun
from tui.widgets.data.catalogue_table import CatalogueTable
from tui.widgets.data.data_panel import DataPanel
from tui.widgets.data.entry_actions import applies, needs_download
from tui.widgets.data.suggestions import Suited
from tui.widgets.data.training_options import TrainingOptions
from tui.widgets.shared.key_footer import KeyFooter
from tui.widgets.shared.samples import Samples

if TYPE_CHECKING:
    from tui.state.download import Download
    from tui.state.owners import Owners

_PAUSE = 0.15  # seconds that the cursor must stay on a row before its set is read


class DataScreen(ModeScreen):
    """Lists the data sets, describes one, and starts a training run on it."""

    BINDING_GROUP_TITLE = "Data"
    CSS_PATH = "datasets.tcss"
    AUTO_FOCUS = "#catalogue"
    VERTICAL_BREAKPOINTS = [(0, "-low"), (36, "-high")]  # noqa: RUF012 - as Textual declares it
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]  # noqa: RUF012 - as Textual declares it
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "start", "Train"),
        Binding("g", "download", "Download"),
        Binding("c", "cancel_download", "Cancel"),
        Binding("a", "add", "Add"),
        Binding("v", "check_up", "Check-up"),
        Binding("e", "edit", "Edit"),
        Binding("x", "remove", "Remove"),
        Binding("delete", "remove", "Remove", show=False),
        Binding("n", "more_samples", "More images"),
        Binding("k", "skipped", "Notes", show=False),
        Binding("m", "mistakes", "Mistakes of the network that reads", show=False),
        Binding("r", "read_again", "Read again", show=False),
        Binding("escape", "to_table", "Back to the table", show=False),
    ]
    SHOWN_FIRST = ("start",)

    def __init__(self, owners: Owners) -> None:
        super().__init__(owners)
        self._read: dict[str, DataDetails] = {}

    @property
    def chosen(self) -> Entry | None:
        """The entry under the table's cursor."""
        return self.query_one(CatalogueTable).chosen

    @property
    def details(self) -> DataDetails | None:
        """The details of the chosen set; None before it has been read."""
        return self._read.get(self.chosen.name) if self.chosen is not None else None

    def compose(self) -> ComposeResult:
        with Vertical(id="data"):
            yield CatalogueTable(id="catalogue", classes="section")
            yield DataPanel(id="details", classes="section")
            yield TrainingOptions(self.owners.model, id="options", classes="section")
        yield KeyFooter(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Show the catalogue; meanwhile look for devices, which takes seconds."""
        self.query_one("#catalogue").border_title = "Data sets"
        self.query_one("#options").border_title = "Training"
        self.owners.downloads.changed.subscribe(self, self._download_changed)
        self._list_entries()
        self._find_devices()

    def on_screen_suspend(self) -> None:
        """When the user leaves for another screen, focus the table for their return; under a dialog the focus stays."""
        if self.app.current_mode != "data":
            self.set_focus(self.query_one(CatalogueTable))

    def action_to_table(self) -> None:
        """Move from the fields to the table."""
        self.query_one(CatalogueTable).focus()

    # The catalogue

    @work(exclusive=True, group="catalogue")
    async def _list_entries(self, chosen: str = "") -> None:
        """Read the catalogue again and put the cursor on `chosen`, by default on the set that was under it."""
        before = self.chosen
        found = await asyncio.to_thread(catalogue.read)
        if not chosen and before is not None:  # its name may have changed
            chosen = next((each.name for each in found.entries if each.path and each.path == before.path), "")
        for note in found.notes:
            self.notify(note, severity="warning", timeout=12, markup=False)
        self.query_one(CatalogueTable).show(found.entries, chosen)

    @on(CatalogueTable.Chosen)
    def _chosen(self) -> None:
        self.refresh_bindings()
        self._suit()
        self._look()

    def _suit(self) -> None:
        if self.chosen is not None:
            self.query_one(TrainingOptions).suit(Suited.to(self.chosen, self.details))

    @on(DataTable.RowSelected)
    def _decided(self) -> None:
        self.query_one("#start").focus()

    def action_read_again(self) -> None:
        """Read the catalogue and the chosen set again; files may have changed."""
        self._read.clear()
        self._list_entries()

    def action_add(self) -> None:
        """Add a folder or file of the user's own to the catalogue."""

        known = self.query_one(CatalogueTable).names

        def added(name: str | None) -> None:
            if name:
                if name in known:
                    self.notify(f"{name} is already in the catalogue.", markup=False)
                self._list_entries(name)

        self.app.push_screen(AddFolder(), added)

    @work
    async def action_remove(self) -> None:
        """Remove an entry of the user's own from the catalogue."""
        entry = self.chosen
        if entry is None or not await self.app.push_screen_wait(
            Confirm(
                f"Remove {entry.title} from the catalogue?",
                f"Its files stay where they are: {entry.path}",
                yes="Remove",
            )
        ):
            return
        try:
            await asyncio.to_thread(catalogue.remove, entry.name)
        except DigitsError as error:
            complain(self, error)
        self._read.pop(entry.name, None)
        self._list_entries()

    # The chosen set

    @work(exclusive=True, group="details")
    async def _look(self) -> None:
        """Have a child read the chosen set, unless it was read before; choosing another set cancels this."""
        entry, panel = self.chosen, self.query_one(DataPanel)
        if entry is None:
            return
        if needs_download(entry):
            panel.show_download(entry.title, self._download_of(entry))
            return
        if entry.name not in self._read:
            panel.show_progress(entry.title, 0, None)
            await asyncio.sleep(_PAUSE)
            try:
                self._read[entry.name] = await child.result(
                    DataDetails.from_json,
                    "datasets",
                    entry.name,
                    "--json",
                    progress=lambda message: panel.show_progress(entry.title, message.done, message.total),
                )
            except DigitsError as error:
                if panel.children:  # else the app is being closed
                    panel.show_error(entry.title, str(error))
                return
        if not panel.children:
            return
        panel.show(self._read[entry.name])
        self._suit()
        self.refresh_bindings()

    def action_more_samples(self) -> None:
        """Show more of the set's images."""
        self.query_one(DataPanel).more_samples()

    @on(Samples.Opened)
    def _look_inside(self, event: Samples.Opened) -> None:
        """Show what the network that reads makes of an image."""
        if (entry := self.chosen) is not None:
            self.post_message(LookInside(event.sample.pixels, f"a {event.sample.label} of {printable(entry.title)}"))

    def action_skipped(self) -> None:
        """Show the notes, and the files that could not be used."""
        if (details := self.details) is not None:
            self.app.push_screen(SkippedScreen(details))

    def action_mistakes(self) -> None:
        """Show which of the set's images the network that reads takes for others."""
        from tui.screens.mistakes import MistakesScreen

        def closed(has_corrected: bool | None) -> None:
            if has_corrected:
                self.action_read_again()

        if (entry := self.chosen) is not None:
            self.app.push_screen(MistakesScreen(self.owners.model.checkpoint, entry.name), closed)

    def action_check_up(self) -> None:
        """Open the check-up of a folder's images."""
        from tui.screens.check import CheckScreen

        if (entry := self.chosen) is not None and entry.path is not None:

            def checked(decided: bool | None) -> None:
                if decided:
                    self._forget(entry)

            self.app.push_screen(CheckScreen(Path(entry.path), entry.title), checked)

    def action_edit(self) -> None:
        """Open an own set to look at its drawings and change them."""
        from core.data import own_sets
        from tui.screens.own_set import OwnSetScreen

        if (entry := self.chosen) is not None and entry.path is not None:
            if (drawn := own_sets.at(Path(entry.path))) is None:
                self.notify(f"{entry.title} no longer exists.", severity="warning", markup=False)
                self.action_read_again()
            else:
                self.app.push_screen(OwnSetScreen(drawn), lambda _: self._forget(entry))

    def _forget(self, entry: Entry) -> None:
        """Read this set again: it may have changed."""
        self._read.pop(entry.name, None)
        self._list_entries()

    # Downloads; they continue when this screen is left

    def _download_of(self, entry: Entry) -> Download | None:
        download = self.owners.downloads.current
        return download if download is not None and download.name == entry.name else None

    def _download_changed(self, download: Download | None) -> None:
        self.refresh_bindings()
        if download is None:
            self._list_entries()
        else:
            self._look()

    def action_download(self) -> None:
        """Download the chosen set."""
        if self.chosen is not None:
            self.owners.downloads.start(self.chosen.name)

    def action_cancel_download(self) -> None:
        """Cancel the download under way."""
        self.owners.downloads.cancel()

    # The start

    @work(group="devices")
    async def _find_devices(self) -> None:
        try:
            found = await child.result(DeviceList.from_json, "devices", "--json")
            self.query_one(TrainingOptions).show_devices(found.devices)
        except DigitsError as error:
            complain(self, f"cannot list the devices ({error}); only auto and cpu can be chosen")

    @on(TrainingOptions.Start)
    def action_start(self) -> None:
        """Start training on the chosen set."""
        entry = self.chosen
        if entry is None:
            return
        if needs_download(entry):
            self.notify(f"{entry.title} must be downloaded first: press g.", severity="warning")
            return
        try:
            config = self.query_one(TrainingOptions).config(entry.name)
        except ConfigurationError:
            self.query_one(TrainingOptions).focus_wrong()  # the error is shown below the fields
            return
        self.action_to_table()
        self.post_message(StartRun(config))

    @classmethod
    def would_offer(cls, owners: Owners, action: str) -> bool:
        """Whether `action` would apply with the cursor on MNIST, which is always available."""
        if action == "cancel_download":
            return owners.downloads.is_under_way
        return action not in ("download", "check_up", "edit", "remove", "to_table")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only the actions that apply to the chosen set."""
        if not self.is_mounted:
            return True
        coming = self.owners.downloads.is_under_way
        match action:
            case "cancel_download":
                return coming
            case "to_table":
                return not self.query_one(CatalogueTable).has_focus
            case _:
                return applies(action, self.chosen, self.details) and not (action == "download" and coming)
