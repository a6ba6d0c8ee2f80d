"""Knowledge distillation: a network learns the outputs of trained networks in addition to the labels (G. Hinton,
O. Vinyals, J. Dean, "Distilling the Knowledge in a Neural Network", 2015). Knows no training.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.config.shape import CLASSES
from core.networks import checkpoint


@dataclass(frozen=True)
class Teachers:
    """Trained networks to learn from; they are never changed."""

    networks: tuple[nn.Module, ...]
    """At least one, in evaluation mode, float32, on the CPU."""


def load(paths: Sequence[str]) -> Teachers | None:
    """The networks in the checkpoints at `paths`; None if there are no paths. Raises CheckpointError."""
    networks = tuple(checkpoint.load(Path(path))[0].eval() for path in paths)
    return Teachers(networks) if networks else None


class Distillation:
    """The teachers' outputs for some images of each batch, on one device, and the student's distance from them."""

    def __init__(
        self,
        networks: Sequence[nn.Module],
        rows: slice,
        device: torch.device,
        *,
        digits: bool,
        weight: float = 1.0,
        temperature: float = 1.0,
    ) -> None:
        """For the images `rows` of each batch; with `digits` only which digit each is, not whether it is one."""
        self.rows = rows
        self._networks = [copy.deepcopy(network).to(device).eval() for network in networks]
        self._outputs = CLASSES if digits else None
        self._weight = weight
        self._temperature = temperature

    @torch.no_grad()
    def targets(self, images: Tensor) -> Tensor:
        """The teachers' mean logits, (R, 10) or (R, 11), for the `rows` of `images` (B, 1, 28, 28)."""
        chosen = images[self.rows]
        logits = [network(chosen)[:, : self._outputs].float() for network in self._networks]
        return torch.stack(logits).mean(dim=0)

    def loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        """The weighted Kullback–Leibler divergence of `logits` (B, K) from `targets`, () in nats.

        It is multiplied by the squared temperature, so that its gradient stays as large as the labels' at any
        temperature.
        """
        temperature = self._temperature
        divergence = F.kl_div(
            F.log_softmax(logits[self.rows, : targets.shape[1]] / temperature, dim=1),
            F.log_softmax(targets / temperature, dim=1),
            reduction="batchmean",
            log_target=True,
        )
        return self._weight * (temperature**2 * divergence)
