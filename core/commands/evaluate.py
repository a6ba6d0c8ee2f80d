"""`evaluate`: how well a checkpoint reads a labelled set, and whether it rejects non-digits."""

from __future__ import annotations

import argparse
import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING

from core.commands.comparison import run_comparison
from core.commands.progress import Stages, narrate, stages, tell_skipped
from core.config.configuration import MNIST
from core.data import sources
from core.system import gc_policy
from core.words import percent, plural

if TYPE_CHECKING:
    from core.evaluation.evaluation import Evaluation
    from core.evaluation.rejection import Rejections
    from core.reading.recogniser import Recogniser


_REJECTED = (0, 1, 2, 5, 10, 20)
"""Shares of the images, in percent, that the text leaves out to say how many of the others are right."""


_REPORTED = 60
"""Images of each pair of digits that a report chooses from."""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `evaluate`."""
    evaluate = commands.add_parser(
        "evaluate",
        help="measure a checkpoint on labelled images",
        description=(
            "Measure a checkpoint on labelled images: MNIST's test set, or all images of a set of your own. "
            "With --not-digits, also on images that are not digits. With --against, compare it with another one: which "
            "images only one of them reads right, and whether that is significant."
        ),
    )
    evaluate.add_argument("--data", default=MNIST, metavar="NAME|PATH", help="a name that `datasets` lists, or a path")
    evaluate.add_argument("--checkpoint", default="", metavar="FILE|RUN", help="default: the shipped model")
    evaluate.add_argument(
        "--against",
        metavar="FILE|RUN",
        help="compare with this checkpoint, image by image; `shipped` is the shipped model",
    )
    evaluate.add_argument(
        "--part",
        choices=("auto", "test", "all"),
        default="auto",
        help="auto: the set's test set, or the images held out of the training, or else all (default: auto)",
    )
    evaluate.add_argument(
        "--not-digits",
        metavar="PATH",
        help=f"{sources.formats_of_others()} without any digit: also measure how many are rejected",
    )
    evaluate.add_argument(
        "--leave-out",
        default="",
        metavar="CHARACTERS",
        help="with --not-digits: skip letters that look like digits, such as OoIlSsZzqgbBD",
    )
    evaluate.add_argument(
        "--examples",
        type=int,
        default=0,
        metavar="N",
        help="with --json: also N images for each pair of true digit and digit read, the most confident first; with "
        "--against, N that only the one and N that only the other reads right",
    )
    evaluate.add_argument(
        "--report",
        type=Path,
        metavar="FILE",
        help="also write a report for somebody who was not there: .html, .md or .svg, by the file's name",
    )
    evaluate.add_argument(
        "--json", action="store_true", help="print one JSON object; with --examples, also lines of progress"
    )
    evaluate.set_defaults(run=run_evaluate)


def run_evaluate(options: argparse.Namespace) -> int:
    """Read a set and print the figures. Raises DigitsError if the set or the checkpoint cannot be used."""
    from core.evaluation.examples import examples
    from core.evaluation.measurement import Measurement
    from core.evaluation.report.content import Report
    from core.evaluation.report.writer import checked, write
    from core.evaluation.selection import selection
    from core.runs.checkpoints import resolve

    with gc_policy.spared():
        from core.evaluation.evaluation import evaluate_parts
        from core.reading.recogniser import Recogniser

    _check(options)
    if options.against is not None:
        return run_comparison(options)
    report_path = None if options.report is None else checked(options.report)
    recogniser = Recogniser(resolve(options.checkpoint))
    with stages(as_json=bool(options.examples)) as report:
        selected = selection(options.data, options.part, [recogniser.path], report)
        name, which = selected.name, selected.which
        tell_skipped(selected.skipped)
        narrate(
            f"reading {len(selected):,} images of {name} ({which}) with {recogniser.path.name}: "
            f"{recogniser.header.title}"
        )
        result = evaluate_parts(recogniser, selected.parts, lambda done, total: report(done, total, f"reading {name}"))
        shown = examples(result, selected.parts, options.examples)
        reported = examples(result, selected.parts, _REPORTED if report_path else 0)
        del selected  # 70,000 images are tens of megabytes
        others = None
        if options.not_digits is not None:
            others, left_out = _rejections(options.not_digits, options.leave_out, recogniser, result, report)
    answer = {**result.to_json(), "data": name, "part": which, "checkpoint": str(recogniser.path)}
    if report_path is not None:
        measured = dataclasses.replace(Measurement.from_json(answer), examples=tuple(reported))
        write(Report.of(recogniser.path, recogniser.header, name, measured), report_path)
        narrate(f"report: {report_path}")
    if options.json:
        if others is not None:
            answer["not_digits"] = {**others.to_json(), "path": options.not_digits, "left_out": left_out}
        if options.examples:
            answer["examples"] = [each.to_json() for each in shown]
        print(json.dumps(answer))
        return 0
    _describe(result)
    if others is not None:
        _describe_rejections(others, left_out)
    return 0


def _check(options: argparse.Namespace) -> None:
    """Raises ConfigurationError if options do not go together."""
    from core.errors import ConfigurationError

    if options.leave_out and options.not_digits is None:
        raise ConfigurationError("--leave-out belongs to --not-digits; give both, or neither")
    if options.examples < 0 or (options.examples and not options.json):
        raise ConfigurationError(
            f"--examples is {options.examples}; it must be 0 or more, and belongs to --json: only programs read images"
        )
    if options.against is not None and (options.report or options.not_digits is not None):
        raise ConfigurationError(
            "--report and --not-digits are about one network; leave them out, or leave out --against"
        )


def _rejections(
    path: str, leave_out: str, recogniser: Recogniser, digits: Evaluation, report: Stages
) -> tuple[Rejections, int]:
    """How the network reads the non-digits at `path`, compared with `digits`, and how many were left out."""
    from core.data import non_digits
    from core.evaluation.rejection import Rejections

    found = non_digits.gather(path, leave_out, lambda done, total: report(done, total, "normalising non-digits"))
    tell_skipped(found.skipped)
    read = recogniser.scores(found.images, lambda done, total: report(done, total, "reading non-digits"))
    return Rejections.of(read, digits), found.left_out


def _describe(result: Evaluation) -> None:
    print(
        f"accuracy {percent(result.accuracy)} of {plural(result.count, 'image')}, "
        f"calibration error {percent(result.calibration_error)}"
    )
    rejected = int(result.rejected.sum())
    accepted = result.accepted_accuracy
    others = "" if accepted is None or not rejected else f"; of the others {percent(accepted)} are read right"
    print(f"rejected as not a digit: {rejected:,} ({percent(rejected / result.count)}){others}")
    print("\ndigit   read as 0     1     2     3     4     5     6     7     8     9")
    for digit, row in enumerate(result.confusion.tolist()):
        print(f"{digit:5} {'':6}" + "".join(f"{count or '·':>6}" for count in row))
    print("\ndigit   recall  precision       F1")
    for digit, figures in enumerate(zip(result.per_class, result.precision, result.f1, strict=True)):
        recall, precision, f1 = ("–" if each is None else percent(each) for each in figures)
        print(f"{digit:5} {recall:>8}  {precision:>9}  {f1:>7}")
    print("\nleft out as least sure   of the others right")
    for share, accuracy in result.rejection_curve:
        if round(share * 100) in _REJECTED:
            print(f"{percent(share, 0):>22}   {percent(accuracy):>19}")
    bins = result.reliability
    print("\nconfidence       images   mean confidence   right")
    for index, each in enumerate(bins):
        if each.count:
            span = f"{100 * index / len(bins):5.1f} to {100 * (index + 1) / len(bins):5.1f}%"
            print(f"{span}  {each.count:7,}   {percent(each.confidence):>15}  {percent(each.accuracy):>7}")


def _describe_rejections(found: Rejections, left_out: int) -> None:
    aside = f" ({left_out:,} left out)" if left_out else ""
    print(f"\n{plural(found.count, 'non-digit')}{aside}")
    print(f"rejected: {found.rejected:,} ({percent(found.rejected / found.count)})")
    print(f"taken for a digit without doubt (over 90%): {found.mistaken:,} ({percent(found.mistaken / found.count)})")
    by = "" if found.measure == "no digit" else ", by 1 − confidence: this network cannot reject"
    print(f"AUROC against the {found.digits:,} digits: {found.auroc:.4f}{by}")
