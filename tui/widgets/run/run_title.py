"""The title of the chosen run: its data and recipe, how it trains, and its state."""

from __future__ import annotations

from pathlib import Path

from textual.content import Content

from core.networks.model_name import model_name
from core.printable import printable
from core.runs.events import Started
from core.runs.run import FAILED, FINISHED, RUNNING, STOPPED, UNKNOWN
from core.words import plural
from tui.processes.followed_run import GONE, STARTING, STOPPING, FollowedRun
from tui.widgets.shared.lines import Lines, fit

_MUTED = "$foreground-muted"
_STATES = {
    STARTING: ("◌ starting …", "$text-warning"),
    RUNNING: ("● running", "$text-success"),
    STOPPING: ("◌ stopping …", "$text-warning"),
    FINISHED: ("✔ finished", "$text-success"),
    STOPPED: ("■ stopped", "$text-warning"),
    FAILED: ("✘ failed", "$text-error"),
    UNKNOWN: ("? unknown", "$text-warning"),
    GONE: ("✘ gone", "$text-error"),
}


class RunTitle(Lines):
    """Two lines: what is trained and how, and the run's title, or else its name, with its numbers of images."""

    _followed: FollowedRun | None = None
    _data = _recipe = _line = _title = ""

    def show(self, followed: FollowedRun, data: str, recipe: str, line: str = "") -> None:
        """Show this run; `data` and `recipe` are from its configuration, `line` says if the terminal's line is slow."""
        self._followed, self._data, self._recipe, self._line = followed, data, recipe, line
        self._title = followed.run.title
        self.renew()

    def lines(self, width: int) -> list[Content]:
        """The two lines, each with a part that is aligned to the right."""
        if self._followed is None:
            return [Content()] * 2
        started = self._followed.history.started
        state, style = _STATES.get(self._followed.state, (self._followed.state, _MUTED))
        how = images = ""
        if started is not None:
            threads = plural(started.threads, "thread")
            how = f"{started.device}, {started.precision}, {threads}, seed {started.seed}"
            images = _images(started, width - len(self._title) - 2)
        if self._line:
            # If there is no room for both, it replaces the numbers of images.
            both = f"{self._line}   {images}" if images else self._line
            images = both if len(both) + len(self._title) + 2 <= width else self._line
        recipe = f", {self._recipe} recipe" if self._recipe else ""
        room = width - len(recipe) - len(how) - len(state) - 5
        what = fit(printable(Path(self._data).name or self._data), max(4, room)) + recipe
        name = fit(self._title, width - len(images) - 2)
        return [
            _spread([(what, "bold"), ("   " + how, _MUTED)], (state, f"bold {style}"), width),
            _spread([(name, _MUTED)], (images, _MUTED), width),
        ]


def _images(started: Started, room: int) -> str:
    """The numbers of images and, if it fits into `room` cells, the network that is fine-tuned."""
    if started.folds:
        text = f"{plural(started.test_count, 'image')} in {plural(started.folds, 'fold')}"
    elif started.validation_count:
        text = f"{started.train_count:,} training, {plural(started.validation_count, 'validation image')}"
    else:
        text = plural(started.train_count, "training image")
    if not started.fine_tuned:
        return text
    base = model_name(started.fine_tuned)
    return next((long for long in (f"{text}, from {base}", f"{text}, fine-tuned") if len(long) <= room), text)


def _spread(left: list[tuple[str, str]], right: tuple[str, str], width: int) -> Content:
    taken = sum(len(text) for text, _ in left) + len(right[0])
    return Content.assemble(*left, " " * max(1, width - taken), right)
