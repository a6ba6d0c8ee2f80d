"""Measures a scorecard: how one checkpoint, or two side by side, read MNIST's test set, own sets and given sets."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from core.data import catalogue, mnist
from core.data.datasets import gather
from core.errors import DigitsError
from core.evaluation.ancestry import Learned, learned
from core.evaluation.evaluation import Evaluation, evaluate_parts
from core.evaluation.held_out import EVERY, comparison
from core.evaluation.pairing import differing
from core.evaluation.scorecard_rows import Figures, Kind, Outcome, Row, Scorecard, ScoredModel, Speed
from core.evaluation.scorecard_words import summary, verdict_words
from core.evaluation.significance import SIGNIFICANT, least_certain, p_value
from core.printable import printable
from core.reading.recogniser import Recogniser
from core.words import plural

Report = Callable[[int, int, str], None]
"""Called with the amount done, the total, and what is being done."""

_READINGS = 200
_WARM_UP = 20  # readings that do not count: the first ones set up kernels and fill caches
_KINDS = {catalogue.SHIPPED: Kind.MNIST, catalogue.OWN: Kind.OWN}


def measure(
    checkpoints: Sequence[Path],
    sets: Sequence[str] = (),
    report: Report = lambda done, total, doing: None,
    tell: Callable[[Row], None] = lambda row: None,
) -> Scorecard:
    """The scorecard of one checkpoint, or of the first compared with the second.

    `sets` are names in the catalogue or paths; one that cannot be used gets a row that says why. `tell` receives each
    row as soon as it is measured. Raises CheckpointError if a checkpoint cannot be loaded, and DataError if MNIST's
    files are not as shipped.
    """
    recognisers = [Recogniser(path) for path in checkpoints]
    models = tuple(ScoredModel.of(each.path, each.header.title) for each in recognisers)
    rows = []
    for row in _rows(recognisers, models, sets, report):
        rows.append(row)
        tell(row)
    speeds = tuple(_speeds(recognisers, mnist.load()[1].images[:_READINGS], report))
    return Scorecard(summary(models, rows), models, tuple(rows), speeds)


def _rows(
    recognisers: Sequence[Recogniser], models: Sequence[ScoredModel], sets: Sequence[str], report: Report
) -> Iterator[Row]:
    wanted = [entry for entry in catalogue.entries() if entry.kind in _KINDS and entry.images]
    for entry in wanted:
        yield _row(recognisers, models, entry, report)
    seen = {entry.path for entry in wanted}
    for name in sets:
        try:
            entry = catalogue.find(name)
        except DigitsError as error:
            yield Row(printable(Path(name).name or name), Kind.GIVEN, error=printable(str(error)))
            continue
        if entry.path is None or entry.path not in seen:
            seen.add(entry.path)
            yield _row(recognisers, models, entry, report)


def _row(
    recognisers: Sequence[Recogniser], models: Sequence[ScoredModel], entry: catalogue.Entry, report: Report
) -> Row:
    data = entry.name if entry.is_published or entry.path is None else entry.path
    name = "MNIST's test set" if entry.kind == catalogue.SHIPPED else printable(entry.title)
    kind = _KINDS.get(entry.kind, Kind.GIVEN)
    try:
        collection = gather(entry, _told(report, f"normalising {name}"))
        histories = [learned(each.path, entry) for each in recognisers]
        chosen = comparison(entry, collection, histories)
    except DigitsError as error:
        return Row(name, kind, error=printable(str(error)), data=data)
    skipped = len(collection.skipped)
    del collection  # frees the images that are not read
    read: list[Evaluation | None] = [None] * len(recognisers)
    for index, (recogniser, model) in enumerate(zip(recognisers, models, strict=True)):
        if chosen.unseen[index]:
            doing = f"{model.name} reads {name}"
            read[index] = evaluate_parts(recogniser, chosen.parts, _told(report, doing))
    figures = tuple(
        _measured(evaluation) if evaluation is not None else _stated(history)
        for evaluation, history in zip(read, histories, strict=True)
    )
    notes = [
        _note(model.at_start, history)
        for model, history, unseen in zip(models, histories, chosen.unseen, strict=True)
        if not unseen
    ]
    if skipped:
        notes.append(f"{plural(skipped, 'file')} could not be used.")
    verdict, words = _compared(read, figures)
    return Row(
        name=name,
        kind=kind,
        images=max((each.count for each in figures if each is not None), default=0),
        which="" if chosen.which in (name, EVERY) else chosen.which,
        figures=figures,
        verdict=verdict,
        words=words,
        rejects_more=_rejects_more(read),
        notes=tuple(notes),
        data=data,
    )


def _told(report: Report, doing: str) -> Callable[[int, int], None]:
    return lambda done, total: report(done, total, doing)


def _measured(read: Evaluation) -> Figures:
    return Figures(int(read.right.sum()), read.count, int(read.rejected.sum()), read.calibration_error)


def _stated(history: Learned | None) -> Figures | None:
    """The figures in a checkpoint's header for a set that it learned from; None if there are none."""
    figure = history.figure if history is not None else None
    return None if figure is None else Figures(*figure)


def _note(name: str, history: Learned | None) -> str:
    if history is None or history.figure is None:
        return f"{name} has learned from these images, so a figure for it would not count."
    if history.folds:
        return (
            f"{name} has learned from these images: its figure is cross-validated, each image read by a network that "
            "had not."
        )
    return f"{name} has learned from this set, which has changed since: its figure is from the test of its training."


def _compared(read: Sequence[Evaluation | None], figures: Sequence[Figures | None]) -> tuple[Outcome, str]:
    """How the first compares with the second on the same images, and the same in words."""
    if len(figures) != 2:
        return Outcome.NONE, ""
    first, second = figures
    if first is None or second is None:
        return Outcome.NONE, ""
    if first.count != second.count:
        return Outcome.NONE, "The two figures are not for the same images, so they cannot be compared."
    if read[0] is not None and read[1] is not None:
        gained, lost = differing(read[0].right, read[1].right)
        verdict = Outcome.of(first.right - second.right, p_value(gained, lost))
        return verdict, verdict_words(verdict, gained, lost)
    # For a cross-validation it is known how many images were read right, but not which.
    verdict = Outcome.of(first.right - second.right, least_certain(first.right, second.right, first.count))
    return verdict, ""


def _rejects_more(read: Sequence[Evaluation | None]) -> bool:
    if len(read) != 2 or read[0] is None or read[1] is None:
        return False
    more, fewer = differing(read[0].rejected, read[1].rejected)
    return more > fewer and p_value(more, fewer) < SIGNIFICANT


def _speeds(recognisers: Sequence[Recogniser], images: NDArray[np.uint8], report: Report) -> Iterator[Speed]:
    """The time that each takes for one image (H, W) at a time, as for a user who waits."""
    taken: list[list[float]] = [[] for _ in recognisers]
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        warm = min(_WARM_UP, len(images))
        for index, image in enumerate([*images[:warm], *images]):
            # In turn, so that other load on the machine slows all of them equally.
            for recogniser, milliseconds in zip(recognisers, taken, strict=True):
                began = time.perf_counter()
                recogniser.read(image, "bright")
                milliseconds.append((time.perf_counter() - began) * 1000)
            report(index + 1, warm + len(images), "timing single readings")
    finally:
        torch.set_num_threads(threads)
    for milliseconds in taken:
        counted = milliseconds[warm:]
        yield Speed(statistics.median(counted), float(np.percentile(counted, 95)), len(counted))
