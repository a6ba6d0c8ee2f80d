"""core.training.snapshot: a state that is not whole, or of another run, is refused in words."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from core.config.configuration import TrainingConfig
from core.config.device_plan import Plan
from core.data import datasets
from core.data.division import DivisionRule
from core.data.stage import stages
from core.errors import CheckpointError
from core.training.cross_validation import Fold
from core.training.job import Job
from core.training.snapshot import on_cpu, snapshot
from core.training.trainer import Trainer

pytestmark = pytest.mark.usefixtures("two_threads")


@pytest.fixture(scope="module")
def trainer(tmp_path_factory: pytest.TempPathFactory) -> Trainer:
    """Of a run with two folds, before its first step."""
    path = tmp_path_factory.mktemp("set") / "set.npz"
    random = np.random.default_rng(0)
    np.savez(path, images=random.integers(0, 255, (60, 28, 28)).astype(np.uint8), labels=np.arange(60) % 3)
    config = TrainingConfig(data=str(path), folds=2)
    dataset = datasets.load(config.data, None, DivisionRule.of(config))
    return Trainer(Job(config, dataset.division.recipe, dataset, stages(dataset), Plan("cpu", 1, "float32")))


@pytest.fixture(scope="module")
def saved(trainer: Trainer) -> dict[str, Any]:
    """Its state, with all that a run may have found out."""
    state = copy.deepcopy(trainer.state)
    state.loss_sum, state.mnist = torch.tensor(1.5), (0.9, 0.8)
    state.weights = on_cpu(trainer.learner.step.network.state_dict())
    state.folds = [Fold(0.5, 1.5, 30, None, [[3] * 10] * 10)]
    return snapshot(trainer.job, 0, trainer.learner, state, trainer.clock)


def test_a_sound_state_is_restored(trainer: Trainer, saved: dict[str, Any]) -> None:
    """With its folds and weights."""
    trainer.restore(copy.deepcopy(saved))
    assert trainer.state.folds == [Fold(0.5, 1.5, 30, None, [[3] * 10] * 10)]
    assert trainer.state.mnist == (0.9, 0.8)


def _put(*path: Any, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(state: Any) -> None:
        for key in path[:-1]:
            state = state[key]
        state[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (_put("plan", value=None), "its plan is None"),
        (_put("plan", "threads", value=10**400), "its plan is"),
        (_put("plan", "device", value="tpu"), "its plan is"),
        (_put("epochs", value=torch.zeros(3)), "epochs in batches of"),
        (_put("batch_size", value="8"), "in batches of '8'"),
        (_put("stage", value=3), "its stage is 3, not a number from 0 to 2"),
        (_put("stage", value=True), "its stage is True"),
        (_put("step", value=-1), "its step is -1"),
        (_put("step", value=math.nan), "its step is nan"),
        (_put("tally", value=[]), r"its tally is \[\]"),
        (_put("tally", "best", value=None), "best in its tally is None"),
        (_put("tally", "loss_sum", value=torch.zeros(3)), "loss_sum in its tally"),
        (_put("tally", "validation_accuracy", value=math.nan), "validation_accuracy in its tally is nan"),
        (_put("tally", "mnist", value=[0.5]), "mnist in its tally"),
        (_put("tally", "folds", value=[{}]), "folds in its tally"),
        (_put("tally", "folds", 0, "confusion", value=[[1]]), "folds in its tally"),
        (_put("tally", "folds", 0, "count", value=0), "folds in its tally"),
        (_put("tally", "seconds_before", value=10**400), "seconds_before in its tally"),
        (_put("tally", "kept", value={"a": 1}), "kept has other parts"),
        (lambda state: state["tally"].pop("epoch_seconds"), "its tally lacks epoch_seconds"),
        (_put("network", value=None), "network has other parts"),
        (_put("network", "extra", value=torch.zeros(3)), "network has other parts"),
        (lambda state: state["network"].update({next(iter(state["network"])): torch.zeros(2)}), "is float32 .2,., not"),
        (lambda state: state["network"].update({next(iter(state["network"])): 5}), "is 5, not a tensor"),
        (_put("optimiser", value={"groups": []}), "optimiser has other parts|optimiser.groups has other parts"),
        (_put("optimiser", value=7), "optimiser has other parts"),
        (_put("random", value=torch.zeros(5056)), "random is float32"),
        (_put("random", value=torch.zeros(5056, dtype=torch.uint8)), "in no state that they can be in"),
        (_put("distortion", value=torch.zeros(16, dtype=torch.uint8)), "distortion is uint8"),
        (_put("device_random", value=torch.zeros(16, dtype=torch.uint8)), "device_random is tensor"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_what_does_not_fit_is_said(
    trainer: Trainer, saved: dict[str, Any], change: Callable[[dict[str, Any]], None], why: str
) -> None:
    """Types, bounds and shapes of each part; the run's own state is as it was."""
    other = copy.deepcopy(saved)
    change(other)
    before, seconds = trainer.state, trainer.clock.seconds
    with pytest.raises(CheckpointError, match=why) as error:
        trainer.restore(other)
    assert "start a new run" in str(error.value)
    assert trainer.state is before and trainer.clock.seconds == seconds
