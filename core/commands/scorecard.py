"""`scorecard`: how well a checkpoint reads, compared with another one."""

from __future__ import annotations

import argparse
import textwrap
from typing import TYPE_CHECKING

from core.commands.progress import say, stages
from core.system.messages import CommandProgress

if TYPE_CHECKING:
    from pathlib import Path

    from core.evaluation.scorecard_rows import Row, Scorecard

_WIDTH = 78


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `scorecard`."""
    scorecard = commands.add_parser(
        "scorecard",
        help="compare a checkpoint with another one on MNIST and your own digits",
        description=(
            "Compare a checkpoint with another one on MNIST's test set, each set of your own drawings and the given "
            "sets: accuracy, rejections, calibration, speed, and whether the differences are significant."
        ),
    )
    scorecard.add_argument(
        "sets", nargs="*", metavar="FOLDER|NAME|FILE", help="further labelled sets: paths, or names from `datasets`"
    )
    scorecard.add_argument("--checkpoint", metavar="FILE|RUN", help="default: the model that you chose to draw with")
    scorecard.add_argument("--against", metavar="FILE|RUN", help="default: the shipped model, if it is another one")
    scorecard.add_argument(
        "--json", action="store_true", help="print progress and the result, one JSON object per line"
    )
    scorecard.set_defaults(run=run_scorecard)


def run_scorecard(options: argparse.Namespace) -> int:
    """Measure and print a scorecard. Raises DigitsError if a checkpoint cannot be used."""
    from core.evaluation.scorecard import measure

    checkpoints = chosen(options.checkpoint, options.against)
    with stages(options.json) as report:
        last = (0, 1, "")

        def report_and_note(done: int, total: int, doing: str) -> None:
            nonlocal last
            last = done, total, doing
            report(done, total, doing)

        def tell(row: Row) -> None:
            if options.json:
                # A line of progress that also carries the row, for programs that show rows as they come.
                say(CommandProgress(*last, row=row.to_json()))

        found = measure(checkpoints, options.sets, report_and_note, tell)
    if options.json:
        say(found)
    else:
        print("\n".join(text(found)), flush=True)
    return 0


def chosen(checkpoint: str | None, against: str | None) -> list[Path]:
    """The checkpoint to judge, and the one to compare it with unless they are the same. Raises DigitsError."""
    from core import paths
    from core.runs import preferences
    from core.runs.checkpoints import resolve

    shipped = paths.shipped_checkpoint()
    first = resolve(checkpoint) if checkpoint is not None else preferences.checkpoint() or shipped
    second = shipped if against is None else resolve(against)
    return [first] if first.absolute() == second.absolute() else [first, second]


def text(found: Scorecard) -> list[str]:
    """The scorecard in lines of at most 78 columns."""
    from core.evaluation.scorecard_rows import HEADS, MARKS, NOTHING
    from core.evaluation.scorecard_words import LEGEND, SPEED

    lines = [*textwrap.wrap(found.summary, _WIDTH), "", _line("", HEADS)]
    for row in found.rows:
        mark = MARKS[row.verdict]
        room = max(len(mark) + 2, _WIDTH - len(row.title))
        lines += ["", f"{row.title}{mark:>{room}}" if mark else row.title]
        lines += _wrapped(f"✗ {row.error}") if row.error else []
        for model, each in zip(found.models, row.figures, strict=False):
            lines.append(_line(model.name, NOTHING if each is None else each.cells))
        for note in (row.words, *row.remarks):
            lines += _wrapped(note)
    lines += ["", SPEED]
    lines += [
        f"  {model.name:<27.27} {speed.words} ({speed.readings} readings)"
        for model, speed in zip(found.models, found.speeds, strict=True)
    ]
    return [*lines, "", *textwrap.wrap(LEGEND, _WIDTH)]


def _line(name: str, cells: tuple[str, str, str, str]) -> str:
    right, span, rejected, calibration = cells
    return f"  {name:<25.25} {right:>10} {span:>15} {rejected:>12} {calibration:>11}".rstrip()


def _wrapped(words: str) -> list[str]:
    return textwrap.wrap(words, _WIDTH, initial_indent="  ", subsequent_indent="  ") if words else []
