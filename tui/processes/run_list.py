"""The runs worth showing at a glance: those that are going, then the newest past ones. Blocks on file reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.duration import duration
from core.runs import events, sudden_end
from core.runs.ending import status_of
from core.runs.history import History
from core.runs.run import FAILED, FINISHED, RUNNING, STOPPED, UNKNOWN, Run, list_runs
from core.words import percent
from tui.processes.followed_run import FollowedRun
from tui.processes.run_stage import RunStage

MARKS = {RUNNING: "●", FINISHED: "✓", STOPPED: "■", FAILED: "✗", UNKNOWN: "?"}
"""A sign for each status, so that it can be seen without colour."""

_SUDDEN = {
    sudden_end.KILLED: "killed",
    sudden_end.SWITCHED_OFF: "machine switched off",
    sudden_end.KILLED_OR_SWITCHED_OFF: "killed, or machine switched off",
}
"""A line has no room for a clause."""


@dataclass(frozen=True)
class ListedRun:
    """One run as a line in a list."""

    run: Run
    status: str
    """One of those in `core.runs.run`."""
    title: str
    """What a person calls it, or else its name."""
    result: str
    """Its result or progress, such as `99.21% of 10,000, in 12 s`: accuracies on other images are other figures."""


def running_runs() -> list[Run]:
    """The runs that are going, newest first; tests each run's lock, which takes 15 µs a run."""
    return [run for run in list_runs() if run.is_running()]


def run_to_follow() -> Run | None:
    """The newest run that is going, else the newest past run; None if there are no runs."""
    return next(iter(running_runs() or list_runs()), None)


class RunList:
    """Lists the runs repeatedly, reading of each growing event file only what was added."""

    def __init__(self, follow: Callable[[Run], FollowedRun] = FollowedRun) -> None:
        """`follow` returns the `FollowedRun` of a run that is going."""
        self._follow = follow
        self._followed: dict[Run, FollowedRun] = {}

    def look(self, most: int) -> list[ListedRun]:
        """All runs that are going, then the newest past ones, up to `most` in total."""
        known = list_runs()
        going = [run for run in known if run.is_running()]
        self._followed = {run: followed for run, followed in self._followed.items() if run in going}
        past = [run for run in known[: most + len(going)] if run not in going]
        return [self._going(run) for run in going] + [_past(run) for run in past[: max(0, most - len(going))]]

    def _going(self, run: Run) -> ListedRun:
        if (followed := self._followed.get(run)) is None:
            followed = self._followed[run] = self._follow(run)
        followed.look()
        return ListedRun(run, RUNNING, run.title, _progress(followed.history))


def _past(run: Run) -> ListedRun:
    ending = run.ending()
    status = status_of(ending)
    if trouble := run.trouble(ending):
        result = f"cannot be read: {trouble}"
    elif ending is None:
        result = _SUDDEN[run.sudden_end()]
    else:
        result = _result(status, ending.event)
    return ListedRun(run, status, run.title, result)


def _progress(history: History) -> str:
    if history.started is None:
        return "getting ready"
    if history.started.folds:
        return RunStage.of(history.started, history.step // max(1, history.started.steps_per_epoch) + 1).name
    epoch = min(len(history.epochs) + 1, history.started.epochs)
    text = f"epoch {epoch} of {history.started.epochs}"
    if (best := history.best) is not None:
        text += f", {percent(best.validation_accuracy)} validation"
    return text


def _result(status: str, event: events.Event | None) -> str:
    match event:
        case events.Finished():
            return f"{percent(event.test_accuracy)} of {event.test_count:,}, in {duration(event.seconds)}"
        case events.Stopped():
            return f"stopped in epoch {event.epoch}"
        case events.Failed():
            return event.error.partition("\n")[0]
        case _:
            return status
