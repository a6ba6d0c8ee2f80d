"""The single entry point to inference on the CPU: images in, scores out, in the fastest way that this machine has.

The copy of the network, the precision and the number of cores are chosen here and nowhere else; callers know nothing
of them. Knows no files except MNIST's test images, which set the scales of int8.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Literal, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from core.config.calibration import Calibration
from core.config.devices import FastWay
from core.config.shape import SIDE
from core.data import mnist
from core.errors import DataError
from core.inference import int8, prepacked
from core.inference.close_calls import close_to_another_probability, recompute
from core.inference.fused import fused
from core.inference.int8 import Int8Network
from core.inference.many import scores_of_many
from core.inference.scores import Scores, logits, of_logits, scores
from core.networks.architectures import Architecture, SequentialNetwork, build
from core.networks.inputs import as_input

MANY = 2000
"""From this many images on it pays to scale an int8 network by them, and to give each core its own batches."""
_LEAST = 16
"""Fewest images at a time for int8: 8 take as long as in float32, 16 a quarter less time, 64 less than half."""
_CPU = torch.device("cpu")

_TRIED = "deep"
"""The architecture that the kernels are tried with."""
_WRONG = f"the kernels of torch {torch.__version__} fail or give different answers"

Way = Literal["few", "tens", "many"]


class Engine:
    """One network with its fast copies; `scores` reads images with it."""

    def __init__(self, network: nn.Module, architecture: Architecture, calibration: Calibration) -> None:
        """`network` is of `architecture`, on the CPU and in evaluation mode; later changes to it have no effect."""
        self._calibration = calibration
        self._sequential = fused(cast(SequentialNetwork, network)) if architecture.is_sequential else None
        self._float32 = network if self._sequential is None else self._sequential
        self._prepacked = network if self._sequential is None else prepacked.prepacked(self._sequential)
        self._int8: Int8Network | None = None
        """Reads some tens of images at a time; None unless thousands are expected."""

    def expect(self, count: int) -> None:
        """Prepare for `count` images in total, some at a time: if there are many, int8 reads most of them.

        Digits and rejections stay the same, and probabilities change by at most 0.005.
        """
        if count < MANY:
            return
        # Scaled by MNIST's digits, because the images to come may begin with a thousand of one kind. If MNIST's files
        # are damaged, the code that needs them reports it.
        with contextlib.suppress(DataError):
            self._int8 = self._quantised_for(mnist.test().images)

    def warm_up(self) -> None:
        """Run the first pass, which sets up kernels and takes many times as long as later ones."""
        self._prepacked(torch.zeros(1, 1, SIDE, SIDE))

    def way(self, count: int) -> Way:
        """How a call with `count` images reads them."""
        if count >= MANY:
            return "many"
        return "tens" if self._int8 is not None and count >= _LEAST else "few"

    def scores(self, images: NDArray[np.uint8], report: Callable[[int, int], None] | None = None) -> Scores:
        """Read `images` (N, 28, 28) uint8; `report` is called with the number of images read and the total."""
        way = self.way(len(images))
        if way == "many":
            quantised = self._quantised_for(images)
            return scores_of_many(self._float32, quantised, images, self._calibration, report)
        if way == "tens" and self._int8 is not None:
            found = self._scores_of_tens(self._int8, images)
        else:
            found = scores(self._prepacked, images, _CPU, self._calibration)
        if report is not None:
            report(len(images), len(images))
        return found

    def _quantised_for(self, images: NDArray[np.uint8]) -> Int8Network | None:
        return None if self._sequential is None else Int8Network.quantised_for(self._sequential, images)

    def _scores_of_tens(self, quantised: Int8Network, images: NDArray[np.uint8]) -> Scores:
        """Scores whose probabilities are close to float32's, unlike those of `many`, where only the answers count.

        Whatever might be augmented is uncertain, so none of it is left to int8.
        """
        with torch.inference_mode():
            found = quantised(as_input(torch.tensor(images)))
            close = close_to_another_probability(found, self._calibration)
            recompute(found, close, lambda rows: logits(self._prepacked, images[rows.numpy()], _CPU))
            return of_logits(found, self._calibration)


def fast_ways() -> list[FastWay]:
    """All fast ways, with the reason for each that this machine lacks; the kernels of some are tried."""
    example = fused(cast(SequentialNetwork, build(_TRIED, seed=0)))
    cores = "" if torch.get_num_threads() > 1 else "there is only one core"
    return [
        FastWay("fused", "batch normalisation is folded into the convolutions"),
        FastWay("prepacked", "weights are laid out once, as the kernels need them", _prepacked_lacks(example)),
        FastWay("int8", f"convolutions are in int8 if {MANY:,} images or more are read", _int8_lacks(example)),
        FastWay("many", f"from {MANY:,} images at a time on, each core reads its own batches", cores),
    ]


def _prepacked_lacks(example: SequentialNetwork) -> str:
    works = prepacked.prepacked(example) is not example
    return prepacked.unavailable() or ("" if works else _WRONG)


def _int8_lacks(example: SequentialNetwork) -> str:
    works = Int8Network.quantised(example, torch.rand(_LEAST, 1, SIDE, SIDE)) is not None
    return int8.unavailable() or ("" if works else _WRONG)
