"""The content of `state.pt`: all that the next step of a run depends on, in plain containers and tensors on the CPU."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from core.errors import CheckpointError, DataError
from core.networks.checkpoint import STATE_FORMAT
from core.training.clock import Clock
from core.training.job import Job
from core.training.learner import Learner
from core.training.training_state import TrainingState


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


def check(saved: dict[str, Any], job: Job) -> None:
    """Check that `job` can go on from the `saved` state. Raises CheckpointError or DataError if it cannot."""
    if saved["data"] != job.checksum:
        raise DataError(
            f"the data set {job.config.data}, or a checkpoint that this run learns from, has changed since the "
            "run began, so it cannot be resumed; start a new one"
        )
    if (saved["epochs"], saved["batch_size"]) != (job.epochs, job.length.batch_size):
        raise CheckpointError(
            f"the saved state has {saved['epochs']} epochs in batches of {saved['batch_size']}, the run has "
            f"{job.epochs} in batches of {job.length.batch_size}; start a new run"
        )


def on_cpu(value: Any) -> Any:
    """Nested containers with every tensor copied to the CPU."""
    if isinstance(value, Tensor):
        return value.detach().to("cpu", copy=True)
    if isinstance(value, dict):
        return {key: on_cpu(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [on_cpu(each) for each in value]
    return value
