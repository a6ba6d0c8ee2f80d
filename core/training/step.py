"""One training step on one device: forward, loss, backward, optimiser. What the probe times is what a run does."""

from __future__ import annotations

import copy
import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.config.device_plan import Plan
from core.config.recipes import Recipe
from core.networks.architectures import build
from core.training.optimiser import AdamW, Muon
from core.training.teachers import Lesson


class TrainingStep:
    """A network with its optimiser. Call it with a batch; the loss stays on the device."""

    def __init__(
        self,
        recipe: Recipe,
        plan: Plan,
        total_steps: int,
        seed: int,
        start: nn.Module | None = None,
        lesson: Lesson | None = None,
    ) -> None:
        """With `start` a copy of that network goes on, of any device; without, fresh weights of `seed`.

        What is said of some images of each batch is to come near to what `lesson` says of them.
        """
        self.recipe = recipe
        self.device = torch.device(plan.device)
        self.total_steps = total_steps
        fresh = build(recipe.architecture, seed) if start is None else copy.deepcopy(start)
        self.network = fresh.to(self.device).train()
        self._fresh = start is None
        self._lesson = lesson
        self.average = copy.deepcopy(self.network).eval() if recipe.averaging else None
        """Running mean of the weights, which is what is kept; None where the last weights are."""
        self._bfloat16 = plan.precision == "bfloat16"
        weights = self.network.parameters()
        self.optimiser: AdamW | Muon = (
            Muon(weights, recipe.weight_decay, recipe.muon, low=self._bfloat16)
            if recipe.muon
            else AdamW(weights, recipe.weight_decay)
        )
        self.done = 0
        """Steps done."""

    @property
    def learning_rate(self) -> float:
        """The rate of the next step: one cycle, up in a line and down in a cosine (Smith and Topin 2018)."""
        position = min(1.0, (self.done + 1) / (self.total_steps + 1))
        warm_up = self.recipe.warm_up
        if position < warm_up:
            return self.recipe.learning_rate * position / warm_up
        return self.recipe.learning_rate * 0.5 * (1 + math.cos(math.pi * (position - warm_up) / (1 - warm_up)))

    def __call__(self, images: Tensor, labels: Tensor) -> Tensor:
        """Learn from `images` (B, 1, 28, 28) float 0 to 1 and `labels` (B,) int64; the loss, () on the device."""
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self._bfloat16):
            logits = self.network(images)
            said = self._lesson(images) if self._lesson is not None else None
        loss = F.cross_entropy(logits.float(), labels, label_smoothing=self.recipe.label_smoothing)
        if said is not None and self._lesson is not None:
            loss = loss + self.recipe.distillation * self._apart(logits[self._lesson.rows].float(), said)
        self.optimiser.zero_grad()
        torch.autograd.backward(loss)
        self.optimiser.step(self.learning_rate)
        self.done += 1
        if self.average is not None:
            self._update_average(self.average)
        return loss.detach()

    def _apart(self, logits: Tensor, said: Tensor) -> Tensor:
        """The divergence of what the network says, (R, K), from what it is taught, in nats times temperature squared:
        its gradient then stays as large as the labels', whatever the temperature (Hinton et al. 2015).
        """
        temperature = self.recipe.distillation_temperature
        return temperature**2 * F.kl_div(
            F.log_softmax(logits[:, : said.shape[1]] / temperature, dim=1),
            F.log_softmax(said / temperature, dim=1),
            reduction="batchmean",
            log_target=True,
        )

    @torch.no_grad()
    def _update_average(self, average: nn.Module) -> None:
        decay = self.recipe.averaging
        if self._fresh:  # a shorter memory at first, or the random start would weigh in for long
            decay = min(decay, self.done / (self.done + 10))
        torch._foreach_lerp_(list(average.parameters()), list(self.network.parameters()), 1 - decay)
        for kept, now in zip(average.buffers(), self.network.buffers(), strict=True):
            if kept.is_floating_point():
                kept.lerp_(now, 1 - decay)
            else:
                kept.copy_(now)

    @property
    def kept(self) -> nn.Module:
        """The network whose weights count: the average where there is one."""
        return self.network if self.average is None else self.average
