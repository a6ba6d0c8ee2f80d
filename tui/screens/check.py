"""The check-up of a folder: its findings, each finding's images before and after, and the user's decisions."""

from __future__ import annotations

import asyncio
import textwrap
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static

from core.checkup.checkup import Checkup
from core.checkup.finding import Finding
from core.errors import DigitsError
from core.printable import printable
from core.system.messages import CommandProgress
from tui.processes import child
from tui.processes.checkup import every_file
from tui.processes.decisions import Decisions, said, summary
from tui.screens.pushed import PushedScreen
from tui.screens.steps import StepsScreen
from tui.state.complaint import complain
from tui.state.requests import LookInside
from tui.widgets.check.before_after import BeforeAfter
from tui.widgets.check.findings import Findings, counted, counts, explained
from tui.widgets.shared.key_footer import KeyFooter
from tui.widgets.shared.lines import fit
from tui.widgets.shared.work_progress import WorkProgress
from tui.widgets.steps.step_images import of_file

_WIDE = 140
"""Columns from which the findings and their images are shown side by side."""
_ABOUT = 2
"""Lines above the images that explain the finding when the list of findings is not beside them."""


class CheckScreen(PushedScreen[bool]):
    """Returns whether anything was decided, so that the caller can read the folder again."""

    CSS_PATH = "check.tcss"
    BINDING_GROUP_TITLE = "Check-up"
    AUTO_FOCUS = "#findings"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("u", "undo", "Undo", tooltip="Undo the last decision"),
        Binding("r", "check_again", "Check again", show=False),
        Binding("w", "steps", "What the network sees, step by step", show=False),
        Binding("escape", "back", "Back", key_display="esc"),
    ]

    def __init__(self, path: Path, title: str) -> None:
        """Check the folder at `path`, shown as `title`."""
        super().__init__()
        self._path = path
        self._name = fit(printable(title), 24)
        self._decisions = Decisions(path)
        self._all: Finding | None = None
        self._checkup: Checkup | None = None
        self._error = ""

    def compose(self) -> ComposeResult:
        with Vertical(id="check"):
            with Horizontal(id="parts"):
                with Vertical(id="overview"):
                    yield Findings(id="findings", classes="section")
                    with VerticalScroll(id="explained", can_focus=False):
                        yield Static(id="explanation")
                with Vertical(id="files", classes="section"):
                    yield Static(id="about", markup=False)
                    yield BeforeAfter(self._path, id="images")
            yield WorkProgress(id="progress")
            yield Static(id="status", markup=False)
        yield KeyFooter(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Start the check, and list all images at once so that the user can page through them meanwhile."""
        self._arrange(images=False)
        self._tell()
        self._recall()
        self._check()

    def on_unmount(self) -> None:
        """Let the thread that writes the decisions end."""
        self._decisions.close()

    def on_resize(self) -> None:
        """Show both parts if there is room."""
        self._arrange(images=self._looking)
        self._show_chosen_words()

    def dismiss(self, result: bool | None = None) -> AwaitComplete:
        """Close. Without a `result`, return whether anything was decided."""
        return super().dismiss(self._decisions.changed if result is None else result)

    # The check

    @work(exclusive=True, group="check")
    async def _check(self) -> None:
        """Have a child check the folder; leaving the screen ends it."""
        self._error = ""
        self._progress(CommandProgress(0, None, "looking for the files"))
        try:
            self._all = await asyncio.to_thread(every_file, self._path)
            self._list()
            # Finding doubtful labels with a network takes many seconds; everything else takes a few.
            self._checkup = await self._answer("--quick")
            self._list()
            self._checkup = await self._answer()
        except DigitsError as error:
            self._fail(str(error))
        else:
            self._end_progress()
            self._list()
            self._findings.border_title = Content(f"{self._name}: {counts(self._checkup)}")

    async def _answer(self, *options: str) -> Checkup:
        """A child's check-up. Raises DigitsError."""
        asked = ["check", str(self._path.absolute()), "--json", *options]
        return await child.result(Checkup.from_json, *asked, progress=self._progress)

    def _progress(self, message: CommandProgress) -> None:
        self.query_one(WorkProgress).show(message)
        self._findings.border_title = Content(f"{self._name}: checking …")

    def _fail(self, error: str) -> None:
        self._error = printable(error)
        self._end_progress()
        self._findings.border_title = Content(f"{self._name}: not checked")
        self.query_one("#explanation", Static).update(Content(f"✗ {self._error}\n\nPress r to check again."))
        if self._looking:
            complain(self, self._error)  # the explanation beside the findings may be hidden

    def _end_progress(self) -> None:
        self.query_one(WorkProgress).display = False

    def _list(self) -> None:
        """Show what is known: all images, and the findings once they have arrived."""
        findings = self._checkup.findings if self._checkup is not None else ()
        every = [self._all] if self._all is not None else []
        # The cursor stays on the image that the user is looking at.
        path = self._images.current.path if self._looking and self._images.current is not None else None
        self._findings.show([*findings, *every], self._findings.chosen if self._looking else None)
        self._show_chosen()
        if path is not None:
            self._images.go_to(path)

    def action_check_again(self) -> None:
        """Check again, and decode the images again: files may have changed."""
        self._images.forget()
        self._recall()
        self._check()

    # The findings and their images

    @on(OptionList.OptionHighlighted)
    def _show_chosen(self) -> None:
        finding = self._findings.chosen
        if finding is None:
            return
        if self._images.pictures is not finding.files:
            self._images.show(finding.files, has_pairs=finding.has_pairs)
        self._show_chosen_words()

    @on(BeforeAfter.Moved)
    def _show_chosen_words(self) -> None:
        finding = self._findings.chosen
        if finding is None:
            return
        place = f"{self._images.cursor + 1:,} of {len(finding.files):,}" if finding.files else counted(finding)
        self.query_one("#files").border_title = Content(f"{place}: {finding.title}")
        width = max(20, self.size.width - 3)
        words = textwrap.wrap(f"{finding.meaning} {finding.action}", width, max_lines=_ABOUT, placeholder=" …")
        self.query_one("#about", Static).update("\n".join(words))
        if not self._error:
            notes = self._checkup.notes if self._checkup is not None and finding is self._all else ()
            self.query_one("#explanation", Static).update(explained(finding, notes))

    @on(OptionList.OptionSelected)
    def _open(self) -> None:
        finding = self._findings.chosen
        if finding is None:
            return
        if not finding.files:
            self.notify("This finding is about the whole folder; it has no images to show.")
            return
        self._arrange(images=True)
        self._images.focus()

    def action_steps(self) -> None:
        """Show the preprocessing of the image under the cursor, step by step."""
        picture = self._images.current
        if picture is None:
            self.notify("There is no image to show.")
        else:
            self.app.push_screen(StepsScreen(partial(of_file, self._path / picture.path, picture.path)))

    @on(BeforeAfter.Opened)
    def _look_inside(self, event: BeforeAfter.Opened) -> None:
        """Show what the network makes of an image."""
        self.post_message(LookInside(event.seen, printable(event.path)))

    async def action_back(self) -> None:
        """Go from the images to the findings, or from the findings back to the data screen."""
        if self._looking:
            self._arrange(images=False)
            self._findings.focus()
            return
        await self._decisions.settled()
        self.dismiss()

    def _arrange(self, *, images: bool) -> None:
        """Show the findings or their `images`, or both if there is room."""
        wide = self.size.width >= _WIDE
        self.set_class(wide, "-wide")
        self.query_one("#overview").display = wide or not images
        self.query_one("#files").display = wide or images
        self.query_one("#about").display = not wide

    # Decisions

    @work(group="decisions")
    async def _recall(self) -> None:
        try:
            for complaint in await self._decisions.read():
                self.notify(complaint, severity="warning", timeout=12, markup=False)
        except DigitsError as error:
            complain(self, printable(str(error)))
        self._tell()

    @on(BeforeAfter.Decided)
    @work(group="decisions")
    async def _decide(self, event: BeforeAfter.Decided) -> None:
        decisions = self._decisions
        try:
            match event.decision:
                case "leave out":
                    await decisions.leave_out(event.path)
                case "withdraw":
                    await decisions.withdraw(event.path)
                case digit:
                    await decisions.relabel(event.path, digit)
        except DigitsError as error:
            complain(self, printable(str(error)))
        self._tell()

    @work(group="decisions")
    async def action_undo(self) -> None:
        """Undo the last decision."""
        try:
            path = await self._decisions.undo()
        except DigitsError as error:
            complain(self, printable(str(error)))
            return
        self._tell()
        if path is None:
            self.notify("There is nothing to undo.")
            return
        amendment = self._decisions.amended.get(path)
        now = "used as it is" if amendment is None else said(amendment)
        self.notify(f"Undone: {fit(printable(path), 60)} is {now} again.", markup=False)
        self._images.go_to(path)

    def _tell(self) -> None:
        """Show the decisions on the images and in the last line."""
        amended = self._decisions.amended
        self._images.amended = amended
        self.query_one("#status", Static).update(
            f"{summary(amended)}. Training follows this; no file is changed."
            if amended
            else "Nothing decided yet. Training follows your decisions; no file is changed."
        )

    @property
    def _looking(self) -> bool:
        """Whether the images have the focus, even while a dialog covers them."""
        return self.focused is self._images

    @property
    def _findings(self) -> Findings:
        return self.query_one(Findings)

    @property
    def _images(self) -> BeforeAfter:
        return self.query_one(BeforeAfter)
