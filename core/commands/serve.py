"""`serve`: the reader process. It reads one JSON object per line, answers each with another, and keeps the network in
memory.

{"id": 5, "width": 40, "height": 40, "pixels": base64 of height × width bytes, "polarity": "bright"}
    -> {"id": 5, "digit": 7, "probabilities": […], "seen": base64 of 784 bytes, "checkpoint": …, "milliseconds": …}
With "strokes": [{"points": [[x, y], …], "radius": 2.4, "erasing": false}, …], in pixels of the bitmap that they made,
or with an empty list, several digits are read as a number
    -> {…, "digits": [{"digit": 4, "probability": 0.98, "box": [left, top, width, height], …}, …]}
{"id": 6, "load": "path, run, or empty for the shipped model"}
    -> {"id": 6, "loaded": path, "title": …}
{"id": 7, "ask": "layers", "glass", "why", "flip", "like" or "ablation", "image": base64 of 784 bytes, …}
    -> {"id": 7, "answer": the same, …, "is_last": true}
Questions are answered when there is nothing else to do: the newest first, and of each kind only the newest.
Any error -> {"id": …, "error": text}. The id may be left out; an answer then has none either.
The first line is {"ready": path, "title": …} or {"id": null, "error": …}. The process ends when its input ends.
"""

from __future__ import annotations

import argparse
import json
import queue
import sys
import threading
from typing import TYPE_CHECKING

from core.system import gc_policy

if TYPE_CHECKING:
    from core.reading.protocol import Answer


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `serve`."""
    serve = commands.add_parser(
        "serve",
        help="answer bitmaps with readings (used by the app)",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    serve.add_argument("--checkpoint", default="", metavar="FILE|RUN", help="default: the shipped model")
    serve.set_defaults(run=run_serve)


def run_serve(options: argparse.Namespace) -> int:
    """Serve until the input ends."""
    with gc_policy.spared():
        import torch

        from core.commands.reader_server import ReaderServer

    # One thread, because a single small image gains nothing from more, and a training may be using the others.
    torch.set_num_threads(1)
    server = ReaderServer()
    _say(server.start(options.checkpoint))
    lines = _lines()
    while True:
        try:
            line = lines.get(block=not server.is_busy)
        except queue.Empty:
            _say(server.advance())
            continue
        if line is None:
            return 0
        _say(server.answer(line))


def _lines() -> queue.SimpleQueue[bytes | None]:
    """The lines of the input, as they come; then None."""
    found: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()

    def read() -> None:
        for line in sys.stdin.buffer:
            found.put(line)
        found.put(None)

    threading.Thread(target=read, name="input", daemon=True).start()
    return found


def _say(answer: Answer | None) -> None:
    if answer is None:
        return
    sys.stdout.write(json.dumps(answer.to_json()) + "\n")
    sys.stdout.flush()
