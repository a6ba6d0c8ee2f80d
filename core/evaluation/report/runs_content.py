"""What a report on runs says, whatever the file's format. Knows no torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from core import __version__
from core.evaluation.report.lines_chart import Series
from core.evaluation.runs_compared import ComparedRow, ComparedRun, rows, verdict
from core.runs.events import EpochEnded, Failed, Finished
from core.runs.history import History
from core.words import percent, plural

_MOST_POINTS = 240
"""Points of a line; more could not be told apart."""


@dataclass(frozen=True)
class RunsReport:
    """The parts of the report."""

    title: str
    summary: str
    """A sentence or two."""
    names: tuple[str, ...]
    """Of the runs."""
    rows: tuple[ComparedRow, ...]
    """Of several runs, the settings that differ; of one, all."""
    losses: tuple[Series, ...]
    """Training and validation loss over epochs, of one run after the other."""
    accuracies: tuple[Series, ...]
    """Validation accuracy over epochs, one for each run."""
    notes: tuple[str, ...]
    """What the person noted, and what the runs told."""
    made_by: str = f"digits-tui {__version__}"

    @classmethod
    def of(cls, runs: Sequence[ComparedRun]) -> RunsReport:
        """The report on one run, or on several side by side."""
        names = tuple(each.title for each in runs)
        losses: list[Series] = []
        for place, each in enumerate(runs):
            losses += _losses(place, each.title, each.history)
        return cls(
            title=names[0] if len(runs) == 1 else f"{plural(len(runs), 'run')} compared",
            summary=_alone(runs[0]) if len(runs) == 1 else verdict(runs),
            names=names,
            rows=tuple(rows(runs, all_settings=len(runs) == 1)),
            losses=tuple(losses),
            accuracies=tuple(_accuracies(place, each.title, each.history) for place, each in enumerate(runs)),
            notes=tuple(note for each in runs for note in _notes(each, len(runs) > 1)),
        )


def _alone(run: ComparedRun) -> str:
    match run.history.end:
        case Finished() as end:
            return f"It reads {percent(end.test_accuracy)} of {_tested(run.history, end)}."
        case Failed() as end:
            return f"It failed: {end.error.partition(chr(10))[0]}"
    return f"It is {run.state}, after {plural(len(run.history.epochs), 'epoch')}."


def _tested(history: History, end: Finished) -> str:
    started = history.started
    if started is not None and started.folds:
        return f"{plural(end.test_count, 'image')} right, each held out, in {plural(started.folds, 'fold')}"
    trained = f", after {plural(started.epochs, 'epoch')}" if started is not None else ""
    return f"{plural(end.test_count, 'test image')} right{trained}"


def _first_stage(history: History) -> int:
    """Epochs that are drawn: of a cross-validation those of the training on all images, as each fold begins anew."""
    return history.started.epochs // (history.started.folds + 1) if history.started is not None else 0


def _losses(place: int, name: str, history: History) -> list[Series]:
    steps = history.started.steps_per_epoch if history.started else 0
    found = []
    losses = history.losses[: steps * _first_stage(history)]
    if losses:
        each = max(1, -(-len(losses) // _MOST_POINTS))
        edges = [*range(0, len(losses), each), len(losses)]
        points = [(end / steps, sum(losses[begin:end]) / (end - begin)) for begin, end in pairwise(edges)]
        smoothed = f", mean of {each} steps" if each > 1 else ""
        found.append(Series.of(f"{name}: training{smoothed}", place, points))
    validated = [(float(epoch.epoch), epoch.validation_loss) for epoch in _epochs(history)]
    found.append(Series.of(f"{name}: validation", place, validated, marked=True))
    return found


def _accuracies(place: int, name: str, history: History) -> Series:
    points = [(float(epoch.epoch), epoch.validation_accuracy) for epoch in _epochs(history)]
    return Series.of(name, place, points, marked=True)


def _epochs(history: History) -> list[EpochEnded]:
    return [epoch for epoch in history.epochs if epoch.epoch <= _first_stage(history)]


def _notes(run: ComparedRun, several: bool) -> list[str]:
    found = [run.run.label.note, *(note.text for note in run.history.notes)]
    return [f"{run.title}: {note}" if several else note for note in found if note]
