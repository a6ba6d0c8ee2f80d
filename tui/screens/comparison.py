"""Two networks side by side on one set: which images only one of them reads right, and whether that is chance."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from core.errors import DigitsError
from core.evaluation.paired_comparison import PairedComparison
from core.networks.model_name import at_start, model_name
from core.printable import printable
from core.words import percent, plural
from tui.processes import child
from tui.screens.checkpoints import CheckpointScreen
from tui.screens.pushed import PushedScreen
from tui.state.requests import LookInside
from tui.widgets.mistakes.compared_images import ComparedImages
from tui.widgets.mistakes.example_images import ExampleImages
from tui.widgets.shared.key_footer import KeyFooter
from tui.widgets.shared.lines import fit
from tui.widgets.shared.work_progress import WorkProgress

_EXAMPLES = 60
"""Images of each network."""


class ComparisonScreen(PushedScreen[None]):
    """Has a child read the set with both networks."""

    ONLY_SHOWS = True
    CSS_PATH = "comparison.tcss"
    BINDING_GROUP_TITLE = "Comparison"
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "turn", "Other half"),
        Binding("o", "other", "Compare with"),
        Binding("escape", "dismiss(None)", "Close", key_display="esc"),
    ]

    def __init__(self, first: Path, second: Path, data: str) -> None:
        """Compare these two checkpoints on `data`, a name or path."""
        super().__init__()
        self._first, self._second, self._data = first, second, data
        self._found: PairedComparison | None = None

    def compose(self) -> ComposeResult:
        with Vertical(id="comparison"):
            yield Static(id="title", classes="heading", markup=False)
            yield Static(id="verdict", markup=False)
            with Horizontal(id="halves"):
                yield ComparedImages()
                yield ComparedImages()
            yield WorkProgress()
            yield Static(id="words", markup=False)
        yield KeyFooter(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Start at once."""
        self._show_title()
        self._measure()

    def on_resize(self) -> None:
        """Cut the title where it does not fit."""
        self._show_title()

    def is_same_as(self, other: Any) -> bool:
        """Whether it compares the same networks on the same set."""
        return isinstance(other, ComparisonScreen) and (other._first, other._second, other._data) == (
            self._first,
            self._second,
            self._data,
        )

    # Measuring

    @work(exclusive=True, group="measure")
    async def _measure(self) -> None:
        """Have a child measure; leaving the screen ends it."""
        progress = self.query_one(WorkProgress)
        progress.begin()
        pair = ["--checkpoint", str(self._first), "--against", str(self._second)]
        asked = [*pair, "--data", self._data, "--examples", str(_EXAMPLES), "--json"]
        try:
            found = await child.result(PairedComparison.from_json, "evaluate", *asked, progress=progress.show)
        except DigitsError as error:
            self._tell("#verdict", f"✗ {printable(str(error))}")
        else:
            self._show(found)
        progress.display = False

    def _show(self, found: PairedComparison) -> None:
        self._found = found
        self._show_title()
        self._tell("#verdict", found.words)
        for half, network in zip(self._halves, found.networks, strict=True):
            half.show(found, network)
        if filled := [half for half in self._halves if half.chosen is not None]:
            filled[0].images.focus()
        self._describe()

    # Not by a worker, which would begin after an escape in the same burst of keys had closed this screen.

    def action_other(self) -> None:
        """Choose the network to compare with."""

        def chosen(checkpoint: Path | None) -> None:
            if checkpoint is None or checkpoint == self._second:
                return
            if checkpoint == self._first:
                self.notify(f"{at_start(model_name(checkpoint))} is the one that is compared; choose another.")
                return
            self._second, self._found = checkpoint, None
            for half in self._halves:
                half.clear()
            self._tell("#verdict", "")
            self._describe()
            self._show_title()
            self._measure()

        self.app.push_screen(CheckpointScreen(self._second), chosen)

    # Showing

    @property
    def _halves(self) -> list[ComparedImages]:
        return list(self.query(ComparedImages))

    def _show_title(self) -> None:
        found = self._found
        images = "" if found is None else f", {plural(found.count, 'image')}: {printable(found.part)}"
        data = printable(Path(self._data).name or self._data)
        names = f"{at_start(model_name(self._first))} and {model_name(self._second)}"
        self._tell("#title", fit(f"{names} on {data}{images}", self.size.width - 2))

    def _tell(self, where: str, text: str) -> None:
        self.query_one(where, Static).update(Content(text))

    @on(ExampleImages.Moved)
    def _describe(self) -> None:
        """Say how both networks read the image at the cursor."""
        half = self._active
        if half is None or half.chosen is None or self._found is None:
            self._tell("#words", "")
            return
        misread, (first, second) = half.chosen.misread, self._found.networks
        right, wrong = (first, second) if half is self._halves[0] else (second, first)
        name = misread.name[:1].upper() + misread.name[1:] + ("," if misread.source else "")
        self._tell(
            "#words",
            f"{name} is labelled {misread.label}: {right.name} reads {misread.label} "
            f"({percent(half.chosen.certainty)}), {wrong.name} {misread.read} ({percent(misread.certainty)}).",
        )

    @property
    def _active(self) -> ComparedImages | None:
        """The half that has the keys."""
        return next((half for half in self._halves if half.images.has_focus), None)

    # Keys and mouse

    def on_descendant_focus(self) -> None:
        """Say what the cursor of this half is on."""
        self._describe()

    def action_turn(self) -> None:
        """Give the keys to the other half, if it has images."""
        for half in self._halves:
            if not half.images.has_focus and half.chosen is not None:
                half.images.focus()
                return

    @on(ExampleImages.Left)
    def _leave(self) -> None:
        self.dismiss(None)

    @on(ExampleImages.Opened)
    def _look_inside(self) -> None:
        """Show why the network that misreads the image does."""
        half = self._active
        if half is None or half.chosen is None:
            return
        misread = half.chosen.misread
        wrong = self._second if half is self._halves[0] else self._first
        title = f"{misread.name}, a {misread.label} read as {misread.read} by {model_name(wrong)}"
        self.post_message(LookInside(misread.seen, title, wrong))
