"""`evaluate`: how well a checkpoint reads a labelled set."""

from __future__ import annotations

import argparse
import json
import sys


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
        help="auto: the test part where the set has one of its own, else all",
    )
    evaluate.add_argument("--json", action="store_true", help="print one JSON object")
    evaluate.set_defaults(run=run_evaluate)


def run_evaluate(options: argparse.Namespace) -> int:
    """Read a set and print the figures."""
    import numpy as np
    import torch

    from core import checkpoint
    from core.checkpoint_file import resolve
    from core.datasets import load
    from core.evaluation import evaluate

    path = resolve(options.checkpoint)
    network, header = checkpoint.load(path)
    dataset = load(options.data)
    test_only = options.part == "test" or (options.part == "auto" and dataset.has_own_test)
    parts = [dataset.test] if test_only else [dataset.train, dataset.test]
    images = np.concatenate([part.images for part in parts])
    labels = np.concatenate([part.labels for part in parts])
    for skipped in dataset.skipped:
        print(f"skipped {skipped.path}: {skipped.reason}", file=sys.stderr)
    which = dataset.test_note if test_only else "all images"
    print(
        f"reading {len(labels):,} images of {dataset.name} ({which}) with {path.name}: {header.title}", file=sys.stderr
    )
    result = evaluate(network, images, labels, torch.device("cpu"))
    if options.json:
        print(json.dumps({**result.to_json(), "data": dataset.name, "part": which, "checkpoint": str(path)}))
        return 0
    print(
        f"accuracy {result.accuracy:.2%} of {result.count:,} images, calibration error {result.calibration_error:.2%}"
    )
    print("\ndigit  right    read as 0     1     2     3     4     5     6     7     8     9")
    for digit, (row, right) in enumerate(zip(result.confusion, result.per_class, strict=True)):
        share = "      –" if right is None else f"{right:7.2%}"
        print(f"{digit:5} {share:>7}  {'':4}" + "".join(f"{count or '·':>6}" for count in row.tolist()))
    return 0
