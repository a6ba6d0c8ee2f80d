"""Trained networks whose answers a new one learns from, beside the labels (G. Hinton, O. Vinyals, J. Dean, "Distilling
the Knowledge in a Neural Network", 2015). Knows no training.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from core.data.collection import CLASSES
from core.networks import checkpoint


@dataclass(frozen=True)
class Teachers:
    """Networks of before, never changed."""

    networks: tuple[nn.Module, ...]
    """In evaluation mode, float32, on the CPU; one at least."""


def load(paths: Sequence[str]) -> Teachers | None:
    """Those in the checkpoints at `paths`; None where there are none. Raises CheckpointError."""
    networks = tuple(checkpoint.load(Path(path))[0].eval() for path in paths)
    return Teachers(networks) if networks else None


class Lesson:
    """What teachers say of some images of each batch, on one device."""

    def __init__(self, networks: Sequence[nn.Module], rows: slice, device: torch.device, *, digits: bool) -> None:
        """Of the images `rows` of each batch; with `digits` only which digit each is, not whether it is one."""
        self.rows = rows
        self._networks = [copy.deepcopy(network).to(device).eval() for network in networks]
        self._outputs = CLASSES if digits else None

    @torch.no_grad()
    def __call__(self, images: Tensor) -> Tensor:
        """The mean logits, (R, 10) or (R, 11), of those of `images` (B, 1, 28, 28) that are asked about."""
        asked = images[self.rows]
        said = [network(asked)[:, : self._outputs].float() for network in self._networks]
        return torch.stack(said).mean(dim=0)
