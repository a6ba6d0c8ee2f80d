"""Puts the figures of a scorecard into sentences. Plain Python."""

from __future__ import annotations

from collections.abc import Sequence

from core.evaluation.scorecard_rows import Figures, Kind, Outcome, Row, ScoredModel
from core.words import listed, plural

LEGEND = (
    "Better and worse are statistically significant: two equally good networks would differ this much in fewer than "
    "1 of 20 such comparisons. 95% range: where the true figure probably lies, given the number of images. "
    "Rejected: digits read as not a digit. "
    "Calibration: the difference between confidence and accuracy, on average."
)
SPEED = "One reading, including normalising, on one thread"
_WORDS = {Outcome.BETTER: "better", Outcome.WORSE: "worse"}
_ONLY_MNIST = "To see how it reads your handwriting, keep drawings of your own or give a set."


def summary(models: Sequence[ScoredModel], rows: Sequence[Row]) -> str:
    """Whether the first of `models` is better for this user than the second; for a single one, how well it reads."""
    if len(models) == 1:
        return _alone(models[0], rows)
    personal = [row for row in rows if row.kind is not Kind.MNIST]
    judged = [row for row in personal if row.verdict]
    first, second = models
    mnist = next((row for row in rows if row.kind is Kind.MNIST and row.verdict), None)
    if not judged:
        text = f"{first.at_start} {_is(mnist)} {second.name} on MNIST's test set{_numbers(mnist)}." if mnist else ""
        why = _ONLY_MNIST if not personal else "None of your own sets tells which of the two is better for you."
        return f"{text} {why}".strip()
    text = _for_you(first, second, judged)
    if mnist is not None and mnist.verdict is not Outcome.SAME:
        as_well = " too" if {row.verdict for row in judged} - {Outcome.SAME} == {mnist.verdict} else ""
        text += f" On MNIST's test set it is {_WORDS[mnist.verdict]}{as_well}{_numbers(mnist)}."
    for row in judged:
        if row.rejects_more and (pair := _pair(row)):
            digits = f"{plural(pair[0].count, 'digit')} in {row.name}"
            text += f" But it rejects {pair[0].rejected:,} of {digits}"
            text += f", {second.name} only {pair[1].rejected:,}."
    return text


def verdict_words(verdict: Outcome, gained: int, lost: int) -> str:
    """Such as `12 images are read right only by the first, 3 only by the second: statistically significant`."""
    beyond = "not statistically significant" if verdict is Outcome.SAME else "statistically significant"
    images = plural(gained, "image is", "images are")
    return f"{images} read right only by the first, {lost:,} only by the second: {beyond}"


def _for_you(first: ScoredModel, second: ScoredModel, judged: Sequence[Row]) -> str:
    better, worse = ([row for row in judged if row.verdict is verdict] for verdict in (Outcome.BETTER, Outcome.WORSE))
    if better and worse:
        return (
            f"{first.at_start} is better for you on {_names(better)} and worse on {_names(worse)} than {second.name}."
        )
    telling = better or worse
    if not telling:
        return f"{first.at_start} is as good for you as {second.name}: no statistically significant difference."
    same = [row for row in judged if row.verdict is Outcome.SAME]
    rest = f"; on {_names(same)} there is no significant difference" if same else ""
    return (
        f"{first.at_start} is {_WORDS[telling[0].verdict]} for you than {second.name} on {_names(telling)}"
        f"{_numbers(telling[0])}{rest}."
    )


def _alone(model: ScoredModel, rows: Sequence[Row]) -> str:
    read = [(row, row.figures[0]) for row in rows if row.figures and row.figures[0] is not None]
    if not read:
        return f"{model.at_start} could not be measured on any set."
    shares = [f"{figures.accuracy} of {row.name} ({plural(figures.count, 'image')})" for row, figures in read]
    own = all(row.kind is Kind.MNIST for row in rows)
    return f"{model.at_start} reads {listed(shares)} right.{f' {_ONLY_MNIST}' if own else ''}"


def _is(row: Row) -> str:
    return "is not significantly different from" if row.verdict is Outcome.SAME else f"is {_WORDS[row.verdict]} than"


def _numbers(row: Row) -> str:
    pair = _pair(row)
    return f": {pair[0].accuracy} of {plural(pair[0].count, 'image')} right, against {pair[1].accuracy}" if pair else ""


def _pair(row: Row) -> tuple[Figures, Figures] | None:
    first, second = row.figures
    return None if first is None or second is None else (first, second)


def _names(rows: Sequence[Row]) -> str:
    return listed([row.name for row in rows])
