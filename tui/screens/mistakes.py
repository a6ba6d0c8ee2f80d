"""Which images a network reads wrong: the confusion matrix, whose cells open their images, and two diagrams."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import ContentSwitcher, Static

from core import paths
from core.config.configuration import MNIST
from core.data import catalogue, sources
from core.errors import DigitsError
from core.evaluation.confusion import Table, in_words
from core.evaluation.example import Example
from core.evaluation.measurement import Measurement
from core.networks.model_name import model_name
from core.printable import printable
from core.words import percent, plural
from tui.processes import child
from tui.processes.child import OnProgress
from tui.processes.corrections import Corrections, corrections
from tui.screens.ask import Ask, Field
from tui.screens.checkpoints import CheckpointScreen
from tui.screens.comparison import ComparisonScreen
from tui.screens.pushed import PushedScreen
from tui.state.complaint import complain
from tui.state.requests import LookInside
from tui.widgets.mistakes.diagrams import Rejection, Reliability
from tui.widgets.mistakes.example_images import ExampleImages, reading
from tui.widgets.mistakes.matrix import Matrix
from tui.widgets.shared.key_footer import KeyFooter
from tui.widgets.shared.lines import fit
from tui.widgets.shared.pages import Pages
from tui.widgets.shared.work_progress import WorkProgress

_EXAMPLES = 60
"""Images of each cell."""
_PAGES = {"matrix": "page-matrix", "confidence": "page-reliability", "rejected": "page-rejection"}
"""The names of the pages and their widgets."""
_WIDE = 130
"""Columns from which the images stand beside the matrix."""


class MistakesScreen(PushedScreen[bool]):
    """Has a child measure a checkpoint on a set; of a cross-validation it shows the confusion that is known.

    Returns whether images may have been corrected, so that the caller can read their set again.
    """

    ONLY_SHOWS = True
    CSS_PATH = "mistakes.tcss"
    BINDING_GROUP_TITLE = "Mistakes"
    AUTO_FOCUS = "Matrix"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (_WIDE, "-wide")]  # noqa: RUF012 - as Textual declares it
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("full_stop", "turn(1)", "Next page", key_display="."),
        Binding("comma", "turn(-1)", "Page before", show=False, key_display=","),
        Binding("a", "another", "Another set"),
        Binding("k", "checkpoint", "Network"),
        Binding("o", "compare", "Compare with"),
        Binding("u", "undo", "Undo", tooltip="Undo the last correction"),
        Binding("r", "again", "Measure again", show=False),
        Binding("escape,m", "dismiss(None)", "Close", key_display="esc"),
    ]

    def __init__(self, checkpoint: Path | None, data: str, table: Table = ()) -> None:
        """`checkpoint` on `data`, a name or path; None is the shipped one. With a `table`, only that is shown."""
        super().__init__()
        self._checkpoint = checkpoint or paths.shipped_checkpoint()
        self._data, self._table = data, table
        self._measured: Measurement | None = None
        self._page = 0
        self._corrections: Corrections | None = None
        self._has_corrected = False

    def compose(self) -> ComposeResult:
        with Vertical(id="mistakes"):
            yield Static(id="title", classes="heading", markup=False)
            yield Pages()
            with ContentSwitcher(initial="page-matrix"):
                with Horizontal(id="page-matrix"):
                    with Vertical(id="left"):
                        yield Matrix()
                        yield Static(id="cell", markup=False)
                    yield ExampleImages()
                yield Reliability(id="page-reliability")
                yield Rejection(id="page-rejection")
            yield WorkProgress(id="progress")
            yield Static(id="words", markup=False)
        yield KeyFooter(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Show what is known, or have it measured."""
        self._show_title()
        if self._table:
            self._show(Measurement(tuple(tuple(row) for row in self._table)))
        else:
            self._measure()

    def on_unmount(self) -> None:
        """Let what writes the corrections end."""
        if self._corrections is not None:
            self._corrections.close()

    def dismiss(self, result: bool | None = None) -> AwaitComplete:
        """Close. Without a `result`, return whether anything may have been corrected."""
        return super().dismiss(self._has_corrected if result is None else result)

    def on_resize(self) -> None:
        """Cut the title where it does not fit."""
        self._show_title()

    def is_same_as(self, other: Any) -> bool:
        """Whether it is about the same network and set."""
        return (
            isinstance(other, MistakesScreen)
            and (other._checkpoint, other._data) == (self._checkpoint, self._data)
            and bool(other._table) == bool(self._table)
        )

    # Measuring

    @work(exclusive=True, group="measure")
    async def _measure(self) -> None:
        """Have a child measure; leaving the screen ends it."""
        progress = self.query_one(WorkProgress)
        progress.begin()
        asked = ["--checkpoint", str(self._checkpoint), "--data", self._data, "--examples", str(_EXAMPLES), "--json"]
        self._correct_with(None)
        try:
            measured = await child.result(Measurement.from_json, "evaluate", *asked, progress=progress.show)
            self._correct_with(await corrections(self._data))
        except DigitsError as error:
            self._fail(str(error))
        else:
            self._show(measured)

    def _fail(self, error: str) -> None:
        self.query_one(WorkProgress).display = False
        self._say(f"✗ {printable(error)}")

    def _show(self, measured: Measurement) -> None:
        self._measured = measured
        self.query_one(WorkProgress).display = False
        self.query_one(Matrix).show(measured)
        self.query_one(Reliability).show(measured)
        self.query_one(Rejection).show(measured)
        self._show_title()
        self._turn_to(self._page)

    # Measuring something else. Not by a worker, which would begin after an escape in the same burst of keys.

    def action_another(self) -> None:
        """Choose the set."""

        def chosen(is_chosen: bool | None) -> None:
            if is_chosen:
                self._measure_again()

        asked = Ask(
            "Mistakes on another set",
            f"Enter the name of a set in the catalogue, or the path of {sources.formats()}.",
            [Field("Name or path", is_path=True)],
            "Measure",
            self._choose_set,
        )
        self.app.push_screen(asked, chosen)

    async def _choose_set(self, values: list[str], progress: OnProgress) -> None:
        """Take a set by name or path. Raises DataError."""
        await asyncio.to_thread(catalogue.find, values[0])
        self._data = values[0]

    def action_checkpoint(self) -> None:
        """Choose the network."""

        def chosen(checkpoint: Path | None) -> None:
            if checkpoint is not None and checkpoint != self._checkpoint:
                self._checkpoint = checkpoint
                self._measure_again()

        self.app.push_screen(CheckpointScreen(self._checkpoint), chosen)

    def action_compare(self) -> None:
        """Choose another network, and show which images only one of the two reads right."""

        def chosen(checkpoint: Path | None) -> None:
            if checkpoint == self._checkpoint:
                self.notify("These are its mistakes; choose another network to compare it with.")
            elif checkpoint is not None:
                self.app.push_screen(ComparisonScreen(self._checkpoint, checkpoint, self._data))

        self.app.push_screen(CheckpointScreen(self._checkpoint), chosen)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer no comparison for a cross-validation, whose network has learned from all images; undo what can be."""
        match action:
            case "compare" | "again":
                return not self._table
            case "undo":
                return self._corrections is not None
            case _:
                return True

    def action_again(self) -> None:
        """Measure again, with what was corrected."""
        self._measure_again()

    def _measure_again(self) -> None:
        self._measured, self._table = None, ()
        self.refresh_bindings()
        self._show_title()
        self._measure()

    # Showing

    def _show_title(self) -> None:
        data, measured = printable(Path(self._data).name or self._data), self._measured
        if measured is not None and measured.part:
            data = measured.part if self._data == MNIST else f"{data}, {measured.part}"
        model = model_name(self._checkpoint)
        name = f"Mistakes of {model} on {data}"
        if measured is not None:  # the figures come first, since long names are cut
            name = f"{plural(measured.wrong, 'mistake')} in {plural(measured.count, 'image')}: {model} on {data}"
        self.query_one("#title", Static).update(Content(fit(name, self.size.width - 2)))

    def _say(self, text: str) -> None:
        self.query_one("#words", Static).update(Content(text))

    @property
    def _pages(self) -> list[str]:
        """Their names; a cross-validation has no diagrams."""
        return list(_PAGES) if self._measured is not None and self._measured.reliability else ["matrix"]

    def action_turn(self, by: int) -> None:
        """Show the next page, or the one before."""
        self._turn_to((self._page + by) % len(self._pages))

    @on(Pages.Chosen)
    def _chosen(self, event: Pages.Chosen) -> None:
        self._turn_to(event.index)

    def _turn_to(self, index: int) -> None:
        self._page = index
        self.query_one(Pages).show(self._pages if len(self._pages) > 1 else [], index)
        self.query_one(ContentSwitcher).current = _PAGES[self._pages[index]]
        if index == 0:
            self.query_one(Matrix).focus()
            self._describe()
        else:
            self._say("")

    @on(Matrix.Moved)
    def _cell(self) -> None:
        """Show the images of the cell."""
        if self._measured is not None:
            self.query_one(ExampleImages).show(self._measured.of(*self.query_one(Matrix).chosen), self._caption)
            self._describe()

    @on(ExampleImages.Moved)
    def _describe(self) -> None:
        """Say what the cursor is on."""
        measured = self._measured
        if measured is None or self._page:
            return
        label, read = self.query_one(Matrix).chosen
        count = measured.confusion[label][read]
        what = f"{plural(count, 'image')} of {label} read as {read}" + (", rightly" if label == read else "")
        known = len(self.query_one(ExampleImages).images)
        more = f", the {known} most confident ones shown" if 0 < known < count else ""
        self.query_one("#cell", Static).update(Content(f"{what}{more}."))
        example = self.query_one(ExampleImages).example
        if example is not None:
            name = example.name[:1].upper() + example.name[1:] + ("," if example.source else "")
            words = f"{name} is read as {example.read} ({percent(example.certainty)})"
            if example.label != example.read:
                words += f" and labelled {example.label} ({percent(example.probability)})"
            state = self._state(example)
            self._say(f"{words}. Corrected: {state}; u undoes, r measures again." if state else f"{words}.")
        else:
            advice = "" if measured.examples else ". A check-up (d, then v) shows images whose label may be wrong"
            self._say(f"{in_words(measured.confusion).removesuffix('.')}{advice}.")

    # Correcting a set of the user's own

    def _correct_with(self, made: Corrections | None) -> None:
        if self._corrections is not None:
            self._corrections.close()
        self._corrections = made
        for images in self.query(ExampleImages):
            images.can_correct = made is not None
        self.refresh_bindings()

    def _state(self, example: Example) -> str:
        """What has become of the image; empty if nothing."""
        made = self._corrections
        return made.state(example.source) if made is not None and example.source else ""

    def _caption(self, example: Example) -> str:
        state = self._state(example)
        return f"* {state}" if state else reading(example)

    @on(ExampleImages.Corrected)
    @work(group="corrections")
    async def _correct(self, event: ExampleImages.Corrected) -> None:
        """Correct an image."""
        made, source = self._corrections, event.example.source
        if made is None:
            return
        self._has_corrected = True
        try:
            if event.label is None:
                await made.leave_out(source)
            else:
                await made.relabel(source, event.label)
        except DigitsError as error:
            complain(self, printable(str(error)))
        self._show_corrections()

    @work(group="corrections")
    async def action_undo(self) -> None:
        """Undo the last correction of this set, even one made days ago."""
        if self._corrections is None:
            return
        self._has_corrected = True
        try:
            undone = await self._corrections.undo()
        except DigitsError as error:
            complain(self, printable(str(error)))
            return
        self._show_corrections()
        self.notify(undone or "There is nothing to undo.", markup=False)

    def _show_corrections(self) -> None:
        self.query_one(ExampleImages).show_captions(self._caption)
        self._describe()

    # Looking at images

    @on(Matrix.Opened)
    def _to_images(self) -> None:
        if self.query_one(ExampleImages).example is not None:
            self.query_one(ExampleImages).focus()

    @on(ExampleImages.Left)
    def _to_matrix(self) -> None:
        self.query_one(Matrix).focus()

    @on(ExampleImages.Opened)
    def _look_inside(self) -> None:
        """Show what the network makes of the image, and why."""
        example = self.query_one(ExampleImages).example
        if example is not None:
            title = f"{example.name}, a {example.label} read as {example.read}"
            self.post_message(LookInside(example.seen, title, self._checkpoint))
