"""The results of a run that has ended: its figures, where its weights are, and what to do next."""

from __future__ import annotations

import os
import re
import textwrap
from pathlib import Path

from textual.content import Content

from core.duration import duration
from core.evaluation.significance import margin_of_error
from core.runs.events import Failed, Finished, Stopped
from core.runs.run import FAILED, FINISHED, UNKNOWN
from core.words import percent, plural
from tui.processes.followed_run import GONE, FollowedRun
from tui.widgets.run.confusion import confusion_of
from tui.widgets.run.progress import known
from tui.widgets.shared.lines import Lines, fit

_MUTED = "$foreground-muted"
_NAME = 17
"""Cells for a row's name."""


class Results(Lines):
    """A few lines; how many depends on how the run ended."""

    _followed: FollowedRun | None = None

    def show(self, followed: FollowedRun) -> None:
        """Show how this run ended."""
        self._followed = followed
        self.renew()

    def lines(self, width: int) -> list[Content]:
        """How the run ended, then its figures, its weights and the next steps."""
        if self._followed is None or self._followed.is_going:
            return []
        followed, history = self._followed, self._followed.history
        rows = [*self._ending(followed, width)]
        if not isinstance(history.end, Finished) and (history.folds or history.measured):
            rows.append(Content.assemble((f"{'So far':<{_NAME}}", _MUTED), known(history)))
        elif not isinstance(history.end, Finished) and (best := history.best):
            rest = f"in epoch {best.epoch:,}"
            rows.append(_named("Best validation", percent(best.validation_accuracy), rest, width))
        if followed.run.model.exists():
            path = shown_path(followed.run.model)
            rows += _located("Weights", path, width)
            if followed.state == FINISHED and not _is_crossed(history.end):
                command = "digits-tui evaluate --checkpoint "
                fits = len(command) + len(path) <= width - _NAME
                rows += _rows("Evaluate", [command + (path if fits else "FILE   (the weights above)")])
        rows.append(_next(followed))
        return rows

    def _ending(self, followed: FollowedRun, width: int) -> list[Content]:
        history, end = followed.history, followed.history.end
        if followed.state == FINISHED and isinstance(end, Finished):
            if _is_crossed(end):
                return _crossed(end, width)
            margin = margin_of_error(end.test_accuracy, end.test_count) * 100
            note = history.started.test_note if history.started else ""
            rest = f"on {plural(end.test_count, 'image')}" + (f", {note}" if note else "")
            return [
                _named("Test accuracy", f"{percent(end.test_accuracy)} ± {margin:.2f}", rest, width),
                *_compared(end, width),
                _named(
                    "Best validation",
                    percent(end.best_validation_accuracy),
                    f"in epoch {end.best_epoch:,}; last {percent(end.validation_accuracy)}; "
                    f"trained in {duration(end.seconds)}",
                    width,
                ),
            ]
        done = "nothing was trained"
        if history.started:
            done = f"{history.step:,} of {history.total_steps:,} batches done in {duration(history.seconds)}"
        if followed.state == GONE:
            gone = f"its folder {shown_path(followed.run.path)} no longer exists; the figures were read before"
            return _wrapped("Gone", gone, width, "bold $text-error")
        if followed.state == FINISHED:
            return _wrapped("Finished", f"its figures cannot be read: {followed.trouble}", width, "bold $text-warning")
        if followed.state == UNKNOWN:
            how = f"how it ended cannot be read: {followed.trouble}; {done}"
            return _wrapped("Unknown", how, width, "bold $text-warning")
        if followed.state == FAILED:
            error = end.error if isinstance(end, Failed) else "the log may say why"
            return [
                *_wrapped("Failed", error, width, "bold $text-error"),
                *_located("Log", shown_path(followed.run.log), width),
            ]
        how = followed.sudden_end
        if isinstance(end, Stopped):
            how = "a checkpoint is kept" if end.checkpoint else ""
        return _wrapped("Stopped", "; ".join(filter(None, (done, how))), width, "bold $text-warning")


