"""core.insight.saliency: gradients are slopes, and what pixels speak for adds up."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from core import paths
from core.data import mnist
from core.insight.saliency import gradients, saliency
from core.networks import checkpoint
from core.networks.inputs import as_input


def test_the_gradient_is_the_slope_of_the_log_probability() -> None:
    """Against finite differences, on a small network in float64 whose answers are smooth."""
    torch.manual_seed(0)
    network = nn.Sequential(nn.Conv2d(1, 3, 3), nn.Tanh(), nn.Flatten(), nn.Linear(3 * 6 * 6, 4)).double().eval()
    images, answers = torch.rand(3, 1, 8, 8, dtype=torch.float64), torch.tensor([2, 0, 3])

    def log_probability(changed: torch.Tensor, row: int) -> float:
        with torch.no_grad():
            return float(torch.log_softmax(network(changed[row : row + 1]).double(), dim=1)[0, answers[row]])

    found, small = gradients(network.double(), images, answers), 1e-3
    for row in range(3):
        for y, x in ((0, 0), (3, 4), (7, 7), (2, 6)):
            more, less = images.clone(), images.clone()
            more[row, 0, y, x] += small
            less[row, 0, y, x] -= small
            slope = (log_probability(more, row) - log_probability(less, row)) / (2 * small)
            assert abs(float(found[row, 0, y, x]) - slope) < 1e-4


def test_what_the_pixels_speak_for_adds_up_and_paper_says_nothing() -> None:
    """To the log-probability of the drawing less that of an empty page, within a tenth; for each answer alike."""
    network, _ = checkpoint.load(paths.shipped_checkpoint())
    image = mnist.test().images[0]
    with torch.inference_mode():
        both = as_input(torch.tensor(np.stack([image, np.zeros_like(image)])))
        full, empty = torch.log_softmax(network(both), dim=1)
    for answer in (7, 9, 10):
        found = saliency(network, image, answer)
        assert found.shape == (28, 28) and found.dtype == np.float32
        assert not found[image == 0].any()
        total = float(full[answer] - empty[answer])
        assert abs(float(found.sum()) - total) < 0.1 * abs(total) + 0.3
