"""One run that is killed, once or several times in a row, and then resumed to its end."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

from core.networks import checkpoint
from core.runs.events import EpochEnded, Progress, Started
from core.runs.follow import EventReader
from core.runs.run import FINISHED, STOPPED, Run, list_runs
from tests.crashes.homes import at_home
from tests.kills.undisturbed import Outcome, after, in_child, outcome, same

_MOST_LOST = 10.0
"""Seconds of training that a kill may cost, where an epoch takes longer."""


@dataclass
class Tally:
    """What was counted over all runs."""

    kills: int = 0
    unbegun: int = 0
    """Runs killed before there was a directory, or before its first save."""
    finished: int = 0
    """Runs that had ended before the kill."""
    steps_lost: int = 0
    """The most steps that a kill has cost."""


@dataclass(frozen=True)
class Repeated:
    """The run that is repeated."""

    arguments: list[str]
    whole: Outcome
    seconds: float
    """How long it takes."""
    calls: int
    """How many calls on its files it makes."""


def killed_run(repeated: Repeated, folder: Path, source: random.Random, tally: Tally) -> str:
    """Kill it at a random moment, or in the middle of a random write; why that was not fine, empty if it was."""
    home = folder / "home"
    arguments = repeated.arguments
    for _ in range(source.choice((1, 1, 2, 3))):
        if source.random() < 0.5:
            status = in_child(home, arguments, call=source.randrange(1, repeated.calls + 1))
        else:
            status = in_child(home, arguments, after(source.random() * repeated.seconds))
        tally.kills += status < 0
        if status > 0:
            return f"{arguments} ended with {status}: {(folder / 'errors.txt').read_text()[-500:]}"
        known = _listed(home)
        if not known:
            tally.unbegun += 1
            continue
        if why := _unreadable(known[0], tally):
            return why
        arguments = ["resume", str(known[0].path)]
        if known[0].status() == FINISHED:
            tally.finished += 1
            break
    return _to_the_end(repeated, folder, arguments, tally)


def _to_the_end(repeated: Repeated, folder: Path, arguments: list[str], tally: Tally) -> str:
    known = _listed(folder / "home")
    has_ended = bool(known) and known[0].status() == FINISHED
    if not has_ended and (status := in_child(folder / "home", arguments)):
        return f"{arguments} ended with {status}: {(folder / 'errors.txt').read_text()[-500:]}"
    run = _listed(folder / "home")[0]
    left = [path.name for path in run.path.iterdir() if path.name.startswith(".")]
    if left:
        return f"left behind: {left}"
    if why := _lost(run, tally):
        return why
    return "" if same(outcome(run), repeated.whole) else "it ends with other weights, losses or accuracies"


def _listed(home: Path) -> list[Run]:
    """The runs of this home; there is one at most."""
    with at_home(home):
        found = list_runs()
    assert len(found) <= 1
    return found


def _unreadable(run: Run, tally: Tally) -> str:
    if run.status() not in (STOPPED, FINISHED):
        return f"it is {run.status()}"
    run.config()
    for event in EventReader(run).read():
        if "cannot be read" in str(event):
            return str(event)
    if run.model.exists():
        checkpoint.load(run.model)
    if run.state.exists():
        checkpoint.load_state(run.state)
    else:
        tally.unbegun += 1
    return ""


def _lost(run: Run, tally: Tally) -> str:
    """Whether a kill has cost more than it may: the training between what was done and where it went on."""
    step, seconds, epoch_seconds, steps_per_epoch = 0, 0.0, 0.0, 1
    for event in EventReader(run).read():
        match event:
            case Started():
                steps_per_epoch = event.steps_per_epoch
                tally.steps_lost = max(tally.steps_lost, step - event.step)
                if step - event.step > steps_per_epoch and seconds - event.seconds > max(_MOST_LOST, epoch_seconds):
                    return f"{step - event.step} steps, {seconds - event.seconds:.1f} s, were lost"
            case Progress():
                step, seconds = event.step, event.seconds
            case EpochEnded():
                epoch_seconds = event.epoch_seconds
            case _:
                pass
    return ""