def _is_crossed(end: object) -> bool:
    """Whether a run has ended in a cross-validation."""
    return isinstance(end, Finished) and end.accuracy is not None


def _crossed(end: Finished, width: int) -> list[Content]:
    """The results of a cross-validation: over all images, and the spread over the folds."""
    margin = margin_of_error(end.test_accuracy, end.test_count) * 100
    folds = plural(len(end.fold_accuracies), "fold")
    images = plural(end.test_count, "image")
    rows = [
        _named(
            "Accuracy",
            f"{percent(end.test_accuracy)} ± {margin:.2f}",
            f"of {images}, each new to its network",
            width,
        )
    ]
    if end.mean is not None and end.spread is not None:
        value = f"{percent(end.mean)} ± {end.spread * 100:.2f}"
        rows.append(_named("Folds", value, f"mean and spread of {folds}; {duration(end.seconds)} total", width))
    return [*rows, *_compared(end, width)]


def _compared(end: Finished, width: int) -> list[Content]:
    """What fine-tuning changed on the user's images and on MNIST's."""
    rows = []
    if end.accuracy_before is not None:
        rows.append(_change("Before → after", end.accuracy_before, end.test_accuracy, "on these images", width))
    if end.mnist_before is not None and end.mnist_after is not None:
        rows.append(_change("MNIST", end.mnist_before, end.mnist_after, "on its 10,000 test images", width))
    return rows


def _change(name: str, before: float, after: float, where: str, width: int) -> Content:
    points = f"{(after - before) * 100:+.2f}".replace("-", "−")
    return _named(name, f"{percent(before)} → {percent(after)}", f"{points} points {where}", width)


def shown_path(path: Path) -> str:
    """`path` in its shortest form: relative to the working folder, relative to the home folder, or absolute."""
    here = Path(os.environ.get("PWD") or ".")
    for base, prefix in ((here, ""), (Path.home(), "~/")):
        if base.is_absolute() and path.is_relative_to(base):
            return prefix + str(path.relative_to(base))
    return str(path)


def _next(followed: FollowedRun) -> Content:
    """The keys for the next steps."""
    steps = []
    if confusion_of(followed.history.end):
        steps.append(("m", "shows its mistakes"))
    if followed.run.is_resumable():
        steps.append(("r", "resumes it"))
    if followed.run.model.exists():
        steps.append(("w", "draws with it"))
    if followed.state == FAILED:
        steps.append(("l", "shows the log"))
    steps.append(("d", "starts a new run"))
    words = Content.styled(f"{'Next':<{_NAME}}", _MUTED)
    for index, (key, meaning) in enumerate(steps):
        words = Content.assemble(words, "  " if index else "", (key, "bold $text-accent"), f" {meaning}")
    return words


def _named(name: str, value: str, rest: str, width: int) -> Content:
    room = width - _NAME - len(value) - 2
    return Content.assemble((f"{name:<{_NAME}}", _MUTED), (value, "bold"), "  ", fit(rest, room))


def _wrapped(name: str, text: str, width: int, style: str) -> list[Content]:
    """At most two lines of `text`; the log screen shows a long error in full."""
    room = max(20, width - _NAME)
    return _rows(name, textwrap.wrap(text, room, max_lines=2, placeholder=" …"), style)


def _located(name: str, path: str, width: int) -> list[Content]:
    """A path in as many lines as it needs, broken after slashes."""
    parts = [""]
    for part in re.split(r"(?<=/)", path):
        if parts[-1] and len(parts[-1]) + len(part) > width - _NAME:
            parts.append("")
        parts[-1] += part
    return _rows(name, parts)


def _rows(name: str, parts: list[str], style: str = _MUTED) -> list[Content]:
    """One line for each part, with the name before the first."""
    return [
        Content.assemble((f"{name if index == 0 else '':<{_NAME}}", style), part) for index, part in enumerate(parts)
    ]
