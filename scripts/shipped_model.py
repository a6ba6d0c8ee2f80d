"""Makes the shipped model, only from what this repository contains.

    python -m scripts.shipped_model [--seed 0] [--device cpu] [--pack RUN | --calibrate]   (in the checkout's folder)

Trains a teacher on MNIST (`thorough`, always seed 0), then the model that it teaches (`robust`), as two ordinary runs;
the averaged weights of the second become `checkpoints/shipped.npz`. `digits-tui resume` resumes an interrupted run, and
`--pack RUN` then packs it. If the code that reads with the model has changed, such as test-time augmentation,
`--calibrate` fits the model's temperature and threshold again to the images that its run held out, and measures it
again on the test set.
"""

from __future__ import annotations

import argparse
import dataclasses
import subprocess
import sys
from pathlib import Path

import torch

from core import paths
from core.data import datasets
from core.data.division import DivisionRule
from core.data.stage import stages
from core.evaluation.evaluation import evaluate
from core.networks import checkpoint, checkpoint_file
from core.runs.run import find_run
from core.training.calibration_fit import fitted


def _trained(*options: str) -> Path:
    """The checkpoint of a run with these options."""
    command = [sys.executable, "-m", "core", "train", "--data", "mnist", *options]
    subprocess.run(command, check=True)
    return find_run("last").model


def _pack(model: Path) -> None:
    """Make `model` the shipped one, with its teachers named by their runs instead of their paths."""
    network, header = checkpoint.load(model)
    trained = {**header.trained}
    configuration = {**trained["configuration"]}
    configuration["teachers"] = [checkpoint_file.header(Path(path)).run for path in configuration["teachers"]]
    trained["configuration"] = configuration
    checkpoint.save(paths.shipped_checkpoint(), network.state_dict(), dataclasses.replace(header, trained=trained))


def _calibrate() -> None:
    """Fit the shipped model's calibration again, and measure the model again."""
    network, header = checkpoint.load(paths.shipped_checkpoint())
    cpu, dataset = torch.device("cpu"), datasets.load(header.data, rule=DivisionRule(header.recipe))
    stage, *_ = stages(dataset)
    calibration = fitted(network, stage.validate, cpu)
    test = evaluate(network, dataset.test.images, dataset.test.labels, cpu)
    figures = {**header.figures, "test_accuracy": test.accuracy, "test_loss": test.loss}
    changed = dataclasses.replace(header, calibration=calibration.to_json(), figures=figures)
    print(f"{header.calibration}, {header.figures} -> {changed.calibration}, {changed.figures}")
    checkpoint.save(paths.shipped_checkpoint(), network.state_dict(), changed)


def main() -> None:
    """Train and pack."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", default="0", help="seed of the model itself (default: 0)")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--pack", metavar="RUN", help="train nothing, pack this run")
    parser.add_argument("--calibrate", action="store_true", help="train nothing, fit the shipped model's calibration")
    given = parser.parse_args()
    if given.calibrate:
        _calibrate()
        return
    if given.pack is not None:
        _pack(find_run(given.pack).model)
        return
    device = ("--device", given.device)
    teacher = _trained("--recipe", "thorough", "--seed", "0", *device)
    _pack(_trained("--recipe", "robust", "--teacher", str(teacher), "--seed", given.seed, *device))


if __name__ == "__main__":
    main()
