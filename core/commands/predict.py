"""`predict`: read image files, of one digit or of a number."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.reading import Reading


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `predict`."""
    predict = commands.add_parser(
        "predict",
        help="read image files",
        description="Read images of a digit or of a line of digits: any size, dark on light or light on dark. With "
        "--json, `number` has all digits (? for what is none). Where there are several, `digits` has each with its "
        "probability and its box [left, top, width, height] in pixels, of a photograph that is over 2,048 pixels wide "
        "or high in those of its reduction; `digit` and `probabilities` are then those of the least sure one.",
    )
    predict.add_argument("images", nargs="+", metavar="IMAGE", help="PNG, JPEG, BMP or WebP")
    predict.add_argument("--checkpoint", default="", metavar="FILE|RUN", help="else the shipped model")
    predict.add_argument("--json", action="store_true", help="print one JSON object a line")
    predict.set_defaults(run=run_predict)


def run_predict(options: argparse.Namespace) -> int:
    """Read each image as it comes; 1 where one could not be read."""
    import torch

    from core.checkpoint_file import resolve
    from core.errors import DataError
    from core.images import decode
    from core.recogniser import Recogniser

    torch.set_num_threads(1)
    recogniser = Recogniser(resolve(options.checkpoint))
    failed = 0
    for name in options.images:
        try:
            bitmap = decode(Path(name))
        except DataError as error:
            failed += 1
            if options.json:
                print(json.dumps({"image": name, "error": str(error)}), flush=True)
            else:
                print(f"digits-tui: {error}", file=sys.stderr)
            continue
        reading = recogniser.read_number(bitmap)
        print(json.dumps(_row(name, reading)) if options.json else f"{name}: {_words(reading)}", flush=True)
    return int(failed > 0)


def _row(name: str, reading: Reading) -> dict[str, Any]:
    row: dict[str, Any] = {
        "image": name,
        "digit": reading.digit,
        "probabilities": list(reading.probabilities),
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
        rest = "  ".join(f"{digit} {value:.1%}" for digit, value in enumerate(reading.probabilities))
        return f"{reading.digit}  ({rest})"
    each = (
        f"{digit.digit} {digit.confidence:.1%}{' no digit' * reading.refuses(digit)} at {left},{top} {width}×{height}"
        for digit in reading.digits
        for left, top, width, height in [digit.box]
    )
    return f"{reading.number}  ({'  '.join(each)})"
