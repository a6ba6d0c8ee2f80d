"""`predict`: read image files."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `predict`."""
    predict = commands.add_parser(
        "predict",
        help="read image files",
        description="Read images of one digit each: any size, dark on light or light on dark.",
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
        reading = recogniser.read(bitmap)
        if options.json:
            row = {"image": name, "digit": reading.digit, "probabilities": list(reading.probabilities)}
            print(json.dumps(row), flush=True)
            continue
        if reading.digit is None:
            print(f"{name}: blank, nothing is drawn", flush=True)
            continue
        rest = "  ".join(f"{digit} {value:.1%}" for digit, value in enumerate(reading.probabilities))
        print(f"{name}: {reading.digit}  ({rest})", flush=True)
    return int(failed > 0)
