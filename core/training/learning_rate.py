"""The learning rate schedule of a training. Knows no network."""

from __future__ import annotations

import math


def one_cycle(done: int, total: int, highest: float, warm_up: float) -> float:
    """The rate of the step after `done` of `total`: a linear rise, then a cosine fall (Smith and Topin 2018).

    `warm_up` is the part of the steps, 0 to 1, before the `highest` rate.
    """
    position = min(1.0, (done + 1) / (total + 1))
    if position < warm_up:
        return highest * position / warm_up
    return highest * 0.5 * (1 + math.cos(math.pi * (position - warm_up) / (1 - warm_up)))
