"""`predict`: read image files, of one digit or of a number."""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any

from core.commands.progress_line import ProgressLine
from core.printable import printable
from core.words import probability

if TYPE_CHECKING:
    from core.reading.file_readings import FileReading
    from core.reading.reading import Reading


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `predict`."""
    predict = commands.add_parser(
        "predict",
        help="read image files",
        description="Read images of a digit or of a line of digits: any size, dark on light or light on dark. With "
        "--json, `verdict` is nothing, digit, unsure or not a digit, and `number` has all digits (? for each that is "
        "rejected). `probabilities` are those of 0 to 9 if it is a digit; `no_digit` is the probability that it is "
        "not. For several digits, `digits` has each with its probability and its box [left, top, width, height] in "
        "pixels, those of the reduced image if a photograph is over 2,048 pixels wide or high; the other fields are "
        "then those of the least sure digit.",
    )
    predict.add_argument("images", nargs="+", metavar="IMAGE", help="PNG, JPEG, BMP or WebP")
    predict.add_argument("--checkpoint", default="", metavar="FILE|RUN", help="default: the shipped model")
    predict.add_argument("--json", action="store_true", help="print one JSON object per line")
    predict.set_defaults(run=run_predict)


def run_predict(options: argparse.Namespace) -> int:
    """Read the images in order; returns 1 if one of them could not be read."""
    from core.networks.checkpoint_file import header
    from core.reading.file_readings import file_readings
    from core.runs.checkpoints import resolve

    checkpoint = resolve(options.checkpoint)
    header(checkpoint)  # reports a missing checkpoint before any process is started
    names: list[str] = options.images
    done = failed = 0
    with ProgressLine(len(names), "images") as line, closing(file_readings(names, checkpoint)) as parts:
        for part in parts:
            line.clear()  # results may go to the same terminal
            for name, found in zip(names[done : done + len(part)], part, strict=True):
                failed += found.reading is None
                _tell(name, found, options.json)
            done += len(part)
            line.show(done)
    return int(failed > 0)


def _tell(name: str, found: FileReading, as_json: bool) -> None:
    if found.reading is None and not as_json:
        print(f"digits-tui: {printable(found.error)}", file=sys.stderr, flush=True)
        return
    if found.reading is None:
        line = json.dumps({"image": name, "error": found.error})
    else:
        line = json.dumps(_row(name, found.reading)) if as_json else f"{printable(name)}: {_words(found.reading)}"
    # In one piece and at once, so that an interruption leaves only whole lines.
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _row(name: str, reading: Reading) -> dict[str, Any]:
    row: dict[str, Any] = {
        "image": name,
        "verdict": reading.verdict,
        "digit": reading.digit,
        "probabilities": list(reading.probabilities),
        "no_digit": reading.no_digit,
        "number": reading.number or None,
    }
    if reading.digits:
        row["digits"] = [
            {
                "digit": each.digit,
                "probability": each.confidence,
                "no_digit": each.no_digit,
                "box": list(each.box),
            }
            for each in reading.digits
        ]
    return row


def _words(reading: Reading) -> str:
    if reading.digit is None:
        return "blank, nothing is drawn"
    if not reading.digits:
        rest = "  ".join(f"{digit} {probability(value)}" for digit, value in enumerate(reading.shares))
        return f"{reading.words}  ({rest}  no digit {probability(reading.no_digit)})"
    each = []
    for digit in reading.digits:
        left, top, width, height = digit.box
        rejected = " no digit" if reading.rejects(digit) else ""
        each.append(f"{digit.digit} {probability(digit.certainty)}{rejected} at {left},{top} {width}×{height}")
    return f"{reading.words}  ({'  '.join(each)})"
