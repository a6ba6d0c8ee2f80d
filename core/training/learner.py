"""One network with its optimiser and batches, trained step by step in one stage of a run. Knows no run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

from core.config.device_plan import Plan
from core.config.recipes import Recipe
from core.config.training_length import TrainingLength
from core.data.collection import LabelledImages
from core.training.auxiliary import auxiliary_images
from core.training.batches import Batches
from core.training.distillation import Distillation, Teachers
from core.training.pretrained import Pretrained
from core.training.step import TrainingStep


class Learner:
    """A network that learns from one part of a data set."""

    def __init__(
        self,
        recipe: Recipe,
        length: TrainingLength,
        plan: Plan,
        part: LabelledImages,
        seed: int,
        pretrained: Pretrained | None = None,
        teachers: Teachers | None = None,
    ) -> None:
        """Puts `part` on the plan's device; with `pretrained`, `recipe` is the one that fits its network."""
        if plan.device == "cpu":
            torch.set_num_threads(plan.threads)
        torch.set_flush_denormal(True)  # as the probe does, which a resumed run does not call
        torch.manual_seed(seed)
        self.length = length
        self.batches = Batches(
            part,
            length.batch_size,
            recipe.augmentation,
            torch.device(plan.device),
            seed,
            steps=length.steps,
            auxiliary=auxiliary_images(recipe, length, part, pretrained),
        )
        start = pretrained.network if pretrained else None
        distillation = _distillation(recipe, length, torch.device(plan.device), start, teachers)
        self.step = TrainingStep(recipe, plan, length.total_steps, seed, start, distillation)

    @property
    def is_done(self) -> bool:
        """Whether all steps are done."""
        return self.step.done >= self.length.total_steps

    def epoch(self) -> Iterator[Tensor]:
        """Do the rest of the epoch in progress; yields the loss of each step, () on the device."""
        number, skip = divmod(self.step.done, self.length.steps)
        for images, labels in self.batches.epoch(number + 1, skip):
            yield self.step(images, labels)

    def state(self) -> dict[str, Any]:
        """Everything that the next step depends on; tensors stay on their device."""
        step, device = self.step, self.step.device
        return {
            "step": step.done,
            "network": step.network.state_dict(),
            "average": step.average.network.state_dict() if step.average else None,
            "optimiser": step.optimiser.state_dict(),
            "distortion": self.batches.generator.get_state(),
            "random": torch.get_rng_state(),
            "device_random": torch.cuda.get_rng_state(device) if device.type == "cuda" else None,
        }

    def restore(self, state: dict[str, Any], *, same_device: bool) -> None:
        """Go on from `state`, which must fit; bit for bit the same only on the device that it comes from."""
        step = self.step
        step.network.load_state_dict(state["network"])
        if step.average is not None:
            step.average.network.load_state_dict(state["average"])
        step.optimiser.load_state_dict(state["optimiser"])
        step.done = state["step"]
        torch.set_rng_state(state["random"])
        if same_device:
            self.batches.generator.set_state(state["distortion"])
            if state["device_random"] is not None:
                torch.cuda.set_rng_state(state["device_random"], step.device)


def _distillation(
    recipe: Recipe, length: TrainingLength, device: torch.device, start: nn.Module | None, teachers: Teachers | None
) -> Distillation | None:
    """The starting network teaches auxiliary images, teachers the data set's own images; None without either."""
    how = {"weight": recipe.distillation, "temperature": recipe.distillation_temperature}
    if not recipe.distillation:
        return None
    if start is not None:
        rows = slice(-length.added, None)
        return Distillation([start], rows, device, digits=False, **how) if length.added else None
    if teachers is None:
        return None
    return Distillation(teachers.networks, slice(length.batch_size - length.added), device, digits=True, **how)
