"""Decides when to ask whether to keep a fine-tuned model, and gathers what the question shows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.app import App
from textual.binding import Binding
from textual.screen import Screen
from textual.widgets import Input

from core import paths
from core.data.own import own_set
from core.errors import DigitsError
from core.runs.events import Finished
from tui.processes.fine_tuning_run import FineTuningRun
from tui.screens.fine_tuning_result import FineTuningResult, FineTuningResultScreen
from tui.screens.mode import ModeScreen
from tui.state.complaint import complain

if TYPE_CHECKING:
    from tui.state.owners import Owners

_ANSWERS = {"y", "n"}


def ask(app: App[Any], owners: Owners) -> None:
    """Ask whether to keep the finished run's model, unless the user is in the middle of something."""
    tuning = owners.fine_tuning
    current = tuning.current
    if current is None or current.asked or (finished := current.finished) is None:
        return
    if not _may_cover(app.screen):
        tuning.put_off()
        return
    current.asked = True
    try:
        result = _result(current, finished, owners)
    except DigitsError as error:
        complain(app, error)
        tuning.answer(keep=False)
        return

    def answered(keep: bool | None) -> None:
        if keep is not None:
            tuning.answer(keep=keep)

    app.push_screen(FineTuningResultScreen(result), answered)


def _may_cover(screen: Screen[Any]) -> bool:
    """Whether the question may cover `screen`.

    Not over a dialog, while text is typed or a stroke is drawn, or where a key of an answer has another meaning.
    """
    if not isinstance(screen, ModeScreen) or not screen.is_mounted or not screen.can_be_interrupted:
        return False
    parts = (type(screen), *screen.PARTS)
    keys = {binding.key for part in parts for binding in Binding.make_bindings(part.BINDINGS)}
    return not isinstance(screen.focused, Input) and not _ANSWERS & keys


def _result(current: FineTuningRun, finished: Finished, owners: Owners) -> FineTuningResult:
    """The result to show, with the drawing on the pad or, if that is empty, the pinned one. Raises RunError."""
    config = current.run.config()
    before = Path(config.fine_tune) if config.fine_tune is not None else paths.shipped_checkpoint()
    found = own_set.at(Path(config.data))
    set_name = found.name if found is not None else Path(config.data).name
    drawing = owners.draft.bitmap()
    return FineTuningResult(
        set_name, finished, before, current.run.model, owners.pinned.bitmap if drawing is None else drawing
    )
