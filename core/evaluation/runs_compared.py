"""Runs side by side: what differs in how they were trained, what came out, and which is better. Knows no torch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.duration import duration
from core.errors import CheckpointError
from core.evaluation.scorecard_rows import Outcome
from core.evaluation.significance import least_certain
from core.networks import checkpoint_file
from core.printable import abridged, printable
from core.runs.events import Finished
from core.runs.follow import EventReader
from core.runs.history import History
from core.runs.run import Run
from core.words import listed, percent, plural

MOST = 8
"""Runs side by side; more could not be told apart."""
_UNKNOWN = "–"
_OF_RECIPE = "recipe's "
_STARTED = (
    "architecture", "parameters", "epochs", "batch_size", "train_count", "validation_count", "test_count",
    "test_note", "device", "device_name", "threads", "precision", "fine_tuned",
)  # fmt: skip
"""Fields of the event with which the training begins, which say what became of the configuration."""


@dataclass(frozen=True, eq=False)
class ComparedRun:
    """One of the runs, with all that it has written."""

    run: Run
    title: str
    history: History
    settings: Mapping[str, str]
    """How it was trained, by name."""
    state: str

    @classmethod
    def of(cls, run: Run, history: History | None = None) -> ComparedRun:
        """Reads its files and, unless its `history` is known, all of its events: some 0.1 s for 10,000 steps."""
        if history is None:
            history = History()
            for event in EventReader(run).read():
                history.feed(event)
        return cls(run, run.title, history, dict(_settings(run, history)), run.status())

    @property
    def tested(self) -> tuple[str, int, int] | None:
        """On which images it was measured, how many of them it read right, and their number; None if it was not."""
        started, end = self.history.started, self.history.end
        if started is None or not isinstance(end, Finished) or not end.test_count or started.folds:
            return None
        return f"{started.data}: {started.test_note}", round(end.test_accuracy * end.test_count), end.test_count


@dataclass(frozen=True)
class ComparedRow:
    """One line of the table."""

    name: str
    values: tuple[str, ...]
    """One for each run."""
    is_result: bool = False


def rows(runs: Sequence[ComparedRun], *, all_settings: bool = False) -> list[ComparedRow]:
    """All results, then the settings that differ, or all that are not nothing."""
    found = []
    for name, of in _RESULTS.items():
        values = tuple(of(each) for each in runs)
        if set(values) != {_UNKNOWN}:
            found.append(ComparedRow(name, values, is_result=True))
    names = dict.fromkeys(name for each in runs for name in each.settings)
    for name in names:
        values = tuple(each.settings.get(name, _UNKNOWN) for each in runs)
        if len(set(values)) > 1 or (all_settings and not _says_nothing(name, values)):
            found.append(ComparedRow(name, _shortened(values)))
    return found


def _says_nothing(name: str, values: tuple[str, ...]) -> bool:
    """Whether it is unknown, or something that the recipe does not do."""
    return set(values) <= ({_UNKNOWN, "0", "no"} if name.startswith(_OF_RECIPE) else {_UNKNOWN})


def _shortened(values: tuple[str, ...]) -> tuple[str, ...]:
    """Paths by their last parts, as long as these tell them apart."""
    names = tuple(each.rpartition("/")[2] or each for each in values)
    return names if len(set(names)) == len(set(values)) else values


def verdict(runs: Sequence[ComparedRun]) -> str:
    """Which run reads the most test images right, and whether that is statistically significant."""
    tested = [(each, each.tested) for each in runs]
    known = [(each, test) for each, test in tested if test is not None]
    if len(known) < 2:
        return "Fewer than two of the runs were measured on test images, so none of them is known to be better."
    if len({(test[0], test[2]) for _, test in known}) > 1:
        return "The runs were measured on different images, so their accuracies are not comparable."
    known.sort(key=lambda each: -each[1][1])
    (best, (_, right, count)), *others = known
    equal = [each.title for each, test in others if test[1] == right]
    if equal:
        return f"{listed([best.title, *equal])} read equally many of {plural(count, 'test image')} right."
    second, (_, fewer, _) = others[0]
    outcome = Outcome.of(right - fewer, least_certain(right, fewer, count))
    significant = "not statistically significant" if outcome is Outcome.SAME else "statistically significant"
    gain = f"{right - fewer:,} more of {plural(count, 'test image')} right"
    return f"{best.title} reads {gain} than {second.title}; the difference is {significant}."


def _settings(run: Run, history: History) -> Iterator[tuple[str, str]]:
    asked = run.asked()
    if asked.config is not None:
        for name, value in asked.config.to_json().items():
            yield _named(name if name != "epochs" else "epochs asked for"), _text(value)
    if history.started is not None:
        for name in _STARTED:
            yield _named(name), _text(getattr(history.started, name))
    try:
        recipe = checkpoint_file.header(run.model).trained.get("recipe")
    except CheckpointError:
        return
    # As it was then: a recipe of the same name may have changed since.
    if isinstance(recipe, Mapping):
        yield from ((f"{_OF_RECIPE}{name}", value) for name, value in _flat(recipe) if name not in ("name", "summary"))


def _flat(values: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{_named(str(name))}: ")
        else:
            yield before + _named(str(name)), _text(value)


def _named(field: str) -> str:
    return printable(field).replace("_", " ")


def _text(value: object) -> str:
    match value:
        case None | "" | () | []:
            return _UNKNOWN
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}" if value < 2**31 else str(value)
        case float():
            return f"{value:.6g}"
        case str():
            return printable(value)
        case list() | tuple():
            return ", ".join(map(_text, value))
    return abridged(value)


def _test(each: ComparedRun) -> str:
    end, started = each.history.end, each.history.started
    if not isinstance(end, Finished):
        return _UNKNOWN
    held_out = ", held out" if started is not None and started.folds else ""
    return f"{percent(end.test_accuracy)} of {end.test_count:,}{held_out}"


def _validation(each: ComparedRun) -> str:
    best, started = each.history.best, each.history.started
    if best is None or started is None or started.folds:
        return _UNKNOWN  # each fold has a best epoch of its own
    return f"{percent(best.validation_accuracy)}, epoch {best.epoch:,}"


def _loss(name: str, each: ComparedRun) -> str:
    epochs = each.history.epochs
    return f"{getattr(epochs[-1], name):.4f}" if epochs else _UNKNOWN


def _steps(each: ComparedRun) -> str:
    history = each.history
    return f"{history.step:,} of {history.total_steps:,}" if history.total_steps else _UNKNOWN


def _time(each: ComparedRun) -> str:
    seconds = each.history.seconds
    return duration(seconds) if seconds else _UNKNOWN


_RESULTS = {
    "state": lambda each: each.state,
    "test accuracy": _test,
    "best validation": _validation,
    "last training loss": lambda each: _loss("train_loss", each),
    "last validation loss": lambda each: _loss("validation_loss", each),
    "steps": _steps,
    "training time": _time,
}
