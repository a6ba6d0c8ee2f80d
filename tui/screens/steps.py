"""Each step from a drawing or an image file to what the network sees, with its reason and its effect."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.geometry import Size
from textual.widgets import Static

from core.errors import DataError
from core.printable import printable
from tui.screens.pushed import PushedScreen
from tui.state.requests import LookInside
from tui.widgets.shared.key_footer import KeyFooter
from tui.widgets.shared.lines import fit
from tui.widgets.shared.thumbnail import Thumbnail
from tui.widgets.steps.step_images import StepImages
from tui.widgets.steps.step_pixels import Inks, step_pixels
from tui.widgets.steps.step_strip import Arrangement, StepStrip

_TITLE = "What the network sees of"
_NOTHING = (
    "Nothing is drawn yet, so the network sees nothing.\n\n"
    "Draw something, and each step from your drawing to what the network sees is shown here."
)
_WORDS = 6
"""Lines below the images at 80 columns: the step's name, its reason, and its measurements."""
_ROOMY = Size(120, 36)
"""The smallest size that has margins."""


class StepsScreen(PushedScreen[None]):
    """Shows all steps, with the chosen one enlarged and explained."""

    ONLY_SHOWS = True
    CSS_PATH = "steps.tcss"
    BINDING_GROUP_TITLE = "What the network sees"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Back", key_display="esc"),
        Binding("w", "dismiss(None)", "Back", show=False),
        Binding("v", "inside", "View inside the network"),
    ]

    def __init__(self, load: Callable[[], StepImages]) -> None:
        """`load` is called in a thread, since it may decode a photograph. A DataError that it raises is shown."""
        super().__init__()
        self._load = load
        self._found: StepImages | None = None

    def compose(self) -> ComposeResult:
        with Vertical(id="steps"):
            yield Static(_TITLE.removesuffix(" of"), id="title", classes="heading", markup=False)
            with Horizontal(id="board"):
                yield StepStrip()
                with Vertical(id="chosen"):
                    yield Thumbnail()
            yield Static(id="words", markup=False)
        yield KeyFooter(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Compute the steps."""
        self.query_one("#board").display = False
        self.watch(self.app, "theme", self._show_chosen, init=False)
        self._work_out()

    @work(exclusive=True)
    async def _work_out(self) -> None:
        words = self.query_one("#words", Static)
        try:
            found = await asyncio.to_thread(self._load)
        except DataError as error:
            words.update(Content(f"✗ {printable(str(error))}"))
            return
        self.query_one("#title", Static).update(
            Content(fit(f"{_TITLE} {printable(found.subject)}", self.size.width - 4))
        )
        if not found.steps:
            words.update(_NOTHING)
            return
        self._found = found
        self.query_one("#board").display = True
        self._arrange(self.size)
        strip = self.query_one(StepStrip)
        strip.show(found)
        strip.focus()

    def action_inside(self) -> None:
        """Show what the network makes of the last image."""
        if (found := self._found) is not None and found.is_seen:
            self.post_message(LookInside(found.steps[-1].image, found.subject))

    def on_resize(self) -> None:
        """Make the images as large as possible."""
        self._arrange(self.size)
        self._show_chosen()

    def _arrange(self, size: Size) -> None:
        roomy = size.width >= _ROOMY.width and size.height >= _ROOMY.height
        self.set_class(roomy, "-roomy")
        # Title, footer and words, plus the margins above and below the title, images and words.
        taken = Size(4, 2 + _WORDS + 4) if roomy else Size(0, 2 + _WORDS)
        strip, chosen = self.query_one(StepStrip), self.query_one("#chosen")
        strip.lay_out(Arrangement.within(size - taken, len(self._found.steps) if self._found else 0))
        chosen.styles.width, chosen.styles.height = 28 * strip.arrangement.scale, 14 * strip.arrangement.scale

    @on(StepStrip.Moved)
    def _show_chosen(self) -> None:
        """Show the chosen step as large as possible, with its explanation."""
        strip, thumbnail = self.query_one(StepStrip), self.query_one(Thumbnail)
        step = strip.current
        if step is None:
            return
        thumbnail.bitmap = step_pixels(step, 28 * strip.arrangement.scale, Inks.of(thumbnail))
        self.query_one("#words", Static).update(
            Content("\n").join(
                [
                    Content.styled(f"▸ {strip.place}: {step.name}", "bold"),
                    *([Content(step.why)] if step.why else []),
                    Content.styled(step.measured, "$text-accent"),
                ]
            )
        )
