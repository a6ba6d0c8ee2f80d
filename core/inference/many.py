"""Reads many normalised images with one network on the CPU, as `scores` does and in a fraction of the time.

Where the processor is fastest in eight bits, the first look at all images, and the second look at some, are taken in
them. What decides between two answers is taken in float32: which images are looked at again, and each answer that is
close after that. Every core reads batches of its own: half of what a batch consists of are passes too short to be
worth dividing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from core.config.calibration import Calibration
from core.data.collection import CLASSES
from core.inference.int8 import EightBits
from core.inference.scores import Scores, of_logits
from core.inference.test_time_augmentation import LEAD, Network, leads, looked_again
from core.networks.inputs import as_input

_BATCH = 768
"""Images in one pass. Of 1,024 what lies between its layers came as empty pages of memory each time, in some processes:
300,000 of them for MNIST, and a tenth of the time; of fewer than these more passes are too short."""
_REPORTED = 2 * _BATCH
"""Images between two reports."""
_DOUBT = 0.4
"""By so much a lead may be less than in eight bits: of MNIST's 1,629 images near `LEAD` 99 in 100 are within 0.32, the
farthest is 0.43 apart. None of MNIST's 70,000 images gets another answer, or refusal, than in float32."""
_DOUBT_AGAIN = 0.4
"""The same of a mean over five looks: of 2,137 images 99 in 100 are within 0.24, of those that are close all 0.34."""


def of_many(
    network: nn.Module,
    images: NDArray[np.uint8],
    calibration: Calibration,
    report: Callable[[int, int], None] | None = None,
) -> Scores:
    """What `network`, `folded` and on the CPU, says of `images` (N, 28, 28) uint8, N at least 1.

    `report` is told how many of how many are read.
    """
    # Results are written where they stay: no second copy of them at the end.
    digits = np.empty((len(images), 10), np.float32)
    none = np.empty(len(images), np.float32)
    quick = EightBits.scaled_by(network, images)

    def read(start: int) -> Scores:
        with torch.inference_mode():
            seen = as_input(torch.tensor(images[start : start + _BATCH]))
            logits = _float(network, seen) if quick is None else _mixed(network, quick, seen, calibration.threshold)
            return of_logits(logits, calibration)

    starts = range(0, len(images), _BATCH)
    for start, found in zip(starts, _on_all_cores(read, starts), strict=True):
        end = start + len(found.no_digit)
        digits[start:end], none[start:end] = found.probabilities, found.no_digit
        if report is not None and (end % _REPORTED == 0 or end == len(images)):
            report(end, len(images))
    return Scores(digits, none)


def _on_all_cores(read: Callable[[int], Scores], starts: range) -> Iterator[Scores]:
    """`read` of each of `starts`, in their order, on as many threads as torch divides its work between."""
    threads = torch.get_num_threads()
    pool = ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,))
    try:
        yield from pool.map(read, starts)
    finally:
        pool.shutdown(cancel_futures=True)  # whoever interrupts does not wait for the rest
        torch.set_num_threads(threads)


def _float(network: Network, seen: Tensor) -> Tensor:
    return looked_again(network, seen, network(seen))


def _mixed(network: nn.Module, quick: EightBits, seen: Tensor, threshold: float) -> Tensor:
    found = quick(seen)
    # Whether what is just sure enough is looked at again is decided in float32; what is just not sure enough always is.
    lead = leads(found)
    _taken_again(network, seen, found, (lead >= LEAD) & (lead < LEAD + _DOUBT))
    found = looked_again(quick, seen, found)
    close = _close(found, threshold).nonzero()[:, 0]
    if len(close):
        found[close] = _float(network, seen[close])
    return found


def _close(found: Tensor, threshold: float) -> Tensor:
    """(N,): of which of these logits another answer, or a refusal, is too near for eight bits."""
    near = leads(found) < _DOUBT_AGAIN
    if found.shape[1] > CLASSES:
        digits, none = found[:, :CLASSES], found[:, CLASSES]
        near |= leads(digits) < _DOUBT_AGAIN  # where no digit is the best answer, which one it would be
        if 0 < threshold < 1:
            limit = math.log(threshold / (1 - threshold))
            near |= (none - digits.logsumexp(dim=1) - limit).abs() < _DOUBT_AGAIN
    return near


def _taken_again(network: nn.Module, seen: Tensor, found: Tensor, which: Tensor) -> None:
    """Put what `network` says of those images into `found`, at one look."""
    numbers = which.nonzero()[:, 0]
    if len(numbers):
        found[numbers] = network(seen[numbers])
