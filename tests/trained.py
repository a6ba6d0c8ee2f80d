"""Checkpoints that say what they were trained on, without the training."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from core.networks import checkpoint
from core.networks.architectures import build, parameter_count
from core.networks.checkpoint_file import Header


def trained(path: Path, seed: int = 0, *, figures: dict[str, float] | None = None, **trained: Any) -> Path:
    """A small network with weights of `seed`, which knows nothing, under a header with these figures."""
    network = build("small", seed)
    path.parent.mkdir(parents=True, exist_ok=True)
    configuration = trained.get("configuration", {"data": "mnist"})
    header = Header(
        architecture="small",
        recipe=configuration.get("recipe", "fast"),
        data="mnist",
        parameters=parameter_count(network),
        epoch=1,
        epochs=1,
        step=1,
        seed=0,
        figures=figures or {},
        trained={"configuration": configuration, **trained},
    )
    checkpoint.save(path, network.state_dict(), header)
    return path
