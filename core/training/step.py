"""One training step on one device: forward, loss, backward, optimiser. The probe times the same step that runs do."""

from __future__ import annotations

import copy

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.config.device_plan import Plan
from core.config.recipes import Recipe
from core.networks.architectures import build
from core.training.averaging import WeightAverage
from core.training.distillation import Distillation
from core.training.learning_rate import one_cycle
from core.training.optimiser import AdamW, Muon


class TrainingStep:
    """A network with its optimiser. Call it with a batch; the loss stays on the device."""

    def __init__(
        self,
        recipe: Recipe,
        plan: Plan,
        total_steps: int,
        seed: int,
        start: nn.Module | None = None,
        distillation: Distillation | None = None,
    ) -> None:
        """Trains a copy of `start`, from any device; without it, fresh weights drawn with `seed`."""
        self.recipe = recipe
        self.device = torch.device(plan.device)
        self.total_steps = total_steps
        self.done = 0
        """Steps done."""
        first = build(recipe.architecture, seed) if start is None else copy.deepcopy(start)
        self.network = first.to(self.device).train()
        self.average = (
            WeightAverage(self.network, recipe.averaging, is_fresh=start is None) if recipe.averaging else None
        )
        """None if the recipe uses the last weights."""
        self.distillation = distillation
        self._bfloat16 = plan.precision == "bfloat16"
        weights = self.network.parameters()
        self.optimiser: AdamW | Muon = (
            Muon(weights, recipe.weight_decay, recipe.muon, low=self._bfloat16)
            if recipe.muon
            else AdamW(weights, recipe.weight_decay)
        )

    def __call__(self, images: Tensor, labels: Tensor) -> Tensor:
        """Learn from `images` (B, 1, 28, 28) float 0 to 1 and `labels` (B,) int64; gives the loss, () on the device."""
        loss = self._loss(images, labels)
        self.optimiser.zero_grad()
        torch.autograd.backward(loss)
        self.optimiser.step(self.learning_rate)
        self.done += 1
        if self.average is not None:
            self.average.update(self.network, self.done)
        return loss.detach()

    def _loss(self, images: Tensor, labels: Tensor) -> Tensor:
        distillation = self.distillation
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self._bfloat16):
            logits = self.network(images)
            targets = distillation.targets(images) if distillation is not None else None
        logits = logits.float()
        loss = F.cross_entropy(logits, labels, label_smoothing=self.recipe.label_smoothing)
        if distillation is None or targets is None:
            return loss
        return loss + distillation.loss(logits, targets)

    def gradient_norm(self) -> Tensor:
        """The L2 norm of the last step's gradient over all weights, () float32 on the device.

        The optimisers leave gradients as they are until the next step, and no loss is scaled: under bfloat16 too the
        weights and their gradients are float32. So this reads what is there, and changes nothing.
        """
        gradients = [weight.grad for weight in self.network.parameters() if weight.grad is not None]
        norm: Tensor = torch.linalg.vector_norm(torch.stack([torch.linalg.vector_norm(each) for each in gradients]))
        return norm

    @property
    def learning_rate(self) -> float:
        """The rate of the next step."""
        return one_cycle(self.done, self.total_steps, self.recipe.learning_rate, self.recipe.warm_up)

    @property
    def result(self) -> nn.Module:
        """The network whose weights are saved and measured: the average if there is one."""
        return self.network if self.average is None else self.average.network
