"""The content of `state.pt`: all that the next step of a run depends on, in plain containers and tensors on the CPU."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from core.config.configuration import is_device
from core.config.device_plan import Plan
from core.errors import CheckpointError, DataError
from core.networks.checkpoint import STATE_FORMAT
from core.printable import abridged
from core.training.clock import Clock
from core.training.cross_validation import Fold
from core.training.job import Job
from core.training.learner import Learner
from core.training.optimiser import renamed
from core.training.training_state import TrainingState

_DIGITS = 10
_MOST_THREADS = 4096


def snapshot(job: Job, index: int, learner: Learner, state: TrainingState, clock: Clock) -> dict[str, Any]:
    """The state of the run in stage `index`, copied to the CPU."""
    found: dict[str, Any] = on_cpu(
        {
            "format": STATE_FORMAT,
            "configuration": job.config.to_json(),
            "plan": {"device": job.plan.device, "threads": job.plan.threads, "precision": job.plan.precision},
            "data": job.checksum,
            "epochs": job.epochs,
            "batch_size": job.length.batch_size,
            "stage": index,
            "tally": {**state.to_state(), **clock.to_state()},
            **learner.state(),
        }
    )
    return found


def plan_of(saved: dict[str, Any]) -> Plan:
    """How the device was used: other threads or another precision would sum in a different order.

    Raises CheckpointError if the saved plan is none.
    """
    match saved["plan"]:
        case {
            "device": str(device),
            "threads": int(threads),
            "precision": ("float32" | "bfloat16") as precision,
        } if is_device(device) and 1 <= threads <= _MOST_THREADS:
            return Plan(device, threads, precision)
        case other:
            raise _damaged(f"its plan is {abridged(other)}")


def check(saved: dict[str, Any], job: Job) -> None:
    """Check that `job` can go on from the `saved` state. Raises CheckpointError or DataError if it cannot."""
    plan_of(saved)
    if not _is_same(saved["data"], job.checksum):
        raise DataError(
            f"the data set {job.config.data}, or a checkpoint that this run learns from, has changed since the "
            "run began, so it cannot be resumed; start a new one"
        )
    if not (_is_same(saved["epochs"], job.epochs) and _is_same(saved["batch_size"], job.length.batch_size)):
        raise CheckpointError(
            f"the saved state has {abridged(saved['epochs'])} epochs in batches of {abridged(saved['batch_size'])}, "
            f"the run has {job.epochs} in batches of {job.length.batch_size}; start a new run"
        )
    for name, most in (("stage", len(job.stages) - 1), ("step", job.length.total_steps)):
        if type(saved[name]) is not int or not 0 <= saved[name] <= most:
            raise _damaged(f"its {name} is {abridged(saved[name])}, not a number from 0 to {most:,}")
    if why := _oddity(saved["tally"]):
        raise _damaged(why)


def check_learner(saved: dict[str, Any], learner: Learner, *, same_device: bool) -> None:
    """Check that `learner`, of the saved stage, can go on from the `saved` state. Raises CheckpointError."""
    mine = learner.state()
    network = mine["network"]
    expected = {"network": network, "optimiser": mine["optimiser"], "random": mine["random"]}
    if mine["average"] is not None:
        expected["average"] = mine["average"]
    if same_device:
        expected |= {"distortion": mine["distortion"], "device_random": mine["device_random"]}
    theirs = {**saved, "optimiser": renamed(saved["optimiser"])}
    for name, value in expected.items():
        if why := _difference(theirs[name], value, name):
            raise _misfit(why, learner)
    if (kept := saved["tally"]["kept"]) is not None and (why := _difference(kept, network, "kept")):
        raise _misfit(why, learner)
    generators = [saved["random"]]
    if same_device and learner.batches.generator.device.type == "cpu":
        generators.append(saved["distortion"])
    for state in generators:
        try:
            torch.Generator().set_state(state)
        except RuntimeError as error:  # of the right size, but no state that a generator can be in
            raise _damaged("its random numbers are in no state that they can be in") from error


def _damaged(why: str) -> CheckpointError:
    return CheckpointError(f"the saved state is damaged: {why}; start a new run, or draw with the run's model.npz")


def _misfit(why: str, learner: Learner) -> CheckpointError:
    recipe = learner.step.recipe
    return CheckpointError(
        f"the saved state does not fit the network of the recipe {recipe.name} ({recipe.architecture}): {why}. It is "
        "damaged, or was written by another version of digits-tui; start a new run"
    )


def _difference(theirs: object, mine: object, name: str) -> str:
    """Why `theirs` cannot take the place of `mine`, containers of tensors of these shapes; empty if it can."""
    match mine:
        case Tensor():
            if not isinstance(theirs, Tensor):
                return f"{name} is {abridged(theirs)}, not a tensor"
            if theirs.shape != mine.shape or theirs.dtype != mine.dtype:
                return f"{name} is {_described(theirs)}, not {_described(mine)}"
            return ""
        case dict():
            if not isinstance(theirs, dict) or theirs.keys() != mine.keys():
                return f"{name} has other parts"
            return next(filter(None, (_difference(theirs[key], mine[key], f"{name}.{key}") for key in mine)), "")
        case list() | tuple():
            if not isinstance(theirs, list | tuple) or len(theirs) != len(mine):
                return f"{name} has other parts"
            pairs = enumerate(zip(theirs, mine, strict=True))
            return next(filter(None, (_difference(a, b, f"{name}.{index}") for index, (a, b) in pairs)), "")
        case _:
            return "" if _is_same(theirs, mine) else f"{name} is {abridged(theirs)}, not {abridged(mine)}"


def _is_same(theirs: object, mine: object) -> bool:
    return type(theirs) is type(mine) and theirs == mine  # a tensor would be compared number by number


def _described(tensor: Tensor) -> str:
    return f"{str(tensor.dtype).removeprefix('torch.')} {tuple(tensor.shape)}"


def _oddity(tally: object) -> str:
    """What is wrong with the training state and the clock of a saved state; empty if they are sound."""
    if not isinstance(tally, dict):
        return f"its tally is {abridged(tally)}"
    for name, is_sound in _TALLY.items():
        if name not in tally:
            return f"its tally lacks {name}"
        if not is_sound(tally[name]):
            return f"{name} in its tally is {abridged(tally[name])}"
    return ""


def _is_share(value: object) -> bool:
    return type(value) in (int, float) and 0 <= value <= 1  # type: ignore[operator] # one of the two


def _is_seconds(value: object) -> bool:
    return type(value) in (int, float) and 0 <= value < 1e10  # type: ignore[operator] # one of the two


def _is_best(value: object) -> bool:
    match value:
        case (int() | float() as accuracy, int(epoch)):
            return -1 <= accuracy <= 1 and 0 <= epoch < 2**53
    return False


def _is_loss(value: object) -> bool:
    return value is None or (isinstance(value, Tensor) and value.shape == () and value.dtype == torch.float32)


def _is_fold(value: Any) -> bool:
    match value:
        case {"accuracy": accuracy, "loss": int() | float(), "count": int(count), "before": before, "confusion": table}:
            sound = len(value) == len(dataclasses.fields(Fold)) and _is_share(accuracy) and 0 < count < 2**53
            return sound and (before is None or _is_share(before)) and _is_confusion(table)
    return False


def _is_confusion(table: Any) -> bool:
    if not isinstance(table, list | tuple) or len(table) != _DIGITS:
        return False
    return all(
        isinstance(row, list | tuple)
        and len(row) == _DIGITS
        and all(type(count) is int and 0 <= count < 2**53 for count in row)
        for row in table
    )


_TALLY: dict[str, Callable[[Any], bool]] = {
    "loss_sum": _is_loss,
    "best": _is_best,
    "validation_accuracy": lambda value: value is None or _is_share(value),
    "kept": lambda value: value is None or isinstance(value, dict),
    "mnist": lambda value: (
        value is None or (isinstance(value, list | tuple) and len(value) == 2 and all(map(_is_share, value)))
    ),
    "folds": lambda value: isinstance(value, list | tuple) and all(map(_is_fold, value)),
    "seconds_before": _is_seconds,
    "epoch_seconds": _is_seconds,
}
"""Whether each part of a saved training state and clock is one."""


def on_cpu(value: Any) -> Any:
    """Nested containers with every tensor copied to the CPU."""
    if isinstance(value, Tensor):
        return value.detach().to("cpu", copy=True)
    if isinstance(value, dict):
        return {key: on_cpu(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [on_cpu(each) for each in value]
    return value
