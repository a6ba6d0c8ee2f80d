"""`evaluate`: how well a checkpoint reads a labelled set."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.checkpoint_file import Header
    from core.collection import Part, Skipped


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `evaluate`."""
    evaluate = commands.add_parser(
        "evaluate",
        help="measure a checkpoint on labelled images",
        description="Measure a checkpoint on labelled images: MNIST's test set, or all images of a set of your own.",
    )
    evaluate.add_argument(
        "--data", default="mnist", metavar="NAME|PATH", help="a name that `datasets` lists, or a path"
    )
    evaluate.add_argument("--checkpoint", default="", metavar="FILE|RUN", help="else the shipped model")
    evaluate.add_argument(
        "--part",
        choices=("auto", "test", "all"),
        default="auto",
        help="auto: the test part where the set has one, or where the network was trained on it, else all",
    )
    evaluate.add_argument("--json", action="store_true", help="print one JSON object")
    evaluate.set_defaults(run=run_evaluate)


def run_evaluate(options: argparse.Namespace) -> int:
    """Read a set and print the figures."""
    import torch

    from core import checkpoint
    from core.calibration import Calibration
    from core.checkpoint_file import resolve
    from core.evaluation import evaluate

    path = resolve(options.checkpoint)
    network, header = checkpoint.load(path)
    name, part, which, skipped_files = _measured(options.data, options.part, header)
    for skipped in skipped_files:
        print(f"skipped {skipped.path}: {skipped.reason}", file=sys.stderr)
    print(f"reading {len(part):,} images of {name} ({which}) with {path.name}: {header.title}", file=sys.stderr)
    result = evaluate(network, part.images, part.labels, torch.device("cpu"), Calibration.of(header.calibration))
    if options.json:
        print(json.dumps({**result.to_json(), "data": name, "part": which, "checkpoint": str(path)}))
        return 0
    print(
        f"accuracy {result.accuracy:.2%} of {result.count:,} images, calibration error {result.calibration_error:.2%}"
    )
    print("\ndigit  right    read as 0     1     2     3     4     5     6     7     8     9")
    for digit, (row, right) in enumerate(zip(result.confusion, result.per_class, strict=True)):
        share = "      –" if right is None else f"{right:7.2%}"
        print(f"{digit:5} {share:>7}  {'':4}" + "".join(f"{count or '·':>6}" for count in row.tolist()))
    return 0


def _measured(data: str, wanted: str, header: Header) -> tuple[str, Part, str, tuple[Skipped, ...]]:
    """The set's name, its images to measure on, which they are in words, and the files that were skipped."""
    import numpy as np

    from core import catalogue
    from core.collection import Part
    from core.datasets import divided, gather

    entry = catalogue.find(data)
    collection = gather(entry)
    # What a network learned from says nothing of it: of its own set only the images held out then count.
    trained = header.trained.get("configuration", {}).get("data") in (entry.name, entry.path)
    if wanted == "test" or (wanted == "auto" and (trained or collection.test is not None)):
        dataset = divided(entry, collection)
        return entry.name, dataset.test, dataset.test_note, dataset.skipped
    parts = [part for part in (collection.train, collection.test) if part is not None]
    images, labels = (np.concatenate([getattr(part, field) for part in parts]) for field in ("images", "labels"))
    which = "all its images, those it was trained on among them" if trained else "all its images"
    return entry.name, Part(images, labels), which, collection.skipped
