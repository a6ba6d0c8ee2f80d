"""The result of a fine-tuning, before and after, a verdict on it, and the question whether to keep the new model."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from rich.table import Table
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Static

from core.evaluation.lesson import judged
from core.networks.model_name import model_name
from core.printable import printable
from core.reading.reading import Reading, Verdict
from core.runs.events import Finished
from core.words import percent, plural, probability
from tui.processes.readings import readings
from tui.screens.pushed import Dialog
from tui.widgets.shared.key_footer import KeyFooter


@dataclass(frozen=True, eq=False)  # an array has no single truth value
class FineTuningResult:
    """The two models and their figures."""

    set_name: str
    """The name of the own set."""
    finished: Finished
    before: Path
    """The checkpoint that was fine-tuned."""
    after: Path
    """The fine-tuned checkpoint."""
    drawing: NDArray[np.uint8] | None
    """The drawing to read with both, (H, W) uint8 with bright ink; None if there is none."""


class FineTuningResultScreen(Dialog[bool | None]):
    """Returns True to keep the new model, False to keep the old one, None to ask again later."""

    BINDING_GROUP_TITLE = "Fine-tuning result"
    # No button has the focus: the user may be pressing Enter to keep a drawing as this opens.
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "dismiss(True)", "Keep the new model"),
        Binding("n", "dismiss(False)", "Keep the old one"),
        Binding("escape", "dismiss(None)", "Ask later"),
        Binding("left,right,up,down", "app.focus_next", "Other answer", show=False),
    ]
    DEFAULT_CSS = """
    FineTuningResultScreen {
        #figures { height: auto; }
        .dialog-text { margin-top: 1; }
        #verdict { text-style: bold; }
    }
    """

    def __init__(self, result: FineTuningResult) -> None:
        super().__init__()
        self._result = result
        self._read: tuple[str, str] | None = None if result.drawing is None else ("reading …", "reading …")

    def compose(self) -> ComposeResult:
        result = self._result
        with Vertical(classes="dialog"):
            yield Static(self._title(), classes="dialog-title", markup=False)
            yield Static(self._figures(), id="figures")
            yield Static(self._explanation(), classes="dialog-text", markup=False)
            verdict = judged(result.finished)
            if verdict is not None:
                yield Static(verdict.words, classes="dialog-text", id="verdict", markup=False)
            old = model_name(result.before)
            yield Static(f"Keep the new model? The old one, {old}, stays.", classes="dialog-text", markup=False)
            new = Button("Keep the new model", id="yes", compact=True)
            former = Button("Keep the old one", id="no", compact=True)
            # What is recommended stands first, where an arrow key leads.
            answers = (former, new) if verdict is not None and not verdict.keeps else (new, former)
            answers[0].variant = "primary"
            with Horizontal(classes="dialog-buttons"):
                yield from answers
        yield KeyFooter(show_command_palette=False)

    def on_mount(self) -> None:
        """Have both models read the drawing; the run's figures are already known."""
        if self._result.drawing is not None:
            self._read_drawing(self._result.drawing)

    @work
    async def _read_drawing(self, drawing: NDArray[np.uint8]) -> None:
        before, after = await readings(drawing, (self._result.before, self._result.after))
        self._read = _words(before), _words(after)
        self.query_one("#figures", Static).update(self._figures())

    @on(Button.Pressed)
    def _answer(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "yes")

    def _title(self) -> str:
        finished = self._result.finished
        return f"Learned from {plural(finished.test_count, 'drawing')} of “{printable(self._result.set_name)}”"

    def _figures(self) -> Table:
        finished = self._result.finished
        table = Table.grid(padding=(0, 2))
        table.add_column(no_wrap=True)
        for _ in ("before", "arrow", "after"):
            table.add_column(justify="right", no_wrap=True)
        table.add_column(no_wrap=True)
        table.add_row("", "before", "", "after", style="dim")
        count, drawings = finished.test_count, (finished.accuracy_before, finished.accuracy)
        if None not in drawings:
            right = " → ".join(str(round((share or 0) * count)) for share in drawings)
            table.add_row("Drawings, held out", *_pair(*map(_percent, drawings)), f"{right} of {count}")
        mnist = (finished.mnist_before, finished.mnist_after)
        if None not in mnist:
            table.add_row("MNIST's test set", *_pair(*map(_percent, mnist)), "")
        if self._read is not None:
            table.add_row("The drawing on the pad", *_pair(*self._read), "")
        return table

    def _explanation(self) -> str:
        finished, folds = self._result.finished, len(self._result.finished.fold_accuracies)
        if not folds:
            return ""
        low, high = min(finished.fold_accuracies), max(finished.fold_accuracies)
        spread = "" if finished.spread is None else f", spread {100 * finished.spread:.1f} points"
        return (
            f"Each drawing was read by a network that had not learned from it, in {folds} folds "
            f"({percent(low, 0)} to {percent(high, 0)}{spread})."
        )


def _pair(before: str, after: str) -> tuple[str, str, str]:
    return before, "→", after


def _percent(share: float | None) -> str:
    return "" if share is None else percent(share)


def _words(reading: Reading | None) -> str:
    """Such as `9, 97.0%`, or `not a digit`."""
    if reading is None:
        return "not read"
    if reading.digit is None:
        return "nothing"
    if reading.verdict is Verdict.NO_DIGIT:
        return reading.words
    return f"{reading.digit}, {probability(reading.certainty)}"
