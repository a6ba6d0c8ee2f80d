"""`serve`: the reader process. One JSON object a line in, one out; it holds the network in memory.

{"id": 5, "width": 40, "height": 40, "pixels": base64 of height × width bytes, "polarity": "bright"}
    -> {"id": 5, "digit": 7, "probabilities": […], "seen": base64 of 784 bytes, "checkpoint": …, "milliseconds": …}
With "strokes": [{"points": [[x, y], …], "radius": 2.4, "erasing": false}, …], in pixels of the bitmap that they made,
or none of them, several digits are read as a number
    -> {…, "digits": [{"digit": 4, "probability": 0.98, "box": [left, top, width, height], …}, …]}
{"id": 6, "load": "path, run, or empty for the shipped model"}
    -> {"id": 6, "loaded": path, "title": …}
Whatever goes wrong -> {"id": …, "error": text}. The first line is {"ready": path, "title": …} or {"error": …}.
The end of the input ends it.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import json
import sys
from typing import TYPE_CHECKING, Any

from core.errors import DataError, DigitsError
from core.system import gc_policy

if TYPE_CHECKING:
    from core.reading.recogniser import Recogniser

_LARGEST_SIDE = 4096
_MALFORMED = (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError)
"""What a line raises that is no JSON, or not of the form above."""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `serve`."""
    serve = commands.add_parser(
        "serve",
        help="answer bitmaps with readings (used by the app)",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    serve.add_argument("--checkpoint", default="", metavar="FILE|RUN", help="else the shipped model")
    serve.set_defaults(run=run_serve)


def run_serve(options: argparse.Namespace) -> int:
    """Serve until the input ends."""
    with gc_policy.spared():
        import torch

        from core.reading.recogniser import Recogniser
        from core.runs.checkpoints import resolve

    # One thread: a single small image gains nothing from more, and a training may be using the rest.
    torch.set_num_threads(1)
    recogniser: Recogniser | None = None
    try:
        recogniser = Recogniser(resolve(options.checkpoint))
        _say({"ready": str(recogniser.path), "title": recogniser.header.title})
    except DigitsError as error:
        _say({"error": str(error)})
    for line in sys.stdin.buffer:
        request: Any = None
        try:
            request = json.loads(line)
            if "load" in request:
                recogniser = Recogniser(resolve(request["load"]))
                _say({"id": request["id"], "loaded": str(recogniser.path), "title": recogniser.header.title})
            else:
                _say({"id": request["id"], **_answer(recogniser, request)})
        except DigitsError as error:
            _say({"id": request.get("id"), "error": str(error)})
        except _MALFORMED as error:
            number = request.get("id") if isinstance(request, dict) else None
            _say({"id": number, "error": f"not a request: {error!r}"})
    return 0


def _answer(recogniser: Recogniser | None, request: dict[str, Any]) -> dict[str, Any]:
    import numpy as np

    from core.drawing import strokes

    if recogniser is None:
        raise DataError('no network is loaded; send {"id": 1, "load": "path of a checkpoint"} first')
    width, height = int(request["width"]), int(request["height"])
    if not (1 <= width <= _LARGEST_SIDE and 1 <= height <= _LARGEST_SIDE):
        raise DataError(f"the bitmap is {width}×{height}; each side must be 1 to {_LARGEST_SIDE:,} pixels")
    try:
        pixels = base64.b64decode(request["pixels"], validate=True)
    except binascii.Error as error:
        raise DataError(f"pixels is not base64: {error}") from error
    if len(pixels) != width * height:
        raise DataError(f"pixels holds {len(pixels):,} bytes; {width}×{height} needs {width * height:,}")
    polarity = request.get("polarity", "auto")
    if polarity not in ("auto", "bright", "dark"):
        raise DataError(f"polarity is {polarity!r}; it must be auto, bright or dark")
    drawn = strokes.from_json(request["strokes"]) if "strokes" in request else None
    recogniser.refresh()
    bitmap = np.frombuffer(pixels, np.uint8).reshape(height, width)
    if drawn is None:
        return recogniser.read(bitmap, polarity).to_json()
    return recogniser.read_number(bitmap, drawn, polarity).to_json()


def _say(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()
