"""What the network makes of one image, on a screen of its own, with a reader that lives as long as it is open."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from core.reading.questions import Image
from tui.processes.reader import Answered, MakeExplaining, Reader, ReaderChanged, posting
from tui.screens.pushed import PushedScreen
from tui.widgets.drawing.answer import sentence
from tui.widgets.inside.inside import Inside
from tui.widgets.inside.layer_maps import LayerMaps
from tui.widgets.shared.key_footer import KeyFooter
from tui.widgets.shared.lines import fit


class InsideScreen(PushedScreen[None]):
    """Opened with an image, shown from the first layer to the last."""

    ONLY_SHOWS = True
    CSS_PATH = "inside.tcss"
    BINDING_GROUP_TITLE = "Inside the network"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "dismiss(None)", "Back", show=False),
        Binding("full_stop", "turn(1)", "Next page", key_display="."),
        Binding("comma", "turn(-1)", "Page before", show=False, key_display=","),
    ]

    def __init__(
        self, image: Image, title: str, checkpoint: Path | None = None, make_reader: MakeExplaining = Reader
    ) -> None:
        """`image` is (28, 28), as the network sees it; None for `checkpoint` is the shipped network."""
        super().__init__()
        self._image, self._title, self._checkpoint = image, title, checkpoint
        self._reader = make_reader(*posting(self))

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Static(id="title", classes="heading", markup=False)
            yield Inside(self._reader.explain)
        yield KeyFooter(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Start the reader, and ask it."""
        self._show_title()
        self._reader.start()
        if self._checkpoint is not None:
            self._reader.load(self._checkpoint)
        self.query_one(Inside).follow(self._image, "")
        self._reader.ask(self._image)
        self.query_one(LayerMaps).focus()

    def on_resize(self) -> None:
        """Cut the title where it does not fit."""
        self._show_title()

    def _show_title(self) -> None:
        self.query_one("#title", Static).update(Content(fit(f"Inside the network: {self._title}", self.size.width - 4)))

    async def on_unmount(self) -> None:
        """End the reader, so that no process stays behind."""
        await self._reader.close()

    @on(Answered)
    def _answered(self, event: Answered) -> None:
        self.query_one(Inside).tell(sentence(event.reading))

    @on(ReaderChanged)
    def _changed(self, event: ReaderChanged) -> None:
        """Say what the reader waits for."""
        if event.state.phase != "ready":
            self.query_one(Inside).tell(event.state.text)

    def action_turn(self, by: int) -> None:
        """Show another page."""
        self.query_one(Inside).action_turn(by)

    def on_inside_left(self) -> None:
        """Close: the keys are nowhere else."""
        self.dismiss(None)
